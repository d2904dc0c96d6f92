using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Memory;
using UserReports.Store.DuckDb.Native;
using UserReports.Store.DuckDb.Reading;

namespace UserReports.Store.DuckDb.Runs;

/// <inheritdoc cref="ICorrections"/>
/// <remarks>
/// What was touched after the last look at it was touched with newer values than a correction can know of, and stays.
/// Numbers instead of times: they never stand still. They stand in the run's own rows.
/// </remarks>
internal sealed class AccountCorrections(
    GenerationSet generations,
    WriteQueue writes,
    MemoryKeeper memories,
    QueryExecutor queries,
    StoreSettings settings
) : ICorrections
{
    /// <inheritdoc/>
    public bool NeedsRun =>
        generations.Current is { } current
        && (
            current.Figures.Changed + current.Figures.Replaced > settings.ChangesMax
            || (
                current.Memory is { } memory
                && AccountReplacement.GrowthBytes(current, memory)
                    > Math.Max(settings.GrowthBytesMax, AccountReplacement.BaseBytes(memory) / 2)
            )
        );

    /// <inheritdoc/>
    public Task ReplaceAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    ) =>
        writes.RunAsync(
            () =>
            {
                using var current = generations.EnterCurrent();
                // First, so that a crash in between costs a needless correction and not a lost one.
                using (var next = generations.EnterBuilding())
                {
                    if (next is not null)
                        Touch(next.Generation, accountIds);
                }

                AccountReplacement.Replace(
                    writes,
                    memories,
                    current.Generation,
                    accountIds,
                    reports,
                    settings.RewriteFrom
                );
                return true;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> TouchedAsync(CancellationToken cancellationToken) =>
        writes.RunAsync<IReadOnlyList<long>>(
            () =>
            {
                using var next = generations.EnterBuilding();
                if (next is null)
                    return [];
                using var use = next.Generation.Connect();
                use.Database.Execute("update snapshot_state set touched_seen = touched_last");
                return use.Database.Rows(
                    "select distinct user_id from touched_account order by 1",
                    row => row.GetInt64(0)
                );
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<bool> CorrectAsync(
        Guid run,
        string ownerToken,
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    ) =>
        writes.RunAsync(
            () =>
            {
                using var entered = writes.Enter(run);
                if (entered is null || !Replace(entered.Generation, accountIds, reports))
                    return false;
                using var use = entered.Generation.Connect();
                use.Database.Execute(
                    $"""
                    delete from touched_account where user_id in ({DuckDbCommands.List(accountIds)})
                        and sequence <= (select touched_seen from snapshot_state)
                    """
                );
                return true;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> DueAsync(DateTimeOffset now, int max, CancellationToken cancellationToken) =>
        queries.ReadAsync<IReadOnlyList<long>>(
            account: null,
            QueryCost.Nothing,
            reading =>
                reading.Database.Rows(
                    $"""
                    select distinct user_id from {reading.Statements.Dialect.Table}
                    where service_usage__current_period_end < $1 and last_updated <= service_usage__current_period_end
                    order by 1 limit $2
                    """,
                    row => row.GetInt64(0),
                    now,
                    max
                ),
            cancellationToken
        );

    private static void Touch(Generation generation, IReadOnlyCollection<long> accountIds)
    {
        using var use = generation.Connect();
        use.Database.Execute("begin transaction");
        use.Database.Execute("update snapshot_state set touched_last = touched_last + 1");
        use.Database.Execute(
            $"""
            insert into touched_account
            select unnest([{DuckDbCommands.List(accountIds)}]::bigint[]), (select touched_last from snapshot_state)
            """
        );
        use.Database.Execute("commit");
    }

    private bool Replace(Generation generation, IReadOnlyCollection<long> accountIds, IReadOnlyList<Report> reports)
    {
        using var batch = ReportBatch.Of(reports);
        // What may have been worked out for a completion that failed knows nothing of this.
        generation.Memory = null;
        return writes.Transact(
            generation,
            connection =>
            {
                connection.Execute($"delete from reports where user_id in ({DuckDbCommands.List(accountIds)})");
                ReportAppender.Append(connection, "reports", generation.Documents, [batch], CancellationToken.None);
                return true;
            }
        );
    }
}
