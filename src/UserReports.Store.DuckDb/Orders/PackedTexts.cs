using System.Buffers.Binary;

namespace UserReports.Store.DuckDb.Orders;

/// <summary>Very many texts, UTF-8, one behind the other; each may be null.</summary>
/// <remarks>Beside the texts it takes four bytes each: an object for each would take forty.</remarks>
internal sealed class PackedTexts(int count)
{
    /// <summary>Where each text begins; the last one is where the last text ends. Negative for a null.</summary>
    private readonly int[] starts = new int[count + 1];
    private byte[] bytes = new byte[Math.Max(1024, Math.Min(count * 8L, Array.MaxLength / 2))];
    private int used;
    private int next;

    public long Bytes => bytes.Length + (starts.Length * 4L);

    public bool IsNull(int index) => starts[index] < 0;

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var start = Start(index);
            return bytes.AsSpan(start, Start(index + 1) - start);
        }
    }

    /// <summary>The first eight bytes as a number that orders as they do; what follows decides between equal
    /// ones.</summary>
    public ulong Prefix(int index)
    {
        var text = this[index];
        if (text.Length >= 8)
            return BinaryPrimitives.ReadUInt64BigEndian(text);
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        text.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    /// <summary>Adds the text of an index; indexes grow, and what is passed over is null.</summary>
    /// <exception cref="InsufficientMemoryException">All texts together have more than two thousand million bytes.</exception>
    public void Add(int index, ReadOnlySpan<byte> text)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, next);
        PassTo(index);
        if (text.Length > bytes.Length - used)
        {
            var wanted = Math.Max((long)used + text.Length, bytes.Length * 3L / 2);
            if ((long)used + text.Length > Array.MaxLength)
                throw new InsufficientMemoryException("The texts of a column are too long to be kept.");
            Array.Resize(ref bytes, (int)Math.Min(wanted, Array.MaxLength));
        }

        text.CopyTo(bytes.AsSpan(used));
        starts[next++] = used;
        used += text.Length;
    }

    /// <summary>To be called behind the last text.</summary>
    public void Finish()
    {
        PassTo(count);
        starts[count] = used;
        Array.Resize(ref bytes, used);
    }

    private int Start(int index) => starts[index] < 0 ? ~starts[index] : starts[index];

    private void PassTo(int index)
    {
        while (next < index)
            starts[next++] = ~used;
    }
}
