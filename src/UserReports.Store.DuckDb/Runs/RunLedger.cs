using DuckDB.NET.Data;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Generations;

namespace UserReports.Store.DuckDb.Runs;

/// <inheritdoc cref="IRunLedger"/>
internal sealed class RunLedger(GenerationSet generations, WriteQueue writes, TimeProvider time) : IRunLedger
{
    /// <inheritdoc/>
    public async Task<Run?> FindInProgressAsync(CancellationToken cancellationToken)
    {
        // Not in turn with the writers: whoever watches a run need not wait for its commits.
        using var lease = generations.EnterBuilding();
        return await ReadAsync(lease) is { Status: RunStatus.InProgress } run ? run : null;
    }

    /// <inheritdoc/>
    public Task<Run?> ResumeAsync(CancellationToken cancellationToken) => writes.RunAsync(TakeUp, cancellationToken);

    /// <inheritdoc/>
    public Task<Run> StartAsync(
        IReadOnlyList<(AccountRange Range, long Accounts)> ranges,
        CancellationToken cancellationToken
    ) =>
        writes.RunAsync(
            () =>
            {
                if (TakeUp() is { } present)
                    return present;
                generations.Begin(generation => RunTables.Begin(generation, ranges, time.GetUtcNow()));
                return RunTables.Read(generations.Building!)!;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClaimedRange>> ClaimAsync(
        Guid run,
        string ownerToken,
        int max,
        TimeSpan lease,
        CancellationToken cancellationToken
    )
    {
        await writes.Claims.WaitAsync(cancellationToken);
        Generation? generation = null;
        try
        {
            using var entered = writes.Enter(run);
            generation = entered?.Generation;
            return generation is null ? [] : Claim(generation, ownerToken, max, lease, cancellationToken);
        }
        catch (DuckDBException e) when (StoreFault.Of(e) is { Kind: FaultKind.Conflict })
        {
            // Somebody else is writing just these ranges.
            return [];
        }
        catch (DuckDBException e)
        {
            throw writes.NotWritten(generation, e);
        }
        finally
        {
            writes.Claims.Release();
        }
    }

    /// <inheritdoc/>
    public Task<bool> HeartbeatAsync(
        Guid run,
        string ownerToken,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            run,
            connection =>
            {
                var now = time.GetUtcNow();
                var held = connection.Execute(
                    """
                    update snapshot_range set lease_until = $1
                    where status = 'claimed' and owner_token = $2 and lease_until > $3
                    """,
                    now + lease,
                    ownerToken,
                    now
                );
                if (held > 0)
                    connection.Execute("update snapshot_run set heartbeat_at = $1", now);
                return held > 0;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<bool> FailAsync(
        Guid run,
        string ownerToken,
        AccountRange range,
        string error,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            run,
            connection =>
            {
                var mine = connection.Execute(
                    """
                    update snapshot_range set status = 'pending', owner_token = null, lease_until = null,
                        attempts = attempts + 1
                    where first_id = $1 and status = 'claimed' and owner_token = $2 and lease_until > $3
                    """,
                    range.FirstId,
                    ownerToken,
                    time.GetUtcNow()
                );
                if (mine == 1)
                    connection.Execute("update snapshot_run set last_error = $1", error);
                return mine == 1;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task ReleaseAsync(Guid run, string ownerToken, CancellationToken cancellationToken) =>
        ChangeAsync(
            run,
            connection =>
                connection.Execute(
                    """
                    update snapshot_range set status = 'pending', owner_token = null, lease_until = null
                    where status = 'claimed' and owner_token = $1
                    """,
                    ownerToken
                ) > 0,
            cancellationToken
        );

    /// <inheritdoc/>
    public Task AbortAsync(Guid run, string reason, CancellationToken cancellationToken) =>
        writes.RunAsync(
            () =>
            {
                using var entered = writes.Enter(run);
                if (entered is null)
                    return false;
                var aborted = RunTables.Read(entered.Generation)! with
                {
                    Status = RunStatus.Aborted,
                    FinishedAt = time.GetUtcNow(),
                    LastError = reason,
                };
                generations.Abort(entered.Generation, aborted);
                return true;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Run>> ListAsync(CancellationToken cancellationToken)
    {
        var (building, ended) = generations.EnterRuns();
        using (building)
        {
            // Until readers have switched it is in progress, whatever its row says already.
            return await ReadAsync(building) is { } run
                ? [run with { Status = RunStatus.InProgress, FinishedAt = null }, .. ended]
                : ended;
        }
    }

    /// <inheritdoc/>
    public async Task<Run?> FindAsync(Guid run, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).FirstOrDefault(r => r.Uid == run);

    private static List<ClaimedRange> Claim(
        DuckDBConnection connection,
        string ownerToken,
        int max,
        TimeSpan lease,
        DateTimeOffset now
    ) =>
        connection.Rows(
            """
            update snapshot_range set status = 'claimed', owner_token = $1, lease_until = $2
            where first_id in (
                select first_id from snapshot_range
                where status = 'pending' or (status = 'claimed' and lease_until <= $3)
                order by attempts, first_id limit $4)
            returning first_id, last_id, accounts, attempts
            """,
            row => new ClaimedRange(new(row.GetInt64(0), row.GetInt64(1)), row.GetInt64(2), row.GetInt32(3)),
            ownerToken,
            now + lease,
            now,
            max
        );

    private List<ClaimedRange> Claim(
        Generation generation,
        string ownerToken,
        int max,
        TimeSpan lease,
        CancellationToken cancellationToken
    )
    {
        using var use = generation.Connect(cancellationToken);
        return Claim(use.Database, ownerToken, max, lease, time.GetUtcNow());
    }

    /// <summary>The run in progress, if there is one; to be called in turn with the writers.</summary>
    private Run? TakeUp()
    {
        using var present = generations.EnterBuilding();
        return present is null ? null : writes.At(present.Generation, () => TakeUp(present.Generation));
    }

    /// <summary>A new start tries again what failed too often before.</summary>
    private static Run TakeUp(Generation generation)
    {
        using (var use = generation.Connect())
            use.Database.Execute("update snapshot_range set attempts = 0 where status = 'pending' and attempts > 0");
        return RunTables.Read(generation)!;
    }

    private Task<bool> ChangeAsync(
        Guid run,
        Func<DuckDBConnection, bool> change,
        CancellationToken cancellationToken
    ) =>
        writes.RunAsync(
            () =>
            {
                using var entered = writes.Enter(run);
                if (entered is null)
                    return false;
                using var use = entered.Generation.Connect();
                return change(use.Database);
            },
            cancellationToken
        );

    private async Task<Run?> ReadAsync(GenerationLease? lease)
    {
        if (lease is null)
            return null;
        try
        {
            return await Task.Run(() => RunTables.Read(lease.Generation));
        }
        catch (StoreDamagedException e)
        {
            generations.Abandon(lease.Generation, e);
            return null;
        }
        catch (DuckDBException e)
        {
            throw writes.NotRead(lease.Generation, e);
        }
    }
}
