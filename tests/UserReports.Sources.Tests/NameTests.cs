using UserReports.Sources.Reading;

namespace UserReports.Sources.Tests;

public sealed class NameTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_NamesAndMembers_AreThoseOfThePlatform(bool embedded)
    {
        var token = TestContext.Current.CancellationToken;
        await using var databases = await TestDatabases.CreateAsync(embedded, 300);
        await using var source = new ReportSource(new(databases.Platform, databases.Usage), TimeProvider.System);
        var everyone = await source.ReadRangeAsync(new(int.MinValue, int.MaxValue), TestDatabases.Now, token);
        var shared = everyone
            .Accounts.SelectMany(a => a.Memberships.Select(m => (a.Account.Id, m.OrganizationId)))
            .GroupBy(m => m.OrganizationId)
            .First(group => group.Count() > 1 && everyone.Organizations[group.Key].OwnerUserId is not null);
        var owner = everyone.Organizations[shared.Key].OwnerUserId!.Value;

        var found = await source.FindNamesAsync(["admin", "nobody"], [shared.Key, "org_of_nobody"], token);

        Assert.Equal([KeyValuePair.Create("admin", 1L)], found.Accounts);
        Assert.Equal([shared.Key], found.Organizations);
        var members = shared.Select(m => m.Id).Order();
        Assert.Equal(members, await source.MembersAsync([], [shared.Key, "org_of_nobody"], token));
        Assert.Superset(members.ToHashSet(), (await source.MembersAsync([owner], [], token)).ToHashSet());
        Assert.Empty(await source.MembersAsync([], [], token));
        Assert.Contains("admin", await source.UsernamesNearAsync("adxin", 10, token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submissions_OfAMemberByDay_AddUpToWhatItsRowSays(bool embedded)
    {
        var token = TestContext.Current.CancellationToken;
        await using var databases = await TestDatabases.CreateAsync(embedded, 300);
        await using var source = new ReportSource(new(databases.Platform, databases.Usage), TimeProvider.System);
        var everyone = await source.ReadRangeAsync(new(int.MinValue, int.MaxValue), TestDatabases.Now, token);
        var today = DateOnly.FromDateTime(TestDatabases.Now.UtcDateTime);
        var (id, usage) = everyone.OrganizationUsage.MaxBy(organization => organization.Value.SubmissionsCumulative);
        var owner = everyone.Organizations[id].OwnerUserId!.Value;
        var other = everyone.Accounts.First(account => account.Account.Id != owner).Account.Id;

        var counted = await source.ReadSubmissionsAsync(other, id, today, token);
        var own = await source.ReadSubmissionsAsync(owner, null, today, token);

        Assert.NotEqual(0, usage.SubmissionsCumulative);
        Assert.Equal(usage.SubmissionsCumulative, counted.ToOrganization.Values.Sum());
        Assert.Equal(counted.ToOrganization.OrderBy(day => day.Key), own.ToAccount.OrderBy(day => day.Key));
        Assert.Equal(own.ToAccount, own.ToOrganization);
        Assert.Null(counted.ToAccountOn(today.AddDays(1)));
        Assert.Null(counted.ToOrganizationOn(counted.FirstDay.AddDays(-1)));
        Assert.Empty((await source.ReadSubmissionsAsync(owner, "none", today, token)).ToOrganization);
    }
}
