using DuckDB.NET.Data;
using UserReports.Core.Reports;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>The tables of a run, which stand in the generation that the run builds.</summary>
internal static class RunTables
{
    /// <summary>
    /// Makes them. The single row of <c>snapshot_run</c> is what enforces that a generation has one run; the folder's
    /// lock and the store's own writer lock enforce that one generation at most is being built.
    /// </summary>
    public const string Create = $"""
        create table snapshot_run (
            uid UUID not null, status VARCHAR not null, started_at TIMESTAMP not null, finished_at TIMESTAMP,
            accounts_total BIGINT not null, accounts_done BIGINT not null, rows_written BIGINT not null,
            ranges_total INTEGER not null, ranges_done INTEGER not null, heartbeat_at TIMESTAMP, last_error VARCHAR,
            warning_count BIGINT not null);
        create table snapshot_range (
            first_id BIGINT not null, last_id BIGINT not null, accounts BIGINT not null, status VARCHAR not null,
            owner_token VARCHAR, lease_until TIMESTAMP, attempts INTEGER not null, finished_at TIMESTAMP);
        create table snapshot_warning (subject VARCHAR not null, problem VARCHAR not null);
        create table touched_account (user_id BIGINT not null, sequence BIGINT not null);
        {CreateState}
        """;

    /// <summary>
    /// A single row of what the run's work needs to remember: the number of the last account that was replaced in
    /// place, the number up to which that was looked at, and the writes that failed in a row.
    /// </summary>
    private const string CreateState = """
        create table if not exists snapshot_state (
            touched_last BIGINT not null, touched_seen BIGINT not null, write_failures INTEGER not null);
        insert into snapshot_state select 0, 0, 0 where not exists (select 1 from snapshot_state);
        """;

    /// <summary>The run that a generation is of; null if none was ever begun.</summary>
    public static Run? Read(DuckDBConnection connection)
    {
        var warnings = connection.Rows(
            "select subject, problem from snapshot_warning order by rowid",
            row => new DataWarning(row.GetString(0), row.GetString(1))
        );
        return connection
            .Rows(
                """
                select uid, status, started_at, finished_at, accounts_total, accounts_done, rows_written, ranges_total,
                    ranges_done, heartbeat_at, last_error, warning_count
                from snapshot_run
                """,
                row => new Run(
                    row.GetGuid(0),
                    row.GetString(1) switch
                    {
                        "completed" => RunStatus.Completed,
                        "aborted" => RunStatus.Aborted,
                        _ => RunStatus.InProgress,
                    },
                    row.Instant(2)!.Value,
                    row.Instant(3),
                    row.GetInt64(4),
                    row.GetInt64(5),
                    row.GetInt64(6),
                    row.GetInt32(7),
                    row.GetInt32(8),
                    row.Instant(9),
                    row.IsDBNull(10) ? null : row.GetString(10),
                    row.GetInt64(11),
                    warnings
                )
            )
            .FirstOrDefault();
    }

    /// <inheritdoc cref="Read(DuckDBConnection)"/>
    public static Run? Read(Generation generation)
    {
        using var use = generation.Connect();
        return Read(use.Database);
    }

    /// <summary>Writes down a run and its ranges.</summary>
    public static void Begin(
        Generation generation,
        IReadOnlyList<(AccountRange Range, long Accounts)> ranges,
        DateTimeOffset now
    )
    {
        using var use = generation.Connect();
        use.Database.Execute("begin transaction");
        use.Database.Execute(
            "insert into snapshot_run values ($1, 'in_progress', $2, null, $3, 0, 0, $4, 0, null, null, 0)",
            Guid.NewGuid(),
            now,
            ranges.Sum(range => range.Accounts),
            ranges.Count
        );
        foreach (var (range, accounts) in ranges)
        {
            use.Database.Execute(
                "insert into snapshot_range values ($1, $2, $3, 'pending', null, null, 0, null)",
                range.FirstId,
                range.LastId,
                accounts
            );
        }

        use.Database.Execute("commit");
    }

    /// <summary>
    /// For a run that another process has begun. The folder is this process's alone, so whoever claimed ranges is no
    /// more: nobody waits for their leases to pass. A store that was made before has no state yet.
    /// </summary>
    public static void TakeOver(Generation generation)
    {
        using var use = generation.Connect();
        use.Database.Execute(CreateState);
        use.Database.Execute(
            """
            update snapshot_range set status = 'pending', owner_token = null, lease_until = null
            where status = 'claimed'
            """
        );
    }
}
