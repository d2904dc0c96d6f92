using System.Globalization;
using Npgsql;
using UserReports.Sources.Load;

namespace UserReports.Sources.Connections;

/// <summary>
/// Whether a pooler stands between, and whether what each transaction asks for holds through it: proved by trying.
/// </summary>
internal sealed class PoolerCheck(SourceDatabase database)
{
    /// <summary>The server's own process; a pooler tells its clients another number.</summary>
    public const string BackendOf = "select pg_backend_pid()";

    private const string Subject = "sessions";
    private const string ReadOnlySqlTransaction = "25006";

    /// <summary>How long a statement may take that takes much longer.</summary>
    private const string ShortTimeout = "100ms";
    private const string LongStatement = "select pg_sleep(20)";

    /// <summary>Looks at a PostgreSQL database; costs a tenth of a second.</summary>
    /// <exception cref="SourceException">It cannot be reached.</exception>
    public async Task<IReadOnlyList<SourceFinding>> RunAsync(CancellationToken cancellationToken)
    {
        var hasPooler = await database.ReadAsync(
            SourceWork.Inspection,
            session => session.HasPoolerAsync(cancellationToken),
            cancellationToken
        );
        List<SourceFinding> findings = [];
        if (hasPooler)
        {
            findings.Add(new(FindingKind.Good, "pooler", "a connection pooler such as PgBouncer stands between"));
            if (database.AutoPrepare is > 0 and var prepared)
                findings.Add(
                    new(
                        FindingKind.Warning,
                        "pooler",
                        $"Max Auto Prepare={prepared.ToString(CultureInfo.InvariantCulture)} needs session pooling, or "
                            + "PgBouncer 1.21 or later with max_prepared_statements. Leave it out otherwise."
                    )
                );
        }

        findings.Add(await SessionsAsync(hasPooler, cancellationToken));
        return findings;
    }

    private async Task<SourceFinding> SessionsAsync(bool hasPooler, CancellationToken cancellationToken)
    {
        var through = hasPooler ? ", through the pooler" : "";
        if (await LostAsync(cancellationToken) is { } lost)
            return new(FindingKind.Failure, Subject, $"a transaction does not keep what it asked for{through}: {lost}");
        if (await RefusalOfAsync([Probe], cancellationToken) != ReadOnlySqlTransaction)
            return new(FindingKind.Failure, Subject, $"a write was not refused as in a read-only session{through}");
        var ended = await RefusalOfAsync(
            [$"set local statement_timeout = '{ShortTimeout}'", LongStatement],
            cancellationToken
        );
        return ended == PostgresErrorCodes.QueryCanceled
            ? new(
                FindingKind.Good,
                Subject,
                $"read only, and statements end after {database.StatementTimeout:c}; tried{through}"
            )
            : new(FindingKind.Failure, Subject, $"a statement was not ended by the statement timeout{through}");
    }

    /// <summary>Even if it were not refused, it would be gone with its transaction.</summary>
    private const string Probe = "create temporary table user_reports_probe (id int)";

    /// <summary>What does not hold any more with the second question of a transaction, or null.</summary>
    private Task<string?> LostAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            SourceWork.Inspection,
            async session =>
            {
                List<long> backends = [];
                string? lost = null;
                for (var question = 0; question < 2; question++)
                {
                    await session.ReadAsync(
                        """
                        select pg_backend_pid(), current_setting('transaction_read_only'),
                            current_setting('transaction_isolation'),
                            (select setting::bigint from pg_settings where name = 'statement_timeout')
                        """,
                        row =>
                        {
                            backends.Add(row.Integer(0));
                            if (row.Text(1) != "on" || row.Text(2) != "repeatable read")
                                lost = $"it is {row.Text(2)}, read only is {row.Text(1)}";
                            else if (row.Integer(3) != (long)database.StatementTimeout.TotalMilliseconds)
                                lost = $"the statement timeout is {row.Integer(3)} ms";
                        },
                        cancellationToken
                    );
                }

                return backends.Distinct().Count() > 1 ? "it runs on several connections of the server" : lost;
            },
            cancellationToken
        );

    private async Task<string?> RefusalOfAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        try
        {
            return await database.ReadAsync<string?>(
                SourceWork.Inspection,
                async session =>
                {
                    foreach (var statement in statements)
                        await session.ExecuteAsync(statement, cancellationToken);
                    return null;
                },
                cancellationToken
            );
        }
        catch (SourceException e) when (e.InnerException is PostgresException refusal)
        {
            return refusal.SqlState;
        }
    }
}
