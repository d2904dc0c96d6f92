using System.Buffers;
using System.Text;
using DuckDB.NET.Native;

namespace UserReports.Store.DuckDb.Native;

/// <summary>
/// Writes the values of one column of a chunk straight into the database's vector. A call per value
/// through the driver's appender costs several times as much, and can only be made by the one who commits.
/// </summary>
internal sealed unsafe class ColumnWriter
{
    private const int InlineTextBytes = 12;

    private readonly TextArena arena;
    private nint vector;
    private ColumnWriter? elements;
    private byte* values;
    private ulong* validity;
    private int row;
    private ulong elementCount;

    internal ColumnWriter(TextArena arena) => this.arena = arena;

    /// <summary>Texts of owners, or nulls.</summary>
    public void Write(ReadOnlySpan<object?> owners, Func<object, string?> read)
    {
        foreach (var owner in owners)
        {
            if (owner is not null && read(owner) is { } text)
                WriteText(text);
            else
                WriteNullText();
        }
    }

    /// <summary>
    /// Whole numbers, floating-point numbers or flags of owners, or nulls; the database has them as .NET does.
    /// </summary>
    public void Write<T>(ReadOnlySpan<object?> owners, Func<object, T?> read)
        where T : unmanaged
    {
        foreach (var owner in owners)
        {
            if (owner is not null && read(owner) is { } value)
                ((T*)values)[row++] = value;
            else
                WriteNull(sizeof(T));
        }
    }

    /// <summary>A text as UTF-8.</summary>
    public void Write(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(arena.Reserve(utf8.Length));
        Place(utf8.Length);
    }

    /// <summary>No text.</summary>
    public void WriteNullText() => WriteNull(TextBytes);

    /// <summary>Texts, or null.</summary>
    public void Write(IReadOnlyList<string>? value)
    {
        if (value is null)
        {
            WriteNull(ListEntryBytes);
            return;
        }

        var entry = (ulong*)(values + ((long)row++ * ListEntryBytes));
        entry[0] = elementCount;
        entry[1] = (ulong)value.Count;
        elementCount += (ulong)value.Count;
        var written = elements?.row ?? 0;
        NativeMethods.Vectors.DuckDBListVectorReserve(vector, elementCount);
        NativeMethods.Vectors.DuckDBListVectorSetSize(vector, elementCount);
        // Reserving may have moved the elements.
        elements ??= new(arena);
        elements.Begin(NativeMethods.Vectors.DuckDBListVectorGetChild(vector), written);
        foreach (var text in value)
            elements.WriteText(text);
    }

    internal void Begin(nint ofVector, int atRow = 0)
    {
        vector = ofVector;
        values = (byte*)NativeMethods.Vectors.DuckDBVectorGetData(ofVector);
        NativeMethods.Vectors.DuckDBVectorEnsureValidityWritable(ofVector);
        validity = NativeMethods.Vectors.DuckDBVectorGetValidity(ofVector);
        row = atRow;
        elementCount = 0;
        if (atRow == 0)
            elements = null;
    }

    private static int TextBytes => 16;

    private static int ListEntryBytes => 16;

    /// <summary>What stands under a null is never read, but it is no leftover either.</summary>
    private void WriteNull(int valueBytes)
    {
        validity[row >> 6] &= ~(1UL << (row & 63));
        new Span<byte>(values + ((long)row++ * valueBytes), valueBytes).Clear();
    }

    private void WriteText(string text)
    {
        var target = values + ((long)row * TextBytes);
        new Span<long>(target, 2).Clear();
        if (
            text.Length <= InlineTextBytes
            && Ascii.FromUtf16(text, new(target + sizeof(int), InlineTextBytes), out _) == OperationStatus.Done
        )
        {
            *(int*)target = text.Length;
            row++;
            return;
        }

        var space = arena.Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Place(Encoding.UTF8.GetBytes(text, space));
    }

    /// <summary>
    /// Makes a value of the bytes that were just reserved, in the database's own form: length and up to 12 bytes, or
    /// length, first 4 bytes and an address.
    /// </summary>
    private void Place(int length)
    {
        var target = values + ((long)row++ * TextBytes);
        var text = arena.Reserve(length)[..length];
        *(int*)target = length;
        if (length <= InlineTextBytes)
        {
            var inlined = new Span<byte>(target + sizeof(int), InlineTextBytes);
            inlined.Clear();
            text.CopyTo(inlined);
            return;
        }

        text[..4].CopyTo(new Span<byte>(target + sizeof(int), 4));
        *(byte**)(target + (2 * sizeof(int))) = arena.Take(length);
    }
}
