using System.Globalization;
using System.Text.Json;

namespace UserReports.EndToEnd.Tests;

/// <summary>What changes at the platform changes in the report, and nothing else does.</summary>
[Trait("Category", "Slow")]
public sealed class ChangeTests
{
    private const int Accounts = 1_000;

    /// <summary>
    /// Owns an organisation without subscriptions, has submitted nothing and is in nobody else's organisation.
    /// </summary>
    private const string QuietOwner = """
        select min(u.user_id) from organizations_organizationuser u
        join organizations_organizationowner w on w.organization_user_id = u.id
        where u.user_id > 100 and not exists (select from djstripe_customer c where c.subscriber_id = u.organization_id)
          and not exists (select from organizations_organizationuser o where o.user_id = u.user_id and o.id <> u.id)
          and not exists (select from organizations_organizationuser o where o.organization_id = u.organization_id
            and o.id <> u.id)
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_AfterSubmissions_CountsThemAndNothingElseMoves()
    {
        await using var databases = await PlatformDatabases.CreateWithRowsAsync(Accounts, Token);
        await using var service = new ServiceUnderTest(databases);
        var before = await RefreshedAsync(service);
        var id = await databases.ReadAsync<int>(QuietOwner, Token);

        await PlatformDatabases.ExecuteAsync(
            databases.Usage,
            $"""
            delete from logger_dailyxformsubmissioncounter where user_id = {id};
            insert into logger_dailyxformsubmissioncounter (user_id, date, counter)
            values ({id}, '2026-11-23', 700), ({id}, '2026-11-01', 20), ({id}, '2026-10-31', 5), ({id}, '2025-11-21', 9000)
            """,
            Token
        );
        service.Advance(TimeSpan.FromMinutes(30));
        var after = await RefreshedAsync(service);

        var changed = Assert.Single(Changed(before, after));
        var usage = after[changed].GetProperty("service_usage");
        Assert.Equal(await UsernameAsync(databases, id), changed.Username);
        Assert.Equal(720, usage.GetProperty("total_submission_count").GetProperty("current_period").GetInt64());
        Assert.Equal(725, usage.GetProperty("total_submission_count").GetProperty("cumulative").GetInt64());
        var balance = usage.GetProperty("balances").GetProperty("submission");
        Assert.Equal(
            """{"effective_limit":700,"balance_value":-20,"balance_percent":103,"exceeded":true}""",
            balance.GetRawText()
        );
        Assert.True(after[changed].GetProperty("account_restricted").GetBoolean());
        await AssertRightAsync(databases, service);
    }

    [Fact]
    public async Task Report_AfterAPlanIsBought_ShowsItsLimitsAndPeriod()
    {
        await using var databases = await PlatformDatabases.CreateWithRowsAsync(Accounts, Token);
        await using var service = new ServiceUnderTest(databases);
        var before = await RefreshedAsync(service);
        var id = await databases.ReadAsync<int>(QuietOwner, Token);

        await PlatformDatabases.ExecuteAsync(
            databases.Platform,
            $"""
            insert into djstripe_customer (id, subscriber_id)
            select 'cus_new', organization_id from organizations_organizationuser where user_id = {id};
            insert into djstripe_subscription (djstripe_id, id, customer_id, status, djstripe_created, djstripe_updated,
              created, cancel_at_period_end, collection_method, billing_cycle_anchor, current_period_start,
              current_period_end, proration_behavior, start_date)
            values (1, 'sub_new', 'cus_new', 'trialing', '2026-11-20Z', '2026-11-20Z', '2026-11-20Z', false,
              'charge_automatically', '2026-11-20Z', '2026-11-20 07:00Z', '2026-12-20 07:00Z', 'none', '2026-11-20Z');
            insert into djstripe_subscriptionitem (id, subscription_id, price_id, quantity)
            values ('si_new', 'sub_new', 2, 1)
            """,
            Token
        );
        service.Advance(TimeSpan.FromMinutes(30));
        var after = await RefreshedAsync(service);

        var changed = Assert.Single(Changed(before, after));
        var usage = after[changed].GetProperty("service_usage");
        Assert.Equal("2026-11-20T07:00:00+00:00", usage.GetProperty("current_period_start").GetString());
        Assert.Equal("2026-12-20T07:00:00+00:00", usage.GetProperty("current_period_end").GetString());
        Assert.Equal(
            9000,
            usage.GetProperty("balances").GetProperty("submission").GetProperty("effective_limit").GetInt64()
        );
        Assert.Equal(JsonValueKind.Null, usage.GetProperty("balances").GetProperty("asr_seconds").ValueKind);
        var item = after[changed].GetProperty("subscriptions")[0].GetProperty("items")[0];
        Assert.Equal(
            "€12,345.67 EUR every 3 months",
            item.GetProperty("price").GetProperty("human_readable_price").GetString()
        );
        await AssertRightAsync(databases, service);
    }

    [Fact]
    public async Task Report_AfterAnAccountIsDeleted_LosesItsRowAlone()
    {
        await using var databases = await PlatformDatabases.CreateWithRowsAsync(Accounts, Token);
        await using var service = new ServiceUnderTest(databases);
        var before = await RefreshedAsync(service);
        var id = await databases.ReadAsync<int>(QuietOwner, Token);
        var username = await UsernameAsync(databases, id);

        await PlatformDatabases.ExecuteAsync(
            databases.Platform,
            $"""
            delete from organizations_organizationowner w using organizations_organizationuser u
            where w.organization_user_id = u.id and u.user_id = {id};
            delete from organizations_organizationuser where user_id = {id};
            delete from hub_extrauserdetail where user_id = {id};
            delete from account_emailaddress where user_id = {id};
            delete from accounts_mfa_mfamethodswrapper where user_id = {id};
            delete from socialaccount_socialaccount where user_id = {id};
            delete from trackers_nlpusagecounter where user_id = {id};
            delete from kpi_asset where owner_id = {id};
            delete from auth_user where id = {id}
            """,
            Token
        );
        service.Advance(TimeSpan.FromMinutes(30));
        var after = await RefreshedAsync(service);

        Assert.Equal(username, Assert.Single(before.Keys.Except(after.Keys)).Username);
        Assert.Empty(after.Keys.Except(before.Keys));
        Assert.Empty(Changed(before, after));
        await AssertRightAsync(databases, service);
    }

    [Fact]
    public async Task Report_OfAccountsRefreshedInPlace_FollowsWithoutARun()
    {
        await using var databases = await PlatformDatabases.CreateWithRowsAsync(Accounts, Token);
        await using var service = new ServiceUnderTest(databases);
        await RefreshedAsync(service);
        var id = await databases.ReadAsync<int>(QuietOwner, Token);

        await PlatformDatabases.ExecuteAsync(
            databases.Platform,
            $"update auth_user set email = 'new@mail.example' where id = {id}",
            Token
        );
        await service.RefreshAsync([id, id + 1, long.MaxValue], Token);

        var (count, documents) = await service.AskAsync("email:new@mail.example", Token);
        Assert.Equal(1, count);
        Assert.Equal(await UsernameAsync(databases, id), documents[0].GetProperty("username").GetString());
        await AssertRightAsync(databases, service);
    }

    private static async Task<Dictionary<RowKey, JsonElement>> RefreshedAsync(ServiceUnderTest service)
    {
        await service.RefreshAsync(Token);
        var (_, documents) = await service.AskAsync("", Token);
        return documents.ToDictionary(RowKey.Of);
    }

    private static async Task AssertRightAsync(PlatformDatabases databases, ServiceUnderTest service)
    {
        var expected = await ExpectedReports.ComputeAsync(
            databases,
            service.Now,
            ServiceUnderTest.RetentionDays,
            Token
        );
        AssertReports.Equal(expected, (await service.AskAsync("", Token)).Documents);
    }

    /// <summary>What changes with the clock alone.</summary>
    private static bool IsOfTime(string difference) =>
        difference.StartsWith("$.last_updated:", StringComparison.Ordinal)
        || difference.StartsWith("$.activity.inactive_days:", StringComparison.Ordinal);

    /// <summary>Rows of both states that differ in more than the instant of their computation.</summary>
    private static IEnumerable<RowKey> Changed(
        Dictionary<RowKey, JsonElement> before,
        Dictionary<RowKey, JsonElement> after
    ) =>
        before
            .Keys.Intersect(after.Keys)
            .Where(key => JsonDifference.Between(before[key], after[key]).Any(difference => !IsOfTime(difference)));

    private static Task<string> UsernameAsync(PlatformDatabases databases, int id) =>
        databases.ReadAsync<string>(
            $"select username from auth_user where id = {id.ToString(CultureInfo.InvariantCulture)}",
            Token
        );
}
