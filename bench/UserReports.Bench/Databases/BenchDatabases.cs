using Npgsql;

namespace UserReports.Bench.Databases;

/// <summary>The two source databases of a benchmark, on the server that bench/run starts.</summary>
public sealed record BenchDatabases(string Platform, string Usage)
{
    private const string ServerVariable = "USERREPORTS_BENCH_POSTGRES";

    /// <summary>Two empty databases; those of an earlier benchmark on the same server are dropped.</summary>
    public static async Task<BenchDatabases> CreateAsync(CancellationToken cancellationToken)
    {
        var server =
            Environment.GetEnvironmentVariable(ServerVariable)
            ?? throw new InvalidOperationException(
                $"{ServerVariable} is not set: run bench/run, which starts a server."
            );
        foreach (var name in new[] { "bench_platform", "bench_usage" })
        {
            await ExecuteAsync(server, $"drop database if exists {name} with (force)", cancellationToken);
            await ExecuteAsync(server, $"create database {name} template template0 encoding 'UTF8'", cancellationToken);
        }

        return new(With(server, "bench_platform"), With(server, "bench_usage"));
    }

    /// <summary>Runs statements on a connection of their own, without a time limit.</summary>
    public static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Makes a role that may sign in, if there is none of that name.</summary>
    /// <param name="right">What else it is, such as <c>superuser</c>.</param>
    public static Task MakeRoleAsync(
        string connectionString,
        string name,
        string password,
        string right,
        CancellationToken cancellationToken
    ) =>
        ExecuteAsync(
            connectionString,
            $"""
            do $$ begin
                if not exists (select 1 from pg_roles where rolname = '{name}') then
                    create role {name} login {right} password '{password}';
                end if;
            end $$
            """,
            cancellationToken
        );

    /// <summary>The first value of a query.</summary>
    public static async Task<T> ReadAsync<T>(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static string With(string server, string database) =>
        new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString;
}
