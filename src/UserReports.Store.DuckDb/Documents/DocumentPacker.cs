using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using K4os.Compression.LZ4;

namespace UserReports.Store.DuckDb.Documents;

/// <summary>
/// Packs documents into the compressed blocks of a <see cref="DocumentFile"/>, away from the file: whoever renders
/// documents also compresses them, on a thread of its own, and the one writer of the file only has bytes to write.
/// </summary>
internal sealed class DocumentPacker : IDisposable
{
    private const int SegmentBytes = 256 * 1024;

    private readonly ArrayBufferWriter<byte> pending = new(DocumentFile.BlockBytesTarget * 2);
    private readonly List<int> pendingLengths = [];
    private readonly List<byte[]> segments = [];
    private int lastSegmentBytes = SegmentBytes;

    /// <summary>Bytes of the whole blocks.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>
    /// Adds a document and returns its address within these blocks; its address in a file is that plus
    /// <see cref="DocumentFile.AddressOf"/> of where the file takes the blocks.
    /// </summary>
    public long Add(ReadOnlySpan<byte> document)
    {
        if (
            pendingLengths.Count == DocumentFile.DocumentsPerBlockMax
            || (pendingLengths.Count > 0 && pending.WrittenCount + document.Length > DocumentFile.BlockBytesTarget)
        )
            Pack();
        pending.Write(document);
        pendingLengths.Add(document.Length);
        return DocumentFile.AddressOf(LengthBytes) | (uint)(pendingLengths.Count - 1);
    }

    /// <summary>Packs what is pending; nothing may be added afterwards.</summary>
    /// <returns>The blocks, one after the other; good until the packer is disposed.</returns>
    public IReadOnlyList<ReadOnlyMemory<byte>> Finish()
    {
        if (pendingLengths.Count > 0)
            Pack();
        return
        [
            .. segments.Select(
                (segment, i) =>
                    new ReadOnlyMemory<byte>(segment, 0, i == segments.Count - 1 ? lastSegmentBytes : SegmentBytes)
            ),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var segment in segments)
            ArrayPool<byte>.Shared.Return(segment);
        segments.Clear();
    }

    private void Pack()
    {
        var table = 4 + (4 * pendingLengths.Count);
        var unpackedLength = table + pending.WrittenCount;
        var unpacked = ArrayPool<byte>.Shared.Rent(unpackedLength);
        var packed = ArrayPool<byte>.Shared.Rent(BlockReader.HeaderBytes + LZ4Codec.MaximumOutputSize(unpackedLength));
        try
        {
            BinaryPrimitives.WriteInt32LittleEndian(unpacked, pendingLengths.Count);
            for (var i = 0; i < pendingLengths.Count; i++)
                BinaryPrimitives.WriteInt32LittleEndian(unpacked.AsSpan(4 + (4 * i)), pendingLengths[i]);
            pending.WrittenSpan.CopyTo(unpacked.AsSpan(table));

            var payload = packed.AsSpan(BlockReader.HeaderBytes);
            var length = LZ4Codec.Encode(unpacked.AsSpan(0, unpackedLength), payload);
            BinaryPrimitives.WriteInt32LittleEndian(packed, length);
            BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(4), unpackedLength);
            BinaryPrimitives.WriteUInt64LittleEndian(packed.AsSpan(8), XxHash3.HashToUInt64(payload[..length]));
            Store(packed.AsSpan(0, BlockReader.HeaderBytes + length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unpacked);
            ArrayPool<byte>.Shared.Return(packed);
        }

        pending.ResetWrittenCount();
        pendingLengths.Clear();
    }

    /// <summary>Small pieces instead of one growing array: those would each be a large object of the heap.</summary>
    private void Store(ReadOnlySpan<byte> bytes)
    {
        LengthBytes += bytes.Length;
        while (bytes.Length > 0)
        {
            if (lastSegmentBytes == SegmentBytes)
            {
                segments.Add(ArrayPool<byte>.Shared.Rent(SegmentBytes));
                lastSegmentBytes = 0;
            }

            var part = bytes[..Math.Min(bytes.Length, SegmentBytes - lastSegmentBytes)];
            part.CopyTo(segments[^1].AsSpan(lastSegmentBytes));
            lastSegmentBytes += part.Length;
            bytes = bytes[part.Length..];
        }
    }
}
