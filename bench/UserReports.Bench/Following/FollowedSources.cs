using Npgsql;
using UserReports.Bench.Databases;
using UserReports.Feed.Replication.Publications;
using UserReports.Sources.Generating;

namespace UserReports.Bench.Following;

/// <summary>Makes generated databases such as can be followed: keys for every table, and the feed's SQL.</summary>
internal static class FollowedSources
{
    private const string Role = "reports_feed";
    private const string Password = "bench";

    /// <summary>Gives each table the primary key that it has on a real platform.</summary>
    public static async Task AddKeysAsync(BenchDatabases databases, CancellationToken cancellationToken)
    {
        foreach (
            var (connection, tables) in new[]
            {
                (databases.Platform, GeneratedSchema.Platform),
                (databases.Usage, GeneratedSchema.Usage),
            }
        )
        {
            foreach (var table in tables.Keys)
            {
                var hasId = await BenchDatabases.ReadAsync<bool>(
                    connection,
                    $"""
                    select exists (
                        select 1 from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
                        where i.indrelid = '{table}'::regclass and i.indisunique and i.indnkeyatts = 1 and a.attname = 'id')
                    """,
                    cancellationToken
                );
                await BenchDatabases.ExecuteAsync(
                    connection,
                    hasId
                        ? $"alter table {table} add primary key (id)"
                        : $"alter table {table} add column row_number bigserial primary key",
                    cancellationToken
                );
            }

            await BenchDatabases.ExecuteAsync(connection, "vacuum analyze", cancellationToken);
        }
    }

    /// <summary>Pastes what <c>check --feed</c> prints; the feed's connection strings.</summary>
    public static async Task<(string Platform, string Usage)> PublishAsync(
        BenchDatabases databases,
        CancellationToken cancellationToken
    )
    {
        await BenchDatabases.MakeRoleAsync(databases.Platform, Role, Password, "replication", cancellationToken);
        await PublishAsync("platform", databases.Platform, cancellationToken);
        await PublishAsync("usage", databases.Usage, cancellationToken);
        return (Feed(databases.Platform), Feed(databases.Usage));
    }

    private static async Task PublishAsync(string name, string connection, CancellationToken cancellationToken)
    {
        var sql = await FeedSql.WriteAsync(new(name, connection), false, false, cancellationToken);
        var statements = sql.Split('\n')
            .TakeWhile(line => !line.StartsWith("-- To take all", StringComparison.Ordinal))
            .Where(line => !line.StartsWith("--", StringComparison.Ordinal))
            .Where(line => !line.StartsWith("create role", StringComparison.Ordinal));
        await BenchDatabases.ExecuteAsync(connection, string.Join('\n', statements), cancellationToken);
    }

    private static string Feed(string connection) =>
        new NpgsqlConnectionStringBuilder(connection) { Username = Role, Password = Password }.ConnectionString;
}
