using Npgsql;
using UserReports.Feed.Replication;
using UserReports.Feed.Replication.Publications;
using UserReports.Sources;
using UserReports.Testing;

namespace UserReports.Feed.Tests.Replication;

/// <summary>What stands in the way of a feed is found and said.</summary>
public sealed class FeedCheckTests(FollowedServer followed) : IClassFixture<FollowedServer>
{
    [Fact]
    public async Task Check_WhereAllIsThere_FindsNothing()
    {
        foreach (var database in new[] { "platform", "usage" })
        {
            Assert.All(
                await FeedCheck.FindAsync(followed.Settings(database), default),
                finding => Assert.Equal(FindingKind.Good, finding.Kind)
            );
        }
    }

    [Theory]
    [InlineData(
        "alter role reports_feed noreplication",
        "reports_feed may not replicate: alter role reports_feed replication."
    )]
    [InlineData(
        "revoke select on auth_user from reports_feed",
        "may not read the keys of auth_user. Grant what is printed below."
    )]
    [InlineData(
        "alter publication user_reports drop table auth_user",
        "auth_user is not published. Make what is printed below."
    )]
    [InlineData(
        "alter publication user_reports set (publish = 'insert, update, truncate')",
        "deletions of auth_user are not published"
    )]
    [InlineData(
        "alter publication user_reports drop table account_emailaddress; "
            + "alter publication user_reports add table account_emailaddress (id)",
        "user_reports publishes account_emailaddress without user_id. Make what is printed below."
    )]
    [InlineData(
        "alter publication user_reports drop table auth_user; alter publication user_reports add table auth_user where (id > 5)",
        "user_reports publishes only some rows of auth_user. Make what is printed below."
    )]
    [InlineData(
        "alter table auth_user replica identity full",
        "the platform cannot update tables: user_reports publishes auth_user without what identifies its rows. "
            + "Drop it now, and make the one below."
    )]
    [InlineData(
        "alter table kpi_asset drop constraint kpi_asset_pkey",
        "kpi_asset has no primary key: published, it could not be updated by the platform any more."
    )]
    public async Task Check_WhereSomethingIsWrong_SaysWhat(string sql, string words)
    {
        await using var undone = new Undone(followed.Server);
        await followed.Server.ExecuteAsync(sql, "platform");
        var failures = Failures(await FeedCheck.FindAsync(followed.Settings("platform"), default));
        Assert.Contains(failures, failure => failure.StartsWith(words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_OfTooMuch_Warns()
    {
        await using var undone = new Undone(followed.Server);
        await followed.Server.ExecuteAsync(
            """
            create table other (id serial primary key);
            alter publication user_reports add table other;
            alter publication user_reports drop table auth_user;
            alter publication user_reports add table auth_user
            """,
            "platform"
        );
        var warnings = (await FeedCheck.FindAsync(followed.Settings("platform"), default))
            .Where(finding => finding.Kind == FindingKind.Warning)
            .Select(finding => finding.Message);
        Assert.Equal(
            [
                "user_reports publishes columns of auth_user that are not needed, username among them.",
                "user_reports publishes other, which is not needed and asks for runs.",
            ],
            warnings
        );
        await followed.Server.ExecuteAsync("drop table other", "platform");
    }

    [Fact]
    public async Task Check_ThroughAPooler_Fails()
    {
        var server = new NpgsqlConnectionStringBuilder(followed.Server.Connection("platform"));
        await using var pooler = await PgBouncer.StartAsync(
            "session",
            5,
            server.Host!,
            server.Port,
            FollowedDatabases.Role,
            "pooled",
            default
        );
        var pooled = new NpgsqlConnectionStringBuilder(followed.Settings("platform").ConnectionString)
        {
            Port = pooler.Port,
            Password = "pooled",
        };
        Assert.Equal(
            ["a pooler stands between, and replication needs the server itself: name its own host and port."],
            Failures(
                await FeedCheck.FindAsync(
                    followed.Settings("platform") with
                    {
                        ConnectionString = pooled.ConnectionString,
                    },
                    default
                )
            )
        );
    }

    [Fact]
    public async Task Check_OfAServerWithoutLogicalLogAndBound_SaysBoth()
    {
        await using var server = await OwnServer.StartAsync("wal_level=replica", "max_slot_wal_keep_size=-1");
        await FollowedDatabases.CreateAsync(server);
        var settings = FollowedDatabases.Settings(server, "usage") with { RetainedMax = null };
        var failures = Failures(await FeedCheck.FindAsync(settings, default));
        Assert.Contains("wal_level is replica. Set wal_level = logical, and restart the server.", failures);
        Assert.Contains(failures, failure => failure.Contains("max_slot_wal_keep_size = -1", StringComparison.Ordinal));
        // A standby of it, too, cannot be followed before PostgreSQL 16.
        await using var standby = await server.StandbyAsync();
        if (await server.ScalarAsync<int>("select current_setting('server_version_num')::int") < 160000)
        {
            Assert.Contains(
                "a standby can be followed since PostgreSQL 16: name the primary.",
                Failures(await FeedCheck.FindAsync(FollowedDatabases.Settings(standby, "usage"), default))
            );
        }
    }

    [Fact]
    public async Task Check_OfNoServer_SaysSo()
    {
        var settings = new ReplicationSettings("usage", "Host=127.0.0.1;Port=1;Username=nobody;Database=usage");
        Assert.StartsWith(
            "The usage feed cannot reach its database",
            Assert.Single(Failures(await FeedCheck.FindAsync(settings, default))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Offer_WhereSomethingIsWrong_SaysWhyAndLeavesNoSlot()
    {
        await using (var reader = await followed.FollowAsync("usage"))
            Assert.Null(reader.End);
        await followed.Server.ExecuteAsync("alter publication user_reports_kept drop table main_userprofile", "usage");
        var factory = new ReplicationFeedFactory(
            new Dictionary<string, ReplicationSettings> { ["usage"] = followed.Settings("usage") },
            new MemoryKeys(),
            TimeProvider.System
        );
        Assert.Equal(
            new(null, "main_userprofile is not published. Make what is printed below."),
            await factory.OfferAsync("usage", default)
        );
        Assert.Equal(new(null, "Sources:PlatformFeed is not set."), await factory.OfferAsync("platform", default));
        Assert.Equal(0, await followed.Server.ScalarAsync<long>("select count(*) from pg_replication_slots"));
        await followed.Server.ExecuteAsync("drop publication user_reports_kept", "usage");
        await FollowedDatabases.PublishAsync(followed.Server, "usage");
        var offer = await factory.OfferAsync("usage", default);
        Assert.NotNull(offer.Feed);
        await offer.Feed.DisposeAsync();
    }

    [Fact]
    public async Task Sql_ToTakeItAway_LeavesNoTrace()
    {
        await using var server = await OwnServer.StartAsync();
        await FollowedDatabases.CreateAsync(server);
        foreach (var database in new[] { "platform", "usage" })
        {
            await using (var reader = await FeedReader.StartAsync(FollowedDatabases.Settings(server, database)))
                Assert.Null(reader.End);
            var sql = await FeedSql.WriteAsync(FollowedDatabases.Settings(server, database), true, false, default);
            var removal = sql[sql.IndexOf("-- To take all of it away", StringComparison.Ordinal)..]
                .Split('\n')
                .Skip(1)
                .Select(line => line.TrimStart('-', ' '))
                .Where(line => line.Length > 0 && !line.StartsWith("drop role", StringComparison.Ordinal));
            foreach (var statement in removal)
                await server.ExecuteAsync(statement, database);
        }

        await server.ExecuteAsync($"drop role {FollowedDatabases.Role}");
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from pg_replication_slots"));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from pg_publication", "platform"));
    }

    private static List<string> Failures(IReadOnlyList<SourceFinding> findings) =>
        [.. findings.Where(finding => finding.Kind == FindingKind.Failure).Select(finding => finding.Message)];

    /// <summary>Makes anew what a test has broken.</summary>
    private sealed class Undone(OwnServer server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await server.ExecuteAsync("alter role reports_feed replication");
            await server.ExecuteAsync(
                """
                alter table auth_user replica identity default;
                do $$ begin
                    alter table kpi_asset add constraint kpi_asset_pkey primary key (id);
                exception when invalid_table_definition or duplicate_table then null; end $$;
                drop publication user_reports; drop publication user_reports_kept
                """,
                "platform"
            );
            await FollowedDatabases.PublishAsync(server, "platform");
        }
    }
}
