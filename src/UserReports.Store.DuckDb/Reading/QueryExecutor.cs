using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Generations;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>Lets queries to the database: some at once, none for longer than it may, each in a transaction of its own,
/// each error told as what it is.</summary>
internal sealed class QueryExecutor(GenerationSet generations, StoreSettings settings, TimeProvider time)
{
    /// <summary>A query that takes the processors no longer alone is short, whatever the rows.</summary>
    private const double ShortNanoseconds = 100e6;

    /// <summary>So is one that costs no more than this a row: some comparisons of texts.</summary>
    private const double ShortNanosecondsPerRow = 200;

    /// <summary>Who waits for which turn.</summary>
    public QueryTurns Turns { get; } = new(settings.ConcurrentQueries);

    /// <summary>Reads what readers see.</summary>
    /// <param name="account">In whose turn; null for the service's own.</param>
    /// <param name="cost">What it is estimated to cost.</param>
    /// <exception cref="NoSnapshotException">There is nothing to read yet.</exception>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public async Task<T> ReadAsync<T>(
        long? account,
        QueryCost cost,
        Func<ReadTransaction, T> read,
        CancellationToken cancellationToken
    )
    {
        using var lease = generations.EnterCurrent();
        return await ReadAsync(lease.Generation, account, cost, read, cancellationToken);
    }

    /// <summary>Reads a generation that the caller keeps.</summary>
    /// <inheritdoc cref="RunAsync"/>
    /// <inheritdoc cref="ReadAsync{T}(long?, QueryCost, Func{ReadTransaction, T}, CancellationToken)"/>
    public Task<T> ReadAsync<T>(
        Generation generation,
        long? account,
        QueryCost cost,
        Func<ReadTransaction, T> read,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            account,
            cost,
            generation.Snapshot.Rows,
            token => Read(generation, read, token),
            (fault, e) =>
            {
                // A block that is not what was written makes the database distrust itself; opened anew, it serves what
                // it still can.
                if (fault.NeedsReopening)
                    generation.Suspect();
                return fault.AsReading(generation.DatabasePath, e);
            },
            cancellationToken
        );

    /// <summary>Reads something, in its turn.</summary>
    /// <param name="rows">How many there are.</param>
    /// <param name="tell">What the caller is told of an error of the database.</param>
    /// <exception cref="QueryCostException">It would cost more than a query may.</exception>
    /// <exception cref="QueryTimeException">It took longer than a query may.</exception>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public async Task<T> RunAsync<T>(
        long? account,
        QueryCost cost,
        long rows,
        Func<CancellationToken, T> read,
        Func<StoreFault, DuckDBException, StoreException> tell,
        CancellationToken cancellationToken
    )
    {
        var isShort = IsShort(cost, rows);
        using var measure = StoreMeter.Measure();
        using var turn = await Turns.TakeAsync(account, isShort, cancellationToken);
        measure.Begin();
        using var limit = new CancellationTokenSource(settings.QueryTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await Task.Run(() => read(either.Token), either.Token);
        }
        catch (OperationCanceledException)
            when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new QueryTimeException(settings.QueryTime);
        }
        catch (DuckDBException e) when (!either.IsCancellationRequested)
        {
            throw tell(StoreFault.Of(e)!, e);
        }
    }

    private bool IsShort(QueryCost cost, long rows)
    {
        var nanoseconds = cost.Nanoseconds * rows;
        var alone = TimeSpan.FromSeconds(nanoseconds / 1e9 / settings.Threads);
        if (alone > settings.QueryTime)
            throw new QueryCostException(alone, settings.QueryTime, cost.Dearest);
        return nanoseconds <= ShortNanoseconds || cost.Nanoseconds <= ShortNanosecondsPerRow;
    }

    private static T Read<T>(Generation generation, Func<ReadTransaction, T> read, CancellationToken cancellationToken)
    {
        using var reading = new ReadTransaction(generation, cancellationToken);
        return read(reading);
    }
}
