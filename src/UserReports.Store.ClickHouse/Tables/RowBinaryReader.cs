using System.Buffers.Binary;

namespace UserReports.Store.ClickHouse.Tables;

/// <summary>Takes a row out of what has come of a stream in the server's format RowBinary.</summary>
/// <remarks>
/// The driver reads any type there is, one value after the other, and each as an object of its own: that takes longer
/// than all else where very many rows of few known types are read.
/// </remarks>
internal ref struct RowBinaryReader(ReadOnlySpan<byte> bytes)
{
    private const int LengthBitsMax = 31;

    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>How many bytes were taken.</summary>
    public int Taken { get; private set; }

    /// <summary>The next whole number of 64 bits; false if it has not come in full.</summary>
    public bool TryTake(out long value)
    {
        if (!BinaryPrimitives.TryReadInt64LittleEndian(bytes[Taken..], out value))
            return false;
        Taken += sizeof(long);
        return true;
    }

    /// <summary>The next text, as its bytes; false if it has not come in full.</summary>
    /// <exception cref="IOException">It is longer than any text can be: this is no such format.</exception>
    public bool TryTake(out ReadOnlySpan<byte> text)
    {
        text = default;
        long length = 0;
        var at = Taken;
        for (var shift = 0; ; shift += 7)
        {
            if (at == bytes.Length)
                return false;
            var part = bytes[at++];
            length |= (long)(part & 0x7F) << shift;
            if (length > int.MaxValue || shift > LengthBitsMax)
                throw new IOException("What came is no row: the server broke off its answer.");
            if (part < 0x80)
                break;
        }

        if (bytes.Length - at < length)
            return false;
        text = bytes.Slice(at, (int)length);
        Taken = at + (int)length;
        return true;
    }
}

/// <summary>Takes the next row and does with it what is to be done; false if it has not come in full, which then was
/// for nothing.</summary>
internal delegate bool TakeRow(ref RowBinaryReader row);
