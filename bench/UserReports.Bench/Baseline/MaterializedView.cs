using System.Text.RegularExpressions;
using Npgsql;
using UserReports.Bench.Databases;
using UserReports.Bench.Queries;
using UserReports.Bench.Results;

namespace UserReports.Bench.Baseline;

/// <summary>
/// The same rows as a materialized view of PostgreSQL: made, refreshed and asked the same questions in the same run, so
/// that ratios mean something.
/// </summary>
public sealed partial class MaterializedView(BenchDatabases databases, string email, int runs)
{
    /// <summary>The topic of the service's own figures that the view's are compared with.</summary>
    public const string Compared = "query";

    private const string BestIndexes = "baseline, best indexes";
    private const string PageAndCount = ", page and count";

    /// <summary>The measurement that answers a question as the service does: page and exact count.</summary>
    public static string KeyWithBestIndexes(string question) =>
        new Measurement(BestIndexes, question + PageAndCount, "", 0).Key;

    public async Task<IReadOnlyList<Measurement>> RunAsync(CancellationToken cancellationToken)
    {
        var measurements = new List<Measurement>();
        await CopyUsageAsync(cancellationToken);
        var steps = Steps();
        measurements.Add(
            await Timing.OnceAsync(
                "baseline",
                "view: create, with its unique indexes",
                async () =>
                {
                    await BenchDatabases.ExecuteAsync(
                        databases.Platform,
                        steps + EmbeddedSql.Read("view.sql"),
                        cancellationToken
                    );
                    return await BenchDatabases.ReadAsync<long>(
                        databases.Platform,
                        "select count(*) from report",
                        cancellationToken
                    );
                }
            )
        );
        measurements.AddRange(await AskAsync("baseline, its own indexes", cancellationToken));
        measurements.Add(
            await Timing.OnceAsync(
                "baseline",
                "view: the best indexes",
                async () =>
                {
                    await BenchDatabases.ExecuteAsync(
                        databases.Platform,
                        EmbeddedSql.Read("indexes.sql"),
                        cancellationToken
                    );
                    return null;
                }
            )
        );
        measurements.AddRange(await AskAsync(BestIndexes, cancellationToken));
        measurements.Add(
            await Timing.OnceAsync(
                "baseline",
                "view: refresh concurrently, best indexes",
                async () =>
                {
                    foreach (Match step in StepName().Matches(steps))
                        await ExecuteAsync($"refresh materialized view {step.Groups[1].Value}", cancellationToken);
                    await ExecuteAsync("refresh materialized view concurrently report", cancellationToken);
                    return null;
                }
            )
        );
        var size = await BenchDatabases.ReadAsync<long>(
            databases.Platform,
            "select pg_total_relation_size('report')",
            cancellationToken
        );
        measurements.Add(new("baseline", "view: size with the best indexes", "MB", size / 1e6));
        return measurements;
    }

    /// <summary>
    /// The tests' independent computation, its steps as materialized views: with statistics they are joined well, which
    /// a chain of plain views is not.
    /// </summary>
    private static string Steps() =>
        EmbeddedSql
            .Read("report.sql")
            .Replace("$now", TimeProvider.System.GetUtcNow().ToString("u"), StringComparison.Ordinal)
            .Replace("$retention", "366", StringComparison.Ordinal)
            .Replace("pg_temp.", "", StringComparison.Ordinal)
            .Replace("create temp table expected as", "analyze; create view expected as", StringComparison.Ordinal)
            .Replace("create temp table metric", "create table metric", StringComparison.Ordinal)
            .Replace("create temp table", "create materialized view", StringComparison.Ordinal);

    private async Task<IReadOnlyList<Measurement>> AskAsync(string topic, CancellationToken cancellationToken)
    {
        var rows = await BenchDatabases.ReadAsync<long>(
            databases.Platform,
            "select count(*) from report",
            cancellationToken
        );
        await using var connection = new NpgsqlConnection(databases.Platform);
        await connection.OpenAsync(cancellationToken);
        var measurements = new List<Measurement>();
        foreach (var question in Question.All.Where(question => !question.ByCursor))
        {
            var where = question.Where.Replace("$email", email, StringComparison.Ordinal);
            var offset = question.Offset(rows);
            // As the replaced system's framework asks: DISTINCT over the whole row, and the count as a second
            // statement.
            var page =
                $"select distinct *, {question.OrderedBy} as ordered_by from report where {where} "
                + $"order by ordered_by{question.Direction}, user_id, organization_id nulls last "
                + $"limit {Question.PageSize} offset {offset}";
            var count = $"select count(*) from (select distinct * from report where {where}) as matching";
            measurements.Add(
                await Timing.OfAsync(topic, question.Name + PageAndCount, runs, AskBothAsync, cancellationToken)
            );
            measurements.Add(
                await Timing.OfAsync(
                    topic,
                    $"{question.Name}, page alone",
                    runs,
                    token => ReadPageAsync(connection, page, token),
                    cancellationToken
                )
            );

            async Task<long?> AskBothAsync(CancellationToken token)
            {
                await ReadPageAsync(connection, page, token);
                await using var command = new NpgsqlCommand(count, connection) { CommandTimeout = 0 };
                return (long)(await command.ExecuteScalarAsync(token))!;
            }
        }

        return measurements;
    }

    private static async Task<long?> ReadPageAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var values = new object[reader.FieldCount];
        var rows = 0L;
        for (; await reader.ReadAsync(cancellationToken); rows++)
            reader.GetValues(values);
        return rows;
    }

    private Task ExecuteAsync(string sql, CancellationToken cancellationToken) =>
        BenchDatabases.ExecuteAsync(databases.Platform, sql, cancellationToken);

    /// <summary>
    /// The usage database's rows as tables beside the platform's, which the view needs and the service does not.
    /// </summary>
    private async Task CopyUsageAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            "create table stored_bytes (user_id int, bytes bigint);"
                + "create table submissions (user_id int, day date, count int);",
            cancellationToken
        );
        await using var usage = new NpgsqlConnection(databases.Usage);
        await using var platform = new NpgsqlConnection(databases.Platform);
        await usage.OpenAsync(cancellationToken);
        await platform.OpenAsync(cancellationToken);
        await CopyAsync("select user_id::int, attachment_storage_bytes::bigint from main_userprofile", "stored_bytes");
        await CopyAsync(
            "select user_id::int, date, counter::int from logger_dailyxformsubmissioncounter",
            "submissions"
        );
        await ExecuteAsync(
            "create index on stored_bytes (user_id); create index on submissions (user_id); analyze",
            cancellationToken
        );

        async Task CopyAsync(string query, string table)
        {
            await using var rows = await usage.BeginRawBinaryCopyAsync(
                $"copy ({query}) to stdout (format binary)",
                cancellationToken
            );
            await using var target = await platform.BeginRawBinaryCopyAsync(
                $"copy {table} from stdin (format binary)",
                cancellationToken
            );
            await rows.CopyToAsync(target, cancellationToken);
        }
    }

    [GeneratedRegex(@"create materialized view (\w+) as")]
    private static partial Regex StepName();
}
