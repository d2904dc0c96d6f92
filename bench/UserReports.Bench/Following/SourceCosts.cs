using System.Globalization;
using Npgsql;
using UserReports.Bench.Databases;

namespace UserReports.Bench.Following;

/// <summary>What the service has the sources do, as they count it themselves (pg_stat_statements).</summary>
internal static class SourceCosts
{
    public static async Task ForgetAsync(BenchDatabases databases, CancellationToken cancellationToken)
    {
        await BenchDatabases.ExecuteAsync(
            databases.Platform,
            "create extension if not exists pg_stat_statements",
            cancellationToken
        );
        await BenchDatabases.ReadAsync<object>(
            databases.Platform,
            "select pg_stat_statements_reset()::text",
            cancellationToken
        );
    }

    /// <summary>The dearest statements of everybody but those who write, and their share of a core.</summary>
    public static async Task PrintAsync(
        BenchDatabases databases,
        double seconds,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        await using var connection = new NpgsqlConnection(databases.Platform);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            select d.datname, s.calls, s.total_exec_time, s.max_exec_time, s.rows, s.query,
                sum(s.total_exec_time) over () as total
            from pg_stat_statements s
                join pg_database d on d.oid = s.dbid
                join pg_roles r on r.oid = s.userid
            where d.datname like 'bench%' and r.rolname <> 'bench_writer' and s.query not like '%pg_stat_statements%'
            order by s.total_exec_time desc limit 14
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var isFirst = true;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (isFirst)
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"statements in all: {reader.GetDouble(6) / 1000:F2} s, {reader.GetDouble(6) / 10 / seconds:F2} % of a core"
                    )
                );
            isFirst = false;
            var text = string.Join(
                ' ',
                reader.GetString(5).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            );
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{reader.GetDouble(2), 9:F0} ms {reader.GetDouble(3), 7:F1} most {reader.GetInt64(1), 7} calls {reader.GetInt64(4), 8} rows  {reader.GetString(0)[6..]}: {text[..Math.Min(90, text.Length)]}"
                )
            );
        }
    }
}
