using System.Globalization;
using UserReports.Core.Reports;
using UserReports.Store.Generations;
using UserReports.Store.Runs;

namespace UserReports.Store;

/// <content>Changes of single accounts in place.</content>
public sealed partial class ReportStore
{
    /// <summary>
    /// What was touched after the last look at it was touched with newer values than a correction can know of, and
    /// stays. Numbers instead of times: they never stand still.
    /// </summary>
    private long touchedLast;
    private long touchedSeen;

    /// <inheritdoc/>
    public Task ReplaceAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            () =>
            {
                if (current is not { } generation)
                    throw new NoSnapshotException();
                if (building is { } next)
                {
                    // First, so that a crash in between costs a needless correction and not a lost one.
                    using var use = next.Connect();
                    var connection = use.Database;
                    var kept = connection.Scalar<long>("select coalesce(max(sequence), 0) from touched_account");
                    touchedLast = Math.Max(touchedLast, kept);
                    connection.Execute(
                        $"insert into touched_account select unnest([{List(accountIds)}]::bigint[]), $1",
                        ++touchedLast
                    );
                }

                return Replace(generation, accountIds, reports);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> TouchedAsync(CancellationToken cancellationToken) =>
        WriteAsync<IReadOnlyList<long>>(
            () =>
            {
                if (building is not { } generation)
                    return [];
                using var use = generation.Connect();
                var connection = use.Database;
                touchedSeen = connection.Scalar<long>("select coalesce(max(sequence), 0) from touched_account");
                touchedLast = Math.Max(touchedLast, touchedSeen);
                return connection.Rows(
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
        WriteAsync(
            () =>
            {
                if (BuildingOf(run) is not { } generation || !Replace(generation, accountIds, reports))
                    return false;
                using var use = generation.Connect();
                var connection = use.Database;
                connection.Execute(
                    $"delete from touched_account where user_id in ({List(accountIds)}) and sequence <= $1",
                    touchedSeen
                );
                return true;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> DueAsync(DateTimeOffset now, int max, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<long>>(
            (_, reading, _) =>
                reading.Use.Database.Rows(
                    """
                    select distinct user_id from reports
                    where service_usage__current_period_end < $1 and last_updated <= service_usage__current_period_end
                    order by 1 limit $2
                    """,
                    row => row.GetInt64(0),
                    now,
                    max
                ),
            cancellationToken
        );

    private bool Replace(Generation generation, IReadOnlyCollection<long> accountIds, IReadOnlyList<Report> reports)
    {
        using var packed = PackedReports.Of(reports);
        return Transact(
            generation,
            connection =>
            {
                connection.Execute($"delete from reports where user_id in ({List(accountIds)})");
                ReportWriter.Append(connection, generation, [packed], CancellationToken.None);
                return true;
            }
        );
    }

    private static string List(IReadOnlyCollection<long> ids) =>
        ids.Count == 0 ? "null" : string.Join(",", ids.Select(id => id.ToString(CultureInfo.InvariantCulture)));
}
