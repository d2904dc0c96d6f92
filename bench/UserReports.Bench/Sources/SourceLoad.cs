using System.Globalization;
using Npgsql;
using UserReports.Bench.Databases;

namespace UserReports.Bench.Sources;

/// <summary>
/// What a pass asks of the source databases, as they count it themselves: their longest statement, what did not fit
/// into their work memory, and how many connections there were at once.
/// </summary>
/// <remarks>
/// Needs pg_stat_statements. The databases get 64 MB of work memory, for hashes too: a statement that needs more writes
/// temporary blocks, which are counted. They have their own settings back afterwards.
/// </remarks>
public sealed class SourceLoad : IAsyncDisposable
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(20);

    private readonly string server;
    private readonly string[] names;
    private readonly CancellationTokenSource over = new();
    private readonly Dictionary<string, long> most = new(StringComparer.Ordinal);
    private readonly Task sampling;

    private SourceLoad(string server, string[] names)
    {
        this.server = server;
        this.names = names;
        sampling = SampleAsync();
    }

    /// <summary>Counts from here on.</summary>
    public static async Task<SourceLoad> BeginAsync(BenchDatabases databases, CancellationToken cancellationToken)
    {
        var platform = new NpgsqlConnectionStringBuilder(databases.Platform);
        string[] names = [platform.Database!, new NpgsqlConnectionStringBuilder(databases.Usage).Database!];
        platform.Database = "postgres";
        foreach (var name in names)
        {
            await BenchDatabases.ExecuteAsync(
                platform.ConnectionString,
                $"alter database {name} set work_mem = '64MB'; alter database {name} set hash_mem_multiplier = 1",
                cancellationToken
            );
        }

        await BenchDatabases.ExecuteAsync(
            platform.ConnectionString,
            "create extension if not exists pg_stat_statements; select pg_stat_statements_reset()",
            cancellationToken
        );
        return new(platform.ConnectionString, names);
    }

    /// <summary>Ends the counting.</summary>
    public async Task<SourceLoadFigures> EndAsync(CancellationToken cancellationToken)
    {
        await over.CancelAsync();
        await sampling;
        List<SourceStatement> statements = [];
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            select d.datname, s.query, s.calls, s.max_exec_time, s.temp_blks_written, s.rows
            from pg_stat_statements s join pg_database d on d.oid = s.dbid
            where d.datname = any($1) order by s.max_exec_time desc
            """,
            connection
        );
        command.Parameters.Add(new() { Value = names });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            statements.Add(
                new(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetInt64(2),
                    reader.GetDouble(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5)
                )
            );
        }

        return new(statements, names.ToDictionary(name => name, name => most.GetValueOrDefault(name)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await sampling;
        over.Dispose();
        foreach (var name in names)
        {
            await BenchDatabases.ExecuteAsync(
                server,
                $"alter database {name} reset work_mem; alter database {name} reset hash_mem_multiplier",
                CancellationToken.None
            );
        }
    }

    private async Task SampleAsync()
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select datname, count(*) from pg_stat_activity where datname = any($1) and application_name = 'user-reports' group by 1",
            connection
        );
        command.Parameters.Add(new() { Value = names });
        while (!over.IsCancellationRequested)
        {
            await using (var reader = await command.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                    most[reader.GetString(0)] = Math.Max(
                        most.GetValueOrDefault(reader.GetString(0)),
                        reader.GetInt64(1)
                    );
            }

            await Task.Delay(SampleEvery, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>One statement of a source, as pg_stat_statements knows it.</summary>
/// <param name="LongestMs">Of all its calls.</param>
/// <param name="TemporaryBlocks">Blocks of 8 kB written because work memory did not suffice.</param>
public sealed record SourceStatement(
    string Database,
    string Text,
    long Calls,
    double LongestMs,
    long TemporaryBlocks,
    long Rows
);

/// <summary>What a pass asked of the sources.</summary>
/// <param name="Statements">The longest first.</param>
/// <param name="Connections">The most at once, by database.</param>
public sealed record SourceLoadFigures(
    IReadOnlyList<SourceStatement> Statements,
    IReadOnlyDictionary<string, long> Connections
)
{
    /// <summary>The longest statement of the pass.</summary>
    public double LongestMs => Statements.Select(statement => statement.LongestMs).DefaultIfEmpty().Max();

    /// <summary>Blocks written because work memory did not suffice, in the whole pass.</summary>
    public long TemporaryBlocks => Statements.Sum(statement => statement.TemporaryBlocks);

    /// <summary>The totals, then the longest statements.</summary>
    public void Print(TextWriter output)
    {
        var invariant = CultureInfo.InvariantCulture;
        output.WriteLine(string.Create(invariant, $"longest statement        {LongestMs, 10:F0} ms"));
        output.WriteLine(string.Create(invariant, $"temporary blocks written {TemporaryBlocks, 10}"));
        foreach (var (name, count) in Connections)
            output.WriteLine(string.Create(invariant, $"connections, {name, -14} {count, 7} at most"));
        output.WriteLine();
        foreach (var statement in Statements.Take(12))
        {
            var text = string.Join(' ', statement.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            output.WriteLine(
                string.Create(
                    invariant,
                    $"{statement.LongestMs, 8:F0} ms {statement.Calls, 6} calls {statement.Rows, 9} rows  {text[..Math.Min(80, text.Length)]}"
                )
            );
        }
    }
}
