using System.Runtime.CompilerServices;
using UserReports.Store.Documents;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>Very many documents, some hundred at a time.</summary>
internal static class ExportChunks
{
    private const int ChunkRows = 500;
    private const int ChunksAhead = 4;

    /// <summary>
    /// Some chunks are read ahead on other threads: taking documents out of their blocks is most of an export's work.
    /// </summary>
    /// <param name="read">Reads the documents at addresses.</param>
    public static async IAsyncEnumerable<DocumentBatch> Read(
        Func<ReadOnlyMemory<long>, DocumentBatch> read,
        ReadOnlyMemory<long> addresses,
        CancellationToken exportCancellation,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var ahead = new Queue<Task<DocumentBatch>>();
        try
        {
            while (addresses.Length > 0 || ahead.Count > 0)
            {
                exportCancellation.ThrowIfCancellationRequested();
                cancellationToken.ThrowIfCancellationRequested();
                while (addresses.Length > 0 && ahead.Count < ChunksAhead)
                {
                    var chunk = addresses[..Math.Min(ChunkRows, addresses.Length)];
                    addresses = addresses[chunk.Length..];
                    ahead.Enqueue(Task.Run(() => read(chunk), CancellationToken.None));
                }

                yield return await ahead.Dequeue();
            }
        }
        finally
        {
            // The generation is let go of by the caller: nobody may read from it any more then.
            foreach (var chunk in ahead)
                await ((Task)chunk).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
