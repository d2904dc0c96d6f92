using Microsoft.Win32.SafeHandles;
using UserReports.Store.Documents;

namespace UserReports.Store.DuckDb.Documents;

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
/// unpacked = number of documents (4) | length of each (4) | documents, in full or short
/// </code>
/// </remarks>
internal sealed class DocumentFile : IDisposable
{
    private const int IndexBits = 12;
    internal const int DocumentsPerBlockMax = 1 << IndexBits;
    internal const int BlockBytesTarget = 16 * 1024;

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

    /// <summary>The address of the first document of the block at an offset; the block's others follow it.</summary>
    public static long AddressOf(long offset) => offset << IndexBits;

    /// <summary>Where the block of an address begins.</summary>
    public static long OffsetOf(long address) => address >> IndexBits;

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
        Read([.. addresses], (place, document) => documents[place] = document.ToArray());
        return documents;
    }

    /// <summary>The same with memory that is used again: for those who read very many.</summary>
    /// <exception cref="StoreDamagedException">A block does not have its checksum.</exception>
    public DocumentBatch ReadBatch(ReadOnlySpan<long> addresses)
    {
        var batch = new DocumentBatch(addresses.Length);
        try
        {
            Read(addresses.ToArray(), batch.Put);
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>
    /// Rows that are neighbours in the file share blocks: in the order of the addresses each block is opened once.
    /// </summary>
    private void Read(long[] addresses, Action<int, ReadOnlySpan<byte>> put)
    {
        var places = new int[addresses.Length];
        for (var i = 0; i < places.Length; i++)
            places[i] = i;
        Array.Sort(addresses, places);
        using var reader = new BlockReader(file, path);
        for (var i = 0; i < addresses.Length; )
        {
            var offset = addresses[i] >> IndexBits;
            var end = i + 1;
            while (end < addresses.Length && addresses[end] >> IndexBits == offset)
                end++;
            reader.Open(offset, IndexOf(addresses[end - 1]));
            for (; i < end; i++)
                put(places[i], reader.Document(IndexOf(addresses[i])));
        }
    }

    private static int IndexOf(long address) => (int)(address & (DocumentsPerBlockMax - 1));
}
