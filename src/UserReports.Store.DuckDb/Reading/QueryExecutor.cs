using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Generations;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>Lets queries to the database: some at once, each in a transaction of its own, each error told as what it
/// is.</summary>
/// <param name="atOnce">Queries that run at once; more wait.</param>
internal sealed class QueryExecutor(GenerationSet generations, int atOnce) : IDisposable
{
    private readonly SemaphoreSlim gate = new(atOnce);

    /// <summary>Reads what readers see.</summary>
    /// <exception cref="NoSnapshotException">There is nothing to read yet.</exception>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public async Task<T> ReadAsync<T>(Func<ReadTransaction, T> read, CancellationToken cancellationToken)
    {
        using var lease = generations.EnterCurrent();
        return await ReadAsync(lease.Generation, read, cancellationToken);
    }

    /// <summary>Reads a generation that the caller keeps.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public async Task<T> ReadAsync<T>(
        Generation generation,
        Func<ReadTransaction, T> read,
        CancellationToken cancellationToken
    )
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(generation, read, cancellationToken), cancellationToken);
        }
        catch (DuckDBException e) when (!cancellationToken.IsCancellationRequested)
        {
            var fault = StoreFault.Of(e)!;
            // A block that is not what was written makes the database distrust itself; opened anew, it serves what it
            // still can.
            if (fault.NeedsReopening)
                generation.Suspect();
            throw fault.AsReading(generation.DatabasePath, e);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private static T Read<T>(Generation generation, Func<ReadTransaction, T> read, CancellationToken cancellationToken)
    {
        using var use = generation.Connect(cancellationToken);
        // Count and page see one state, whatever is replaced in between.
        use.Database.Execute("begin transaction");
        var snapshot = generation.SnapshotSeenBy(use.Database);
        return read(new(generation, use, snapshot, cancellationToken));
    }
}
