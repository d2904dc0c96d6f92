using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Generations;

namespace UserReports.Store.DuckDb.Runs;

/// <summary>One write after the other, and what becomes of those that fail.</summary>
internal sealed class WriteQueue(GenerationSet generations) : IDisposable
{
    /// <summary>
    /// So many writes in a row that failed at the database, and at nothing that the machine refused, mean that the
    /// files are at fault.
    /// </summary>
    private const int FailuresMax = 3;

    private readonly SemaphoreSlim writing = new(1);

    /// <summary>
    /// Claims do not wait for writers: workers go on reading while a commit is under way, which writes other rows than
    /// a claim. They wait for each other, and while the database writes out its log.
    /// </summary>
    public SemaphoreSlim Claims { get; } = new(1);

    /// <summary>Does a piece of writing when it is its turn.</summary>
    /// <exception cref="StoreUnavailableException">It failed at the database or at a file.</exception>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            // On the threads of whoever writes: a run has its own.
            return await Task.Factory.StartNew(
                work,
                cancellationToken,
                TaskCreationOptions.DenyChildAttach,
                TaskScheduler.Current
            );
        }
        catch (Exception e) when (e is DuckDBException or IOException)
        {
            // What failed outside a transaction was about the run in progress.
            throw NotWritten(generations.Building, e);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Keeps the generation of a run; null if that is not the run in progress.</summary>
    public GenerationLease? Enter(Guid run)
    {
        var lease = generations.EnterBuilding();
        try
        {
            if (lease is null || At(lease.Generation, () => RunTables.Read(lease.Generation))?.Uid == run)
                return lease;
        }
        catch
        {
            lease!.Dispose();
            throw;
        }

        lease.Dispose();
        return null;
    }

    /// <summary>Does what may open the run's database anew; what turns out not to be one is given up.</summary>
    public T At<T>(Generation generation, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (StoreDamagedException e)
        {
            generations.Abandon(generation, e);
            throw NotWritten(null, e);
        }
    }

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction that also keeps the generation's own figures; rolls everything
    /// back, the documents too, if it returns false or throws.
    /// </summary>
    public bool Transact(Generation generation, Func<DuckDBConnection, bool> work) =>
        Transact(generation, connection => work(connection) ? Count(connection) : null);

    /// <param name="work">Tells how many rows there are then; null to roll everything back.</param>
    /// <inheritdoc cref="Transact(Generation, Func{DuckDBConnection, bool})"/>
    public bool Transact(Generation generation, Func<DuckDBConnection, RowCounts?> work)
    {
        try
        {
            using var use = generation.Connect();
            return Transact(generation, use.Database, work);
        }
        catch (Exception e) when (e is DuckDBException or IOException)
        {
            // Its log knows whether it was committed.
            generation.Suspect();
            throw NotWritten(generation, e);
        }
    }

    /// <summary>What a failed write is told as; a run whose files are at fault is given up. Not within a use.</summary>
    public StoreUnavailableException NotWritten(Generation? generation, Exception e)
    {
        var fault = StoreFault.Of(e);
        if (fault is null || fault.NeedsReopening)
            generation?.Suspect();
        if (generation is not null && generation == generations.Building && IsAtFault(generation, fault))
            generations.Abandon(generation, e);
        return new(
            $"The store could not be written: {fault?.Text ?? e.Message.Split('\n')[0]} Nothing is lost: the next "
                + $"attempt goes on where this one began. The store is {generations.Directory}.",
            e
        );
    }

    /// <summary>What a failed look at the run in progress is told as. It says nothing about writing.</summary>
    public Exception NotRead(Generation generation, DuckDBException e)
    {
        var fault = StoreFault.Of(e)!;
        if (fault.NeedsReopening)
            generation.Suspect();
        if (fault.Kind == FaultKind.Damage)
            generations.Abandon(generation, e);
        return fault.Kind == FaultKind.Memory
            ? new StoreUnavailableException($"The store could not be read: {fault.Text}", e)
            : fault.AsReading(generation.DatabasePath, e);
    }

    public void Dispose()
    {
        writing.Dispose();
        Claims.Dispose();
    }

    /// <summary>Ends when the last write has ended; none begins any more.</summary>
    public Task CloseAsync() => writing.WaitAsync();

    /// <summary>Of a generation that is being built: there is nothing beside its base.</summary>
    private static RowCounts Count(DuckDBConnection connection) =>
        new(connection.Scalar<long>("select count(*) from reports"), 0, 0);

    private static bool Transact(
        Generation generation,
        DuckDBConnection connection,
        Func<DuckDBConnection, RowCounts?> work
    )
    {
        connection.Execute("begin transaction");
        var committed = false;
        var inDoubt = false;
        try
        {
            if (work(connection) is not { } counts)
                return false;
            generation.Documents.Flush();
            var figures = new GenerationFigures(
                generation.Documents.LengthBytes,
                generation.Figures.Version + 1,
                counts.Rows,
                counts.Changed,
                counts.Replaced
            );
            GenerationDatabase.WriteFigures(connection, figures);
            connection.Execute("commit");
            committed = true;
            generation.Committed(figures);
            return true;
        }
        catch (Exception e) when (e is DuckDBException or IOException)
        {
            inDoubt = true;
            throw;
        }
        finally
        {
            if (!committed && !inDoubt)
                generation.Documents.Rollback(generation.Figures.DocumentBytes);
        }
    }

    private static bool IsAtFault(Generation generation, StoreFault? fault) =>
        fault?.Kind switch
        {
            FaultKind.Damage => true,
            FaultKind.Engine or FaultKind.Refused or null => CountFailure(generation) >= FailuresMax,
            _ => false,
        };

    private static int CountFailure(Generation generation)
    {
        try
        {
            using var use = generation.Connect();
            return use.Database.Scalar<int>(
                "update snapshot_state set write_failures = write_failures + 1 returning write_failures"
            );
        }
        catch (Exception e) when (e is DuckDBException or StoreDamagedException)
        {
            // A database that cannot even count is at fault, unless it is the machine that refuses.
            return StoreFault.Refusal(e) is null ? FailuresMax : 0;
        }
        catch (Exception e) when (e is StoreUnavailableException or ObjectDisposedException)
        {
            return 0;
        }
    }
}

/// <summary>How many rows a generation has after a transaction; see <see cref="GenerationFigures"/>.</summary>
internal readonly record struct RowCounts(long Rows, long Changed, long Replaced);
