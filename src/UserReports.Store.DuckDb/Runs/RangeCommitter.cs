using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Memory;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Runs;

/// <inheritdoc cref="IReportWriter"/>
internal sealed class RangeCommitter(
    GenerationSet generations,
    WriteQueue writes,
    MemoryKeeper memories,
    StoreSettings settings,
    TimeProvider time
) : IReportWriter
{
    /// <inheritdoc/>
    public IReportBatch NewBatch() => new ReportBatch();

    /// <inheritdoc/>
    public Task<bool> CommitAsync(
        Guid run,
        string ownerToken,
        IReadOnlyList<ComputedRange> ranges,
        CancellationToken cancellationToken
    ) =>
        writes.RunAsync(
            () =>
            {
                using var entered = writes.Enter(run);
                return entered is not null
                    && writes.Transact(
                        entered.Generation,
                        connection => Commit(connection, entered.Generation, ownerToken, ranges, cancellationToken)
                    );
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<bool> CompleteAsync(Guid run, string ownerToken, CancellationToken cancellationToken) =>
        writes.RunAsync(
            () =>
            {
                using var entered = writes.Enter(run);
                if (entered is null || !IsDone(entered.Generation))
                    return false;
                EndRun(entered.Generation);
                generations.Switch(entered.Generation, RunTables.Read(entered.Generation)!);
                return true;
            },
            cancellationToken
        );

    private bool Commit(
        DuckDBConnection connection,
        Generation generation,
        string ownerToken,
        IReadOnlyList<ComputedRange> ranges,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        foreach (var range in ranges)
        {
            // The token and its lease are checked by the statement that marks the range: whoever lost it changes no
            // row.
            var mine = connection.Execute(
                """
                update snapshot_range set status = 'done', finished_at = $1, lease_until = null
                where first_id = $2 and status = 'claimed' and owner_token = $3 and lease_until > $1
                """,
                now,
                range.Range.FirstId,
                ownerToken
            );
            if (mine != 1)
                return false;
        }

        var rows = ranges.Sum(range => range.Reports.Count);
        // Who stops the service does not wait for some ten thousand rows.
        ReportAppender.Append(
            connection,
            "reports",
            generation.Documents,
            ranges.Select(range => (ReportBatch)range.Reports),
            cancellationToken
        );
        connection.Execute(
            """
            update snapshot_run set accounts_done = accounts_done + $1, rows_written = rows_written + $2,
                ranges_done = ranges_done + $3, heartbeat_at = $4
            """,
            ranges.Sum(range => range.Accounts),
            rows,
            ranges.Count,
            now
        );
        connection.Execute("update snapshot_state set write_failures = 0 where write_failures > 0");
        RunWarnings.Add(connection, [.. ranges.SelectMany(range => range.Warnings)]);
        return true;
    }

    private void EndRun(Generation generation)
    {
        // The database writes out its log only while nobody else changes anything.
        writes.Claims.Wait();
        try
        {
            // While the run is still in progress: what fails here, on a full disk, is tried again by the next start.
            generation.PrepareToBeRead();
            if (settings.HasReaders)
                memories.Prepare(generation);
            using (var use = generation.Connect())
                use.Database.Execute(
                    "update snapshot_run set status = 'completed', finished_at = $1",
                    time.GetUtcNow()
                );
            generation.Settle();
        }
        finally
        {
            writes.Claims.Release();
        }
    }

    private static bool IsDone(Generation generation)
    {
        using var use = generation.Connect();
        return use.Database.Scalar<bool>(
            """
            select not exists (select 1 from snapshot_range where status <> 'done')
                and not exists (select 1 from touched_account)
            """
        );
    }
}
