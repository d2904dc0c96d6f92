using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Core.Tests.Billing;

namespace UserReports.Core.Tests.Reports;

public sealed class ReportComputationTests
{
    private static readonly DateTimeOffset Now = Given.Utc("2026-11-20T12:00:00");

    private readonly List<DataWarning> warnings = [];

    [Fact]
    public void Compute_NoOrganization_IsOneUnlimitedRow()
    {
        var report = Assert.Single(Compute([new(Account(7), [], Values(1, 2, 3))], []));
        Assert.Equal("7-orgnone", report.Id);
        Assert.Null(report.Organization);
        Assert.Null(report.ServiceUsage.CurrentPeriod);
        Assert.Empty(report.Subscriptions);
        Assert.False(report.AccountRestricted);
        Assert.Equal(0, report.ServiceUsage.LanguageServicesCurrentPeriod[0]);
        Assert.Equal(3, report.ServiceUsage.LanguageServicesAllTime[2]);
        Assert.All(
            Enumerable.Range(0, Metric.All.Count),
            i => Assert.Equal(new Balance(null, null, 0, false), report.ServiceUsage.Balances[i])
        );
    }

    [Theory]
    [InlineData(true, true, "owner")]
    [InlineData(true, false, "owner")]
    [InlineData(false, true, "admin")]
    [InlineData(false, false, "member")]
    public void Compute_Membership_HasItsRole(bool isOwner, bool isAdmin, string role)
    {
        var report = Assert.Single(
            Compute(
                [new(Account(7), [new("org", isOwner, isAdmin, Values(0, 0, 0))], Values(0, 0, 0))],
                [Given.Organization()]
            )
        );
        Assert.Equal("7-org", report.Id);
        Assert.Equal(new ReportOrganization("Org", "org", role, ""), report.Organization);
        Assert.Equal(Given.Utc("2026-11-01"), report.ServiceUsage.CurrentPeriod!.Value.Start);
    }

    [Fact]
    public void Compute_TwoOrganizations_EachRowHasItsOwnFigures()
    {
        var other = Given.Organization() with { Id = "other", Name = "Other" };
        var reports = Compute(
            [
                new(
                    Account(7),
                    [new("org", true, true, Values(5, 0, 0)), new("other", false, false, Values(9, 0, 0))],
                    Values(20, 0, 0)
                ),
            ],
            [Given.Organization(), other]
        );
        Assert.Equal(["7-org", "7-other"], reports.Select(r => r.Id));
        Assert.Equal([100L, 0L], reports.Select(r => r.ServiceUsage.TotalStorageBytes));
        Assert.Equal([30L, 0L], reports.Select(r => r.ServiceUsage.SubmissionsCurrentPeriod));
        Assert.Equal([5L, 9L], reports.Select(r => r.ServiceUsage.LanguageServicesCurrentPeriod[0]));
        Assert.Equal([20L, 20L], reports.Select(r => r.ServiceUsage.LanguageServicesAllTime[0]));
    }

    [Fact]
    public void Compute_OverTheLimit_RestrictsTheAccount()
    {
        var plan = Given.Plan("\"submission_limit\":\"29\",\"asr_seconds_limit\":\"0\"");
        var report = Assert.Single(
            Compute(
                [new(Account(7), [new("org", true, true, Values(5, 0, 0))], Values(0, 0, 0))],
                [Given.Organization(Given.Subscription(Given.Price(plan)))]
            )
        );
        Assert.Equal(new Balance(29, -1, 103, true), report.ServiceUsage.Balances[0]);
        Assert.Null(report.ServiceUsage.Balances[2]);
        Assert.True(report.AccountRestricted);
    }

    [Fact]
    public void Compute_WithoutStripe_IsUnlimitedByCalendarMonth()
    {
        var plan = Given.Plan("\"submission_limit\":\"1\"");
        var report = Assert.Single(
            Compute(
                [new(Account(7), [new("org", true, true, Values(5, 0, 0))], Values(0, 0, 0))],
                [Given.Organization(Given.Subscription(Given.Price(plan)))],
                hasStripe: false
            )
        );
        Assert.Equal(new Balance(null, null, 0, false), report.ServiceUsage.Balances[0]);
        Assert.Equal(Given.Utc("2026-12-01"), report.ServiceUsage.CurrentPeriod!.Value.End);
    }

    [Fact]
    public void Compute_Subscriptions_ComeByCreationThenId()
    {
        static Subscription Made(string id, string created) =>
            new()
            {
                Id = id,
                CustomerId = "cus",
                Status = "canceled",
                Created = Given.Utc(created),
            };
        var report = Assert.Single(
            Compute(
                [new(Account(7), [new("org", true, true, Values(0, 0, 0))], Values(0, 0, 0))],
                [Given.Organization(Made("b", "2026-02-01"), Made("c", "2026-01-01"), Made("a", "2026-02-01"))]
            )
        );
        Assert.Equal(["c", "a", "b"], report.Subscriptions.Select(s => s.Id));
    }

    [Fact]
    public void Compute_WarningOfTheSources_IsPassedOn()
    {
        var batch = Batch([], [], true, [new DataWarning("account 7", "It is odd.")]);
        new ReportComputation(366).Compute(batch, OperatorLimits.None, warnings.Add);
        Assert.Equal([new DataWarning("account 7", "It is odd.")], warnings);
    }

    [Theory]
    [InlineData(
        """{"name":"Ana","done_storage_limits_check":true,"country":"KEN"}""",
        """{"name":"Ana","country":"KEN"}"""
    )]
    [InlineData("""{"done_storage_limits_check":null}""", "{}")]
    [InlineData("""{"name":"done_storage_limits_check"}""", """{"name":"done_storage_limits_check"}""")]
    [InlineData("""["done_storage_limits_check"]""", """["done_storage_limits_check"]""")]
    [InlineData("""{"a":{"done_storage_limits_check":1}}""", """{"a":{"done_storage_limits_check":1}}""")]
    public void WithoutBookkeeping_Details_LoseOnlyThatKey(string written, string expected) =>
        Assert.Equal(expected, ReportComputation.WithoutBookkeeping(JsonText.Trusted(written)).Text);

    private static MetricValues<long> Values(params long[] values)
    {
        var read = new MetricValues<long>(Metric.LanguageServices);
        for (var i = 0; i < values.Length; i++)
            read[i] = values[i];
        return read;
    }

    private static Account Account(long id) =>
        new()
        {
            Id = id,
            Username = "u",
            FirstName = "",
            LastName = "",
            Email = "",
            IsSuperuser = false,
            IsStaff = false,
            IsActive = true,
            DateJoined = Now,
            ValidatedEmail = false,
            MfaIsActive = false,
            AcceptedTos = false,
            ExtraDetails = ExtraDetails.None,
            AssetCount = 0,
            ActiveProjectCount = 0,
        };

    private static SourceBatch Batch(
        IReadOnlyList<SourceAccount> accounts,
        IReadOnlyList<Organization> organizations,
        bool hasStripe,
        IReadOnlyList<DataWarning> told
    ) =>
        new()
        {
            Accounts = accounts,
            ReadAt = Now,
            Organizations = organizations.ToDictionary(o => o.Id),
            Periods = organizations.ToDictionary(o => o.Id, o => BillingPeriods.Of(o, hasStripe, Now)),
            OrganizationUsage = new Dictionary<string, OrganizationUsage> { ["org"] = new(100, 300, 30) },
            HasStripe = hasStripe,
            Warnings = told,
        };

    private IReadOnlyList<Report> Compute(
        IReadOnlyList<SourceAccount> accounts,
        IReadOnlyList<Organization> organizations,
        bool hasStripe = true
    ) =>
        new ReportComputation(366).Compute(
            Batch(accounts, organizations, hasStripe, []),
            OperatorLimits.None,
            warnings.Add
        );
}
