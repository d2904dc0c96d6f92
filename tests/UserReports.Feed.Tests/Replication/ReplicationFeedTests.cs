namespace UserReports.Feed.Tests.Replication;

/// <summary>What rows of each table tell.</summary>
public sealed class ReplicationFeedTests(FollowedServer followed) : IClassFixture<FollowedServer>
{
    [Theory]
    [InlineData("update auth_user set last_login = now() where id = 11", "a11")]
    [InlineData("insert into auth_user (id, username, email) values (1001, 'new', '')", "a1001")]
    [InlineData("delete from auth_user where id = 12", "a12")]
    [InlineData("update hub_extrauserdetail set date_removed = now() where user_id = 13", "a13")]
    [InlineData("update organizations_organization set name = 'x' where id = 'o14'", "o14")]
    [InlineData("insert into organizations_organizationuser values (1015, false, 'o15', 16)", "a16 o15")]
    [InlineData("delete from organizations_organizationuser where id = 17", "a17 o17")]
    [InlineData("update organizations_organizationuser set user_id = 19 where id = 18", "a18 a19 o18")]
    [InlineData("update organizations_organizationowner set organization_user_id = 1021 where id = 21", "o21")]
    [InlineData("delete from organizations_organizationowner where id = 22", "o22")]
    [InlineData("update account_emailaddress set verified = false where user_id = 23", "a23")]
    [InlineData("delete from account_emailaddress where user_id = 24", "a24")]
    [InlineData("insert into kpi_asset (owner_id, _deployment_status) values (25, 'deployed')", "a25")]
    [InlineData("insert into trackers_nlpusagecounter (date, user_id) values (now(), 26)", "w26")]
    [InlineData("update djstripe_subscription set status = 'canceled' where djstripe_id = 1", "o1")]
    [InlineData("update djstripe_subscriptionitem set quantity = 2 where djstripe_id = 2", "o2")]
    [InlineData(
        "insert into djstripe_subscriptionitem (id, subscription_id, price_id) values ('si_x', 'sub_3', 1)",
        "o3"
    )]
    [InlineData("delete from djstripe_subscriptionitem where djstripe_id = 4", "o4")]
    [InlineData("delete from djstripe_subscription where djstripe_id = 5", "o5")]
    [InlineData("update djstripe_customer set subscriber_id = 'o60' where djstripe_id = 6", "o6 o60")]
    [InlineData("update djstripe_price set nickname = 'x' where djstripe_id = 2", "o7")]
    [InlineData("update djstripe_charge set refunded = true where djstripe_id = 3", "o3")]
    [InlineData("update stripe_planaddon set usage_limits = '{}' where id = 'pa_4'", "o4")]
    [InlineData("delete from stripe_planaddon where id = 'pa_5'", "o5")]
    [InlineData(
        "insert into stripe_planaddon values ('pa_y', 'o9', 'ch_9'); delete from stripe_planaddon where id = 'pa_y'",
        "o9"
    )]
    [InlineData("update auth_user set id = 1028 where id = 28", "a28 a1028")]
    public async Task Row_OfThePlatform_TellsWhomItTouches(string sql, string touched)
    {
        await using var reader = await followed.FollowAsync("platform");
        await followed.Server.ExecuteAsync(sql, "platform");
        await reader.UntilAsync(r => r.Batches.Any(batch => batch.FirstCommit is not null));
        Assert.Equal(touched, Words(reader));
        Assert.Empty(reader.RunReasons);
    }

    [Theory]
    [InlineData("insert into logger_dailyxformsubmissioncounter (date, counter, user_id) values (now(), 1, 31)", "w31")]
    [InlineData("update main_userprofile set attachment_storage_bytes = 5 where user_id = 32", "a32 w32")]
    public async Task Row_OfUsage_TellsWhoseUsageItIs(string sql, string touched)
    {
        await using var reader = await followed.FollowAsync("usage");
        await followed.Server.ExecuteAsync(sql, "usage");
        await reader.UntilAsync(r => r.Batches.Any(batch => batch.FirstCommit is not null));
        Assert.Equal(touched, Words(reader));
    }

    [Fact]
    public async Task Begin_WithoutATransaction_IsReadableFromTheSlotsPositionOn()
    {
        await using var reader = await followed.FollowAsync("platform");

        // A run that makes up for what was before must not read a replica that does not show it yet.
        Assert.All(reader.Batches, batch => Assert.NotEqual(0UL, batch.Lsn));
    }

    [Theory]
    [InlineData(
        "platform",
        "update djstripe_product set name = 'x'",
        "a row of djstripe_product changed, which may be anybody's"
    )]
    [InlineData(
        "platform",
        "truncate socialaccount_socialaccount",
        "the table socialaccount_socialaccount was emptied"
    )]
    [InlineData(
        "usage",
        "truncate logger_dailyxformsubmissioncounter",
        "the table logger_dailyxformsubmissioncounter was emptied"
    )]
    [InlineData(
        "platform",
        "update auth_user set is_active = true",
        "more accounts changed at once than are worth naming"
    )]
    public async Task Change_OfEverybody_AsksForARun(string database, string sql, string reason)
    {
        await using var reader = await followed.FollowAsync(database);
        await followed.Server.ExecuteAsync(sql, database);
        await reader.UntilAsync(r => r.RunReasons.Count > 0);
        Assert.Equal([reason], reader.RunReasons);
        Assert.Empty(reader.Accounts);
    }

    [Fact]
    public async Task Counter_DeletedAtNight_IsNotTold()
    {
        await using var reader = await followed.FollowAsync("usage");
        await followed.Server.ExecuteAsync("delete from logger_dailyxformsubmissioncounter", "usage");
        await followed.Server.ExecuteAsync(
            "insert into logger_dailyxformsubmissioncounter (date, counter, user_id) values (now(), 1, 33)",
            "usage"
        );
        await reader.UntilAsync(r => r.Owners.Count > 0);
        Assert.Equal([33], reader.Owners);
        Assert.Empty(reader.RunReasons);
    }

    [Fact]
    public async Task Transaction_RolledBack_IsNotTold()
    {
        await using var reader = await followed.FollowAsync("usage");
        const string Insert =
            "insert into logger_dailyxformsubmissioncounter (date, counter, user_id) values (now(), 1, ";
        await followed.Server.ExecuteAsync($"begin; {Insert} 34); rollback; {Insert} 35)", "usage");
        await reader.UntilAsync(r => r.Owners.Count > 0);
        Assert.Equal([35], reader.Owners);
    }

    private static string Words(FeedReader reader) =>
        string.Join(
            ' ',
            reader
                .Accounts.Order()
                .Select(id => $"a{id}")
                .Concat(reader.Owners.Order().Select(id => $"w{id}"))
                .Concat(reader.Organizations.OrderBy(id => id.Length).ThenBy(id => id, StringComparer.Ordinal))
        );
}
