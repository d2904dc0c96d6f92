using Npgsql;
using UserReports.Sources;
using UserReports.Testing;

namespace UserReports.Feed.Tests.Polling;

public sealed class PollTests
{
    private const string Nothing = "accounts  owners  organizations  run ";
    private const string Today = "cast(current_timestamp as date)";

    [Theory]
    [InlineData(
        false,
        "usage",
        "update main_userprofile set attachment_storage_bytes = 1 where user_id = 7",
        "accounts 7 owners 7 organizations  run "
    )]
    [InlineData(
        false,
        "usage",
        "insert into logger_dailyxformsubmissioncounter values (7, date '2020-01-01', 5, 1)",
        "accounts 7 owners 7 organizations  run "
    )]
    [InlineData(
        false,
        "platform",
        "update auth_user set first_name = 'x' where id = 7",
        "accounts 7 owners  organizations  run "
    )]
    [InlineData(false, "platform", "update auth_user set password = 'x' where id = 7", Nothing)]
    [InlineData(false, "platform", "delete from auth_user where id = 7", "accounts 7 owners  organizations  run ")]
    [InlineData(
        false,
        "platform",
        "update djstripe_product set name = 'x'",
        "accounts  owners  organizations  run djstripe_product changed, which may concern everybody."
    )]
    [InlineData(
        true,
        "usage",
        "update main_userprofile set attachment_storage_bytes = 1 where user_id = 7",
        "accounts 7 owners 7 organizations  run "
    )]
    [InlineData(
        true,
        "platform",
        "update auth_user set first_name = 'x' where id = 7",
        "accounts 7 owners  organizations  run "
    )]
    [InlineData(true, "platform", "delete from auth_user where id = 7", "accounts 7 owners  organizations  run ")]
    public async Task Whole_RowChanged_IsFoundOnce(bool embedded, string database, string change, string found)
    {
        await using var sources = await SourcePair.GenerateAsync(embedded);
        var polled = new Polled(sources.Databases[database == "usage" ? 1 : 0], Polled.Whole);
        Assert.Equal(Nothing, Polled.Found(await polled.AskAsync()));
        Assert.Equal(Nothing, Polled.Found(await polled.AskAsync()));
        await sources.ChangeAsync(database, change);
        Assert.Equal(found, Polled.Found(await polled.AskAsync()));
        Assert.Equal(Nothing, Polled.Found(await polled.AskAsync()));
    }

    [Fact]
    public async Task Whole_SubscriptionOrOrganizationChanged_NamesTheOrganization()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        var polled = new Polled(sources.Databases[0], Polled.Whole);
        await polled.AskAsync();
        var organization = await ReadAsync(
            sources,
            """
            select subscriber_id from djstripe_customer c
            where exists (select 1 from djstripe_subscription s where s.customer_id = c.id) order by 1 limit 1
            """
        );
        string[] changes =
        [
            "update djstripe_subscription set status = 'x' where customer_id in (select id from djstripe_customer where subscriber_id = '{0}')",
            "update djstripe_subscriptionitem set quantity = 77 where subscription_id in (select s.id from djstripe_subscription s join djstripe_customer c on c.id = s.customer_id where subscriber_id = '{0}')",
            "update organizations_organization set name = 'x' where id = '{0}'",
        ];
        foreach (var change in changes)
        {
            await sources.ChangeAsync("platform", change.Replace("{0}", organization, StringComparison.Ordinal));
            Assert.Equal($"accounts  owners  organizations {organization} run ", Polled.Found(await polled.AskAsync()));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Counters_OfTodayAndYesterday_AreFoundByTheirSums(bool embedded)
    {
        await using var sources = await SourcePair.GenerateAsync(embedded);
        var polled = new Polled(sources.Databases[1], Polled.ByIndex);
        await polled.AskAsync();
        await sources.ChangeAsync("usage", $"insert into logger_dailyxformsubmissioncounter values (7, {Today}, 5, 1)");
        Assert.Equal("accounts 7 owners 7 organizations  run ", Polled.Found(await polled.AskAsync()));
        Assert.Equal(Nothing, Polled.Found(await polled.AskAsync()));
        await sources.ChangeAsync(
            "usage",
            $"update logger_dailyxformsubmissioncounter set counter = counter + 1 where user_id = 7 and date = {Today}"
        );
        Assert.Equal("accounts 7 owners 7 organizations  run ", Polled.Found(await polled.AskAsync()));
        await sources.ChangeAsync(
            "usage",
            $"insert into logger_dailyxformsubmissioncounter values (9, {Today} - 1, 5, 1)"
        );
        List<string> found = [];
        for (var round = 0; round < 4; round++)
            found.Add(Polled.Found(await polled.AskAsync()));
        Assert.Single(found, "accounts 9 owners 9 organizations  run ");
        await sources.ChangeAsync(
            "usage",
            $"delete from logger_dailyxformsubmissioncounter where user_id = 7 and date = {Today}"
        );
        Assert.Equal("accounts 7 owners 7 organizations  run ", Polled.Found(await polled.AskAsync()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Round_NotWrittenDown_IsFoundAgain(bool embedded)
    {
        await using var sources = await SourcePair.GenerateAsync(embedded);
        var usage = new Polled(sources.Databases[1], Polled.ByIndex);
        var platform = new Polled(sources.Databases[0], Polled.ByIndex with { WholeRowsMax = -1 });
        await usage.AskAsync();
        await platform.AskAsync();
        await sources.ChangeAsync("usage", $"insert into logger_dailyxformsubmissioncounter values (7, {Today}, 5, 1)");
        await sources.ChangeAsync("platform", NewAccount(900));
        await usage.AskOnlyAsync();
        await platform.AskOnlyAsync();
        Assert.Equal("accounts 7 owners 7 organizations  run ", Polled.Found(await usage.AskAsync()));
        Assert.Equal("accounts 900 owners  organizations  run ", Polled.Found(await platform.AskAsync()));
    }

    [Fact]
    public async Task Instants_LaterThanTheLastRound_AreToldOnce()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        await sources.ChangeAsync(
            "platform",
            "create index on hub_extrauserdetail (last_project_activity); create index on auth_user (last_login)"
        );
        var polled = new Polled(sources.Databases[0], Polled.ByIndex);
        await polled.AskAsync();
        await sources.ChangeAsync(
            "platform",
            "update hub_extrauserdetail set last_project_activity = now() where user_id = 7"
        );
        Assert.Equal("accounts 7 owners  organizations  run ", Polled.Found(await polled.AskAsync()));
        Assert.Equal(Nothing, Polled.Found(await polled.AskAsync()));
        // Within the overlap still, and later again; and one whose clock was slow.
        await sources.ChangeAsync(
            "platform",
            """
            update hub_extrauserdetail set last_project_activity = now() where user_id = 7;
            update auth_user set last_login = now() - interval '1 minute' where id = 9
            """
        );
        Assert.Equal("accounts 7,9 owners  organizations  run ", Polled.Found(await polled.AskAsync()));
        Assert.Equal(Nothing, Polled.Found(await polled.AskAsync()));
    }

    [Fact]
    public async Task Keys_TransactionThatEndsLate_IsFoundWithinTheOverlap()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        var polled = new Polled(sources.Databases[0], Polled.ByIndex);
        await polled.AskAsync();
        await using var connection = new NpgsqlConnection(sources.Platform);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var late = new NpgsqlCommand(NewAccount(900), connection, transaction))
            await late.ExecuteNonQueryAsync();
        await sources.ChangeAsync("platform", NewAccount(901));
        Assert.Equal("accounts 901 owners  organizations  run ", Polled.Found(await polled.AskAsync()));
        await transaction.CommitAsync();
        Assert.Equal("accounts 900 owners  organizations  run ", Polled.Found(await polled.AskAsync()));
        Assert.Equal(Nothing, Polled.Found(await polled.AskAsync()));
    }

    [Fact]
    public async Task Position_OfAnEarlierProcess_IsGoneOnFrom()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        await sources.ChangeAsync("platform", "create index on hub_extrauserdetail (last_project_activity)");
        var earlier = new Polled(sources.Databases[0], Polled.ByIndex);
        await earlier.AskAsync();
        await sources.ChangeAsync(
            "platform",
            NewAccount(900) + "; update hub_extrauserdetail set last_project_activity = now() where user_id = 7"
        );
        var later = new Polled(sources.Databases[0], Polled.ByIndex);
        Assert.Equal(
            "accounts 7,900 owners  organizations  run ",
            Polled.Found(await later.AskAsync(earlier.Position))
        );
    }

    [Fact]
    public async Task Position_ThatCannotBeRead_IsLost()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        var polled = new Polled(sources.Databases[0], Polled.ByIndex);
        var lost = await Assert.ThrowsAsync<FeedLostException>(() => polled.AskAsync("7"));
        Assert.Equal("Where polling was cannot be read.", lost.Message);
    }

    [Fact]
    public async Task Round_MoreRowsThanAreLookedAt_AsksForARun()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        var polled = new Polled(sources.Databases[0], Polled.ByIndex with { FoundRowsMax = 5 });
        await polled.AskAsync();
        await sources.ChangeAsync("platform", string.Join(';', Enumerable.Range(900, 6).Select(id => NewAccount(id))));
        Assert.Equal(
            "accounts  owners  organizations  run More rows of auth_user changed at once than are looked at one by one.",
            Polled.Found(await polled.AskAsync())
        );
        Assert.Equal(Nothing, Polled.Found(await polled.AskAsync()));
    }

    [Fact]
    public async Task Question_ThatTakesTooLong_IsNotAskedAgain()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        var polled = new Polled(
            sources.Databases[1],
            Polled.Whole with
            {
                QuestionTime = TimeSpan.FromMilliseconds(300),
            }
        );
        await polled.AskAsync();
        await using (var connection = new NpgsqlConnection(sources.Usage))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var held = new NpgsqlCommand("lock table main_userprofile", connection, transaction);
            await held.ExecuteNonQueryAsync();
            await Assert.ThrowsAsync<SourceException>(() => polled.AskAsync());
        }

        await polled.AskAsync();
        var question = Assert.Single(polled.Questions, q => q.Subject == "main_userprofile: all rows");
        Assert.Null(question.Every);
        Assert.StartsWith("It took longer than 0 s", question.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Round_ThroughATransactionPooler_FindsTheSame()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        var server = new NpgsqlConnectionStringBuilder(sources.Usage);
        await using var pooler = await PgBouncer.StartAsync(
            "transaction",
            2,
            server.Host!,
            server.Port,
            server.Username!,
            server.Password!,
            default
        );
        var pooled = new NpgsqlConnectionStringBuilder(sources.Usage) { Host = "127.0.0.1", Port = pooler.Port };
        await using var database = Sources.Connections.SourceDatabase.Create(
            "usage",
            pooled.ConnectionString,
            new("", "")
        );
        var polled = new Polled(database, Polled.ByIndex);
        await polled.AskAsync();
        await sources.ChangeAsync("usage", $"insert into logger_dailyxformsubmissioncounter values (7, {Today}, 5, 1)");
        Assert.Equal("accounts 7 owners 7 organizations  run ", Polled.Found(await polled.AskAsync()));
    }

    private static string NewAccount(int id) =>
        $"insert into auth_user select {id}, 'new{id}', '', '', '', false, false, true, date_joined, null, '!' from auth_user where id = 2";

    private static async Task<string> ReadAsync(SourcePair sources, string sql)
    {
        await using var connection = new NpgsqlConnection(sources.Platform);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
