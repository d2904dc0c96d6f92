using UserReports.Feed.Replication;
using UserReports.Feed.Replication.Publications;
using UserReports.Feed.Replication.Servers;
using UserReports.Feed.Tests.Replication;
using UserReports.Sources.Generating;
using UserReports.Testing;

namespace UserReports.Feed.Tests;

public sealed class FollowedByFeedTests
{
    private const int Accounts = 200;

    /// <summary>
    /// The primary tells what changed, and a replica that is far behind is read: nothing is taken for done before it
    /// could be read. In the end every row is the one that a fresh run would write.
    /// </summary>
    [Fact]
    [Trait("Category", "Random")]
    public async Task Follow_RandomChangesReadFromAReplicaThatIsBehind_EndWithTheRowsOfAFreshRun()
    {
        await using var primary = await OwnServer.StartAsync();
        foreach (var database in new[] { "platform", "usage" })
            await primary.ExecuteAsync($"create database {database}");
        await SourceGenerator.GenerateAsync(
            primary.Connection("platform"),
            primary.Connection("usage"),
            new(Accounts, TimeProvider.System.GetUtcNow()),
            null,
            default
        );
        var settings = new Dictionary<string, ReplicationSettings>
        {
            ["platform"] = await PublishAsync(primary, "platform", GeneratedSchema.Platform.Keys),
            ["usage"] = await PublishAsync(primary, "usage", GeneratedSchema.Usage.Keys),
        };
        await using var replica = await primary.StandbyAsync();
        await BehindAsync(Chance.Count(2, 10, "USERREPORTS_TEST_FOLLOW_BEHIND"));
        await using var sources = SourcePair.Of(replica.Connection("platform"), replica.Connection("usage"));
        await using var followed = await FollowedStore.CreateAsync(
            sources,
            keys => new ReplicationFeedFactory(settings, keys, TimeProvider.System)
        );
        await followed.ChangeAtRandomAsync(Accounts, (database, sql) => primary.ExecuteAsync(sql, database));
        await BehindAsync(0);
        await followed.AssertIsFreshAsync();

        async Task BehindAsync(int seconds)
        {
            await replica.ConfigureAsync([$"recovery_min_apply_delay={seconds}s"]);
            await replica.ExecuteAsync("select pg_reload_conf()");
        }
    }

    /// <summary>Gives the tables the keys that they have on a real platform, and executes what an operator is told to.
    /// </summary>
    private static async Task<ReplicationSettings> PublishAsync(
        OwnServer server,
        string database,
        IEnumerable<string> tables
    )
    {
        foreach (var table in tables)
            await server.ExecuteAsync($"alter table {table} add column row_number bigserial primary key", database);
        var settings = new ReplicationSettings(database, server.Connection(database))
        {
            LookEvery = TimeSpan.FromMilliseconds(200),
        };
        await using var replication = new ReplicationServer(settings);
        var sql = new PublicationSql(
            settings,
            await replication.TablesAsync(default),
            replication.Version,
            wholeRows: false
        );
        foreach (var statement in sql.Create())
            await server.ExecuteAsync(statement, database);
        return settings;
    }
}
