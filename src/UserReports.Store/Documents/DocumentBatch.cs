using System.Buffers;
using System.Collections;

namespace UserReports.Store.Documents;

/// <summary>
/// Documents that were read together. They are good until the batch is disposed of: then its memory is used again.
/// </summary>
public sealed class DocumentBatch : IReadOnlyList<ReadOnlyMemory<byte>>, IDisposable
{
    private const int SlabBytes = 256 * 1024;

    private readonly ReadOnlyMemory<byte>[] documents;
    private readonly List<byte[]> slabs = [];
    private int used;

    /// <summary>Room for so many documents; each is to be put in its place.</summary>
    public DocumentBatch(int count) => documents = new ReadOnlyMemory<byte>[count];

    /// <summary>Copies of documents that were not read from a file.</summary>
    public static DocumentBatch Of(IReadOnlyList<ReadOnlyMemory<byte>> documents)
    {
        var batch = new DocumentBatch(documents.Count);
        for (var i = 0; i < documents.Count; i++)
            batch.Put(i, documents[i].Span);
        return batch;
    }

    /// <inheritdoc/>
    public int Count => documents.Length;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> this[int index] => documents[index];

    /// <inheritdoc/>
    public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator() => documents.AsEnumerable().GetEnumerator();

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.Clear(documents);
        foreach (var slab in slabs)
            ArrayPool<byte>.Shared.Return(slab);
        slabs.Clear();
    }

    /// <summary>Keeps a copy of a document in its place.</summary>
    public void Put(int index, ReadOnlySpan<byte> document)
    {
        if (slabs.Count == 0 || slabs[^1].Length - used < document.Length)
        {
            slabs.Add(ArrayPool<byte>.Shared.Rent(Math.Max(SlabBytes, document.Length)));
            used = 0;
        }

        var copy = slabs[^1].AsMemory(used, document.Length);
        document.CopyTo(copy.Span);
        documents[index] = copy;
        used += document.Length;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
