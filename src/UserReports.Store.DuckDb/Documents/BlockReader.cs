using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using K4os.Compression.LZ4;
using Microsoft.Win32.SafeHandles;
using UserReports.Core.Documents;

namespace UserReports.Store.DuckDb.Documents;

/// <summary>
/// Takes documents out of the blocks of a <see cref="DocumentFile"/>, one block after the other, in memory that serves
/// all of them.
/// </summary>
/// <remarks>
/// In an order that is not the file's nearly every document lies in another block. What is read and unpacked beyond the
/// document is most of the work then, so a block is read at once with its header, and unpacked no further than needed.
/// </remarks>
internal sealed class BlockReader(SafeFileHandle file, string path) : IDisposable
{
    public const int HeaderBytes = 16;

    /// <summary>As much as nearly every packed block has.</summary>
    private const int BlockReadBytes = 8 * 1024;

    /// <summary>Of blocks that are read from front to back, several are read at once.</summary>
    private const int RunReadBytes = 64 * 1024;

    /// <summary>Holds the number and the lengths of a block's documents, if they are not many.</summary>
    private const int TableReadBytes = 128;

    /// <summary>The format packs no tighter; lengths that say so were not written by it.</summary>
    private const int PackingMax = 256;

    private readonly ArrayBufferWriter<byte> document = new(4 * 1024);
    private byte[] window = [];
    private long windowStart;
    private int windowLength;
    private byte[] block = [];
    private int unpackedLength;
    private long openOffset;

    /// <summary>Goes to a block.</summary>
    /// <param name="lastIndex">The last document of it that will be asked for.</param>
    /// <exception cref="StoreDamagedException">The block does not have its checksum, or not so many documents.</exception>
    public void Open(long offset, int lastIndex)
    {
        openOffset = offset;
        var header = Read(offset, HeaderBytes, offset);
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        unpackedLength = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        var checksum = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        if (length <= 0 || unpackedLength < 4 || unpackedLength > (long)length * PackingMax)
            throw Damaged(offset);
        if (length > RunReadBytes && offset + HeaderBytes + length > RandomAccess.GetLength(file))
            throw Damaged(offset);
        var payload = Read(offset + HeaderBytes, length, offset);
        if (XxHash3.HashToUInt64(payload) != checksum)
            throw Damaged(offset);

        Grow(ref block, unpackedLength);
        Unpack(payload, Math.Min(TableReadBytes, unpackedLength), offset);
        var count = BinaryPrimitives.ReadInt32LittleEndian(block);
        if (lastIndex >= count || 4 + (4L * count) > unpackedLength)
            throw Damaged(offset);
        if (4 + (4 * count) > TableReadBytes)
            Unpack(payload, 4 + (4 * count), offset);
        var (start, lastLength) = PlaceOf(lastIndex);
        Unpack(payload, start + lastLength, offset);
    }

    /// <summary>A document of the open block, in full; good until the next one.</summary>
    /// <exception cref="StoreDamagedException">It was not written by this version.</exception>
    public ReadOnlySpan<byte> Document(int index)
    {
        var (start, length) = PlaceOf(index);
        document.ResetWrittenCount();
        return ReportJson.TryExpand(block.AsSpan(start, length), document)
            ? document.WrittenSpan
            : throw Damaged(openOffset);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(window);
        ArrayPool<byte>.Shared.Return(block);
        window = block = [];
    }

    private (int Start, int Length) PlaceOf(int index)
    {
        var start = 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(block));
        for (var i = 0; i < index; i++)
            start += BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(4 + (4 * i)));
        return (start, BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(4 + (4 * index))));
    }

    /// <summary>The block from its beginning; whole blocks are checked to be no longer than they say.</summary>
    private void Unpack(ReadOnlySpan<byte> payload, int length, long offset)
    {
        if (length < 0 || length > unpackedLength)
            throw Damaged(offset);
        var unpacked =
            length == unpackedLength
                ? LZ4Codec.Decode(payload, block.AsSpan(0, length))
                : LZ4Codec.PartialDecode(payload, block.AsSpan(0, length));
        if (unpacked != length)
            throw Damaged(offset);
    }

    private ReadOnlySpan<byte> Read(long start, int length, long offset)
    {
        if (start < windowStart || start + length > windowStart + windowLength)
        {
            var follows = windowLength > 0 && start >= windowStart && start <= windowStart + windowLength;
            var wanted = Math.Max(length, follows ? RunReadBytes : BlockReadBytes);
            Grow(ref window, wanted);
            windowStart = start;
            windowLength = RandomAccess.Read(file, window.AsSpan(0, wanted), start);
            if (windowLength < length)
                throw Damaged(offset);
        }

        return window.AsSpan((int)(start - windowStart), length);
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length >= length)
            return;
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = ArrayPool<byte>.Shared.Rent(length);
    }

    private StoreDamagedException Damaged(long offset) =>
        new($"{path} is damaged at byte {offset}. The next completed refresh writes all reports anew.");
}
