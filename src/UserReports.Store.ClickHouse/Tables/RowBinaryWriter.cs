using System.Buffers.Binary;
using System.Text;

namespace UserReports.Store.ClickHouse.Tables;

/// <summary>Writes values as the server's format RowBinary has them, into memory that grows.</summary>
internal sealed class RowBinaryWriter
{
    private const int FirstBytes = 1 << 16;

    private byte[] bytes = new byte[FirstBytes];

    /// <summary>How many bytes have been written.</summary>
    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    public void Write(byte value) => Room(1)[0] = value;

    public void Write(bool value) => Write(value ? (byte)1 : (byte)0);

    public void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), value);

    public void Write(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), value);

    /// <summary>A length: seven bits in each byte, the lowest first.</summary>
    public void WriteLength(int length)
    {
        var left = (uint)length;
        for (; left >= 0x80; left >>= 7)
            Write((byte)(left | 0x80));
        Write((byte)left);
    }

    public void Write(string text)
    {
        WriteLength(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetByteCount(text)));
    }

    public void Write(ReadOnlySpan<byte> text)
    {
        WriteLength(text.Length);
        text.CopyTo(Room(text.Length));
    }

    /// <summary>Puts another number in the place of one.</summary>
    public void Overwrite(int at, long value) =>
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at, sizeof(long)), value);

    private Span<byte> Room(int length)
    {
        if (bytes.Length - Length < length)
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + length));
        Length += length;
        return bytes.AsSpan(Length - length, length);
    }
}
