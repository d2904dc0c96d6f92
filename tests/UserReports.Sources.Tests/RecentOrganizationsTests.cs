using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Reports;
using UserReports.Sources.Reading;

namespace UserReports.Sources.Tests;

/// <summary>Organisations that accounts of a range belong to but do not own.</summary>
public sealed class RecentOrganizationsTests
{
    private static readonly AccountRange Owner = new(1, 100);
    private static readonly AccountRange First = new(101, 200);
    private static readonly AccountRange Second = new(201, 300);

    private readonly FakeTimeProvider time = new(TestDatabases.Now);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadRange_OwnersLieFarFromTheirNeighbours_AreOwners(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded);
        await using var source = Open(databases);
        var before = await ReadAsync(source, First);

        await databases.ChangePlatformAsync(
            """
            update organizations_organizationowner set organization_user_id = organization_user_id + 1000000
                where organization_user_id % 7 = 0;
            update organizations_organizationuser set id = id + 1000000 where id % 7 = 0;
            """
        );

        Assert.Equal(ReportSourceTests.Shown(before), ReportSourceTests.Shown(await ReadAsync(source, First)));
        Assert.Contains(before.Accounts, a => a.Memberships.Any(m => m.IsOwner));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadRange_OrganizationOfAnotherRange_IsKnownForAMinute(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded);
        var shared = await ShareAsync(databases);
        await using var source = Open(databases);
        await source.BeginRunAsync(default);
        var first = await ReadAsync(source, First);
        await RenameAsync(databases, shared);

        var known = await ReadAsync(source, Second);
        Assert.Equal(first.Organizations[shared], known.Organizations[shared]);
        Assert.Equal(first.OrganizationUsage[shared], known.OrganizationUsage[shared]);
        Assert.Equal("later", (await ReadAsync(source, Owner)).Organizations[shared].Name);
        var singly = await source.ReadAccountsAsync([201], TestDatabases.Now, default);
        Assert.Equal("later", singly.Organizations[shared].Name);

        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("later", (await ReadAsync(source, Second)).Organizations[shared].Name);
    }

    [Fact]
    public async Task ReadRange_OrganizationOfAnotherRange_HasAnotherPeriodNow_IsReadAnew()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false);
        var shared = await ShareAsync(databases);
        await using var source = Open(databases);
        await source.BeginRunAsync(default);
        await ReadAsync(source, First);
        await RenameAsync(databases, shared);

        var batch = await source.ReadRangeAsync(Second, TestDatabases.Now.AddMonths(1), default);

        Assert.Equal("later", batch.Organizations[shared].Name);
    }

    [Theory]
    [InlineData("delete from organizations_organizationowner where organization_id = '{0}'", "It has no owner")]
    [InlineData(
        "insert into stripe_planaddon (id, organization_id, usage_limits, charge_id) "
            + "select 'odd', '{0}', '[]', min(id) from djstripe_charge where not refunded",
        "Where its limits should stand"
    )]
    public async Task ReadRange_SomethingIsOddElsewhere_IsToldByEachRange(string sql, string warning)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false);
        var shared = await ShareAsync(databases);
        await databases.ChangePlatformAsync(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, shared)
        );
        await using var source = Open(databases);
        await source.BeginRunAsync(default);
        foreach (var range in new[] { First, Second })
        {
            var batch = await ReadAsync(source, range);
            Assert.Contains(batch.Warnings, w => w.Problem.StartsWith(warning, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(true, 25)]
    [InlineData(false, 25)]
    // Then the calendar's month begins before retention, too.
    [InlineData(false, 5)]
    public async Task ReadRange_PeriodsBeginBeforeRetention_CountAllOfTheirDays(bool embedded, int retentionDays)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded);
        await ShareAsync(databases);
        await using var brief = new ReportSource(
            new(databases.Platform, databases.Usage) { RetentionDays = retentionDays },
            time
        );
        await using var ample = new ReportSource(
            new(databases.Platform, databases.Usage) { RetentionDays = 5_000 },
            time
        );
        List<OrganizationUsage> all = [];
        // Owners of plans and others, within and elsewhere.
        foreach (var range in new[] { new AccountRange(1, 200), Second })
        {
            await databases.ChangePlatformAsync(PeriodsSince("2026-11-20"));
            var retained = (await ReadAsync(brief, range)).OrganizationUsage;
            await databases.ChangePlatformAsync(PeriodsSince("2024-11-20"));
            var periods = (await ReadAsync(ample, range)).OrganizationUsage;
            var actual = (await ReadAsync(brief, range)).OrganizationUsage;

            var expected = periods.ToDictionary(
                usage => usage.Key,
                usage =>
                    usage.Value with
                    {
                        SubmissionsCumulative = retained[usage.Key].SubmissionsCumulative,
                        SubmissionsByWeek = null,
                    }
            );
            Assert.Equal(
                expected,
                actual.ToDictionary(usage => usage.Key, usage => usage.Value with { SubmissionsByWeek = null })
            );
            // Weeks are of what is retained, however old the period is.
            foreach (var (id, usage) in actual)
                Assert.Equal(retained[id].SubmissionsByWeek, usage.SubmissionsByWeek);
            all.AddRange(actual.Values);
        }

        Assert.Contains(all, u => u.SubmissionsCurrentPeriod > u.SubmissionsCumulative && u.SubmissionsCumulative > 0);

        static string PeriodsSince(string day) =>
            $"update djstripe_subscription set current_period_start = '{day} 00:00:00+00', "
            + "current_period_end = '2026-12-20 00:00:00+00'";
    }

    [Fact]
    public void Keep_MoreThanThereIsRoomFor_ForgetsTheOldest()
    {
        var organizations = new RecentOrganizations(time, TimeSpan.FromMinutes(1));
        var usage = new OrganizationUsage(1, 2, 3);
        for (var i = 0; i < 25_000; i++)
            organizations.Keep(new(new($"org{i}", "name", "", 1, [], []), default, usage));
        Assert.Null(organizations.Find("org0"));
        Assert.Same(usage, organizations.Find("org10000")!.Usage);
        Assert.NotNull(organizations.Find("org24999"));
        time.Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromTicks(1));
        Assert.Null(organizations.Find("org24999"));
    }

    /// <summary>Makes an account of either range a member of an organisation that account 50 owns.</summary>
    private static async Task<string> ShareAsync(TestDatabases databases)
    {
        await databases.ChangePlatformAsync(
            """
            insert into organizations_organizationuser (id, user_id, organization_id, is_admin)
                select 900000 + u.id, u.id, m.organization_id, false
                from organizations_organizationowner w
                    join organizations_organizationuser m on m.id = w.organization_user_id
                    join auth_user u on u.id in (101, 201)
                where m.user_id = 50
            """
        );
        await using var source = new ReportSource(new(databases.Platform, databases.Usage), TimeProvider.System);
        var batch = await source.ReadAccountsAsync([50], TestDatabases.Now, default);
        return batch.Organizations.Values.Single(o => o.OwnerUserId == 50).Id;
    }

    private static Task RenameAsync(TestDatabases databases, string id) =>
        databases.ChangePlatformAsync($"update organizations_organization set name = 'later' where id = '{id}'");

    private static Task<SourceBatch> ReadAsync(ReportSource source, AccountRange range) =>
        source.ReadRangeAsync(range, TestDatabases.Now, default);

    private ReportSource Open(TestDatabases databases) => new(new(databases.Platform, databases.Usage), time);
}
