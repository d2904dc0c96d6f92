using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Reports;
using UserReports.Sources.Reading;

namespace UserReports.Sources.Tests;

/// <summary>Platforms that have Stripe's tables and may never have used them.</summary>
public sealed class StripeUseTests
{
    private const string Emptied = "delete from djstripe_customer; delete from djstripe_product";

    [Theory]
    [InlineData(StripeUse.Auto, null, true)]
    [InlineData(StripeUse.Auto, Emptied, false)]
    [InlineData(StripeUse.Auto, "delete from djstripe_product", true)]
    [InlineData(StripeUse.Auto, "delete from djstripe_customer", true)]
    [InlineData(StripeUse.On, Emptied, true)]
    [InlineData(StripeUse.Off, null, false)]
    public async Task Inspect_WhatTheTablesHold_SaysWhetherThereIsStripe(StripeUse use, string? sql, bool expected)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 10);
        if (sql is not null)
            await databases.ChangePlatformAsync(sql);
        await using var source = Open(databases, use);
        Assert.Equal(expected, (await source.InspectAsync(Token)).HasStripe);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_FirstCustomerCame_HasStripeFromTheNextRunOn(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded, 50);
        await databases.ChangePlatformAsync(Emptied);
        await using var source = Open(databases, StripeUse.Auto);
        await source.BeginRunAsync(Token);
        var before = await ReadAsync(source);
        Assert.False(before.HasStripe);
        Assert.All(before.Organizations.Values, organization => Assert.Empty(organization.Subscriptions));
        Assert.All(before.Periods.Values, period => Assert.Equal(1, period.FirstDay.Day));

        await databases.ChangePlatformAsync(
            "insert into djstripe_customer (id, subscriber_id) values ('cus_first', null)"
        );

        Assert.False((await ReadAsync(source)).HasStripe);
        await source.BeginRunAsync(Token);
        Assert.True((await ReadAsync(source)).HasStripe);
    }

    [Fact]
    public async Task Inspect_ColumnsThatOldPlatformsLack_AreNotedAndTheirFieldsNull()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 20);
        await databases.ChangePlatformAsync("alter table hub_extrauserdetail drop column last_project_activity");
        await TestDatabases.ExecuteAsync(
            databases.Usage,
            "alter table main_userprofile drop column submissions_suspended"
        );
        await using var source = Open(databases, StripeUse.Auto);

        var notes = (await source.InspectAsync(Token)).Notes;
        var accounts = (await ReadAsync(source)).Accounts;

        Assert.Contains(
            "hub_extrauserdetail has no last_project_activity: activity__last_activity does not count changes in projects.",
            notes
        );
        Assert.Contains(
            "main_userprofile has no submissions_suspended: activity__submissions_suspended is null for everyone.",
            notes
        );
        Assert.All(accounts, account => Assert.Null(account.Account.LastProjectActivity));
        Assert.All(accounts, account => Assert.Null(account.Activity.Suspended));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ReportSource Open(TestDatabases databases, StripeUse use) =>
        new(new(databases.Platform, databases.Usage) { Stripe = use }, new FakeTimeProvider(TestDatabases.Now));

    private static Task<SourceBatch> ReadAsync(ReportSource source) =>
        source.ReadRangeAsync(new(int.MinValue, int.MaxValue), TestDatabases.Now, Token);
}
