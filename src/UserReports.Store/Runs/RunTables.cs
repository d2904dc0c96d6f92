namespace UserReports.Store.Runs;

/// <summary>The tables of a run, which stand in the generation that the run builds.</summary>
internal static class RunTables
{
    /// <summary>
    /// Makes them. The single row of <c>snapshot_run</c> is what enforces that a generation has one run; the folder's
    /// lock and the store's own writer lock enforce that one generation at most is being built.
    /// </summary>
    public const string Create = """
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
        """;
}
