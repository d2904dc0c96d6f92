using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using K4os.Compression.LZ4;
using Microsoft.Win32.SafeHandles;

namespace UserReports.Store.Documents;

/// <summary>
/// The rendered documents of a generation: an append-only file of compressed blocks, each with a checksum.
/// </summary>
/// <remarks>
/// A document is found by its address, the block's offset and the index in the block; the addresses stand in the
/// database. Blocks are flushed to disk before the transaction that refers to them commits, so a torn tail after a
/// crash is never referred to and is cut off at the next opening for writing. Reading needs no lock: what an address
/// points to never changes.
/// <code>
/// block = length of the payload (4) | length unpacked (4) | xxHash of the payload (8) | payload (LZ4)
/// unpacked = number of documents (4) | length of each (4) | documents
/// </code>
/// </remarks>
public sealed class DocumentFile : IDisposable
{
    internal const int HeaderBytes = 16;
    private const int IndexBits = 12;
    internal const int DocumentsPerBlockMax = 1 << IndexBits;
    internal const int BlockBytesTarget = 16 * 1024;

    /// <summary>A byte of LZ4 never stands for more: a damaged length must not cost gigabytes.</summary>
    private const long UnpackedBytesPerByteMax = 256;

    private readonly SafeFileHandle file;
    private readonly string path;
    private long end;

    private DocumentFile(SafeFileHandle file, string path, long end)
    {
        this.file = file;
        this.path = path;
        this.end = end;
    }

    /// <summary>Bytes of the file that hold whole blocks.</summary>
    public long LengthBytes => end;

    /// <summary>Opens or makes a file.</summary>
    /// <param name="committedBytes">What the database knows of; whatever lies behind was never committed and is cut
    /// off.</param>
    /// <exception cref="StoreDamagedException">The file is shorter than what the database knows of.</exception>
    public static DocumentFile Open(string path, long committedBytes)
    {
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            if (RandomAccess.GetLength(file) < committedBytes)
                throw new StoreDamagedException($"{path} is shorter than the reports that refer to it.");
            RandomAccess.SetLength(file, committedBytes);
            return new(file, path, committedBytes);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The address of the first document of the block at an offset; the others of the block follow it.</summary>
    public static long AddressOf(long offset) => offset << IndexBits;

    /// <summary>
    /// Appends packed documents; they can be read once <see cref="Flush"/> has returned. For one writer at a time.
    /// </summary>
    /// <returns>What their addresses within the packer become addresses in the file by adding.</returns>
    public long Append(DocumentPacker packed)
    {
        var at = end;
        RandomAccess.Write(file, packed.Finish(), at);
        end += packed.LengthBytes;
        return AddressOf(at);
    }

    /// <summary>Waits until the disk has what was appended.</summary>
    public void Flush() => RandomAccess.FlushToDisk(file);

    /// <summary>
    /// Forgets what was appended behind <paramref name="committedBytes"/>, after a transaction that failed.
    /// </summary>
    public void Rollback(long committedBytes)
    {
        end = committedBytes;
        RandomAccess.SetLength(file, committedBytes);
    }

    /// <summary>The documents at these addresses, in their order.</summary>
    /// <exception cref="StoreDamagedException">A block does not have its checksum.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> Read(IReadOnlyList<long> addresses)
    {
        var documents = new ReadOnlyMemory<byte>[addresses.Count];
        // Rows that are neighbours in the file share blocks: in the order of the addresses each block is unpacked once.
        var order = new int[addresses.Count];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(order, (a, b) => addresses[a].CompareTo(addresses[b]));
        var offset = -1L;
        byte[] block = [];
        foreach (var i in order)
        {
            var address = addresses[i];
            if (address >> IndexBits != offset)
            {
                offset = address >> IndexBits;
                block = ReadBlock(offset);
            }

            documents[i] = Slice(block, (int)(address & (DocumentsPerBlockMax - 1)));
        }

        return documents;
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static ReadOnlyMemory<byte> Slice(byte[] block, int index)
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(block);
        var start = 4 + (4 * count);
        for (var i = 0; i < index; i++)
            start += BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(4 + (4 * i)));
        return block.AsMemory(start, BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(4 + (4 * index))));
    }

    private byte[] ReadBlock(long offset)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (RandomAccess.Read(file, header, offset) < HeaderBytes)
            throw Damaged(offset);
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        var unpackedLength = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        if (
            length <= 0
            || unpackedLength <= 0
            || unpackedLength > length * UnpackedBytesPerByteMax
            || offset + HeaderBytes + length > RandomAccess.GetLength(file)
        )
            throw Damaged(offset);
        var payload = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            if (
                RandomAccess.Read(file, payload.AsSpan(0, length), offset + HeaderBytes) < length
                || XxHash3.HashToUInt64(payload.AsSpan(0, length))
                    != BinaryPrimitives.ReadUInt64LittleEndian(header[8..])
            )
                throw Damaged(offset);
            var unpacked = GC.AllocateUninitializedArray<byte>(unpackedLength);
            return LZ4Codec.Decode(payload.AsSpan(0, length), unpacked) == unpackedLength
                ? unpacked
                : throw Damaged(offset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(payload);
        }
    }

    private StoreDamagedException Damaged(long offset) =>
        new($"{path} is damaged at byte {offset}. The next completed refresh writes all reports anew.");
}
