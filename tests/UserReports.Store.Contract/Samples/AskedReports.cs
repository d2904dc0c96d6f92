using System.Globalization;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.Contract.Samples;

/// <summary>
/// Rows made by hand for the questions of the documentation: for each condition someone who meets it and neighbours
/// who miss it by a second, a byte or a letter. Who is not said to be otherwise is an ordinary member who meets none.
/// </summary>
internal static class AskedReports
{
    private const long Gigabyte = 1_000_000_000;

    private static readonly Person[] People =
    [
        new("ordinary"),
        // Submissions, with the whole and the rounded percent on both sides.
        new("over_by_one") { Submissions = Balances.Of(101, 100), JoinedAt = "2025-01-01T00:00:00Z" },
        new("over_but_inactive")
        {
            Submissions = Balances.Of(101, 100),
            IsActive = false,
            ValidatedEmail = false,
            AcceptedTos = false,
        },
        new("over_by_less_than_a_percent") { Submissions = Balances.Of(1004, 1000) },
        new("exactly_at_the_limit") { Submissions = Balances.Of(100, 100), JoinedAt = "2024-12-31T23:59:59Z" },
        new("at_80_percent_by_rounding") { Submissions = Balances.Of(795, 1000) },
        new("at_79_percent_by_rounding") { Submissions = Balances.Of(794, 1000) },
        new("submissions_not_in_the_plan") { Submissions = Balances.Of(900, 0) },
        new("speech_exceeded") { Speech = Balances.Of(61, 60), JoinedAt = "2025-12-31T23:59:59.9Z" },
        // Storage and subscriptions.
        new("one_gigabyte_unsubscribed")
        {
            StorageBytes = Gigabyte,
            Subscriptions = [],
            Speech = null,
        },
        new("a_byte_more_unsubscribed") { StorageBytes = Gigabyte + 1, Subscriptions = [] },
        new("a_byte_more_canceled") { StorageBytes = Gigabyte + 1, Subscriptions = [Plan("canceled")] },
        new("a_byte_more_came_back")
        {
            StorageBytes = Gigabyte + 1,
            Subscriptions = [Plan("canceled"), Plan("active")],
        },
        new("a_byte_more_incomplete") { StorageBytes = Gigabyte + 1, Subscriptions = [Plan("incomplete")] },
        new("a_byte_more_trialing") { StorageBytes = Gigabyte + 1, Subscriptions = [Plan("trialing", "Teams Pro")] },
        new("late_with_teams_as_second_item")
        {
            Subscriptions = [Plan("active"), Plan("past_due", "Storage 50GB", null, "Teams")],
        },
        new("unpaid_teams_in_lower_case")
        {
            Subscriptions = [Plan("unpaid", "teams")],
            JoinedAt = "2026-01-01T00:00:00Z",
        },
        new("storage_unlimited_10_mb") { Storage = Balances.Of(0, null), StorageBytes = 10_000_000 },
        new("storage_unlimited_a_byte_more") { Storage = Balances.Of(0, null), StorageBytes = 10_000_001 },
        new("storage_not_in_the_plan") { Storage = null, StorageBytes = 10_000_001 },
        // Removal.
        new("leaving") { RemovalRequestedAt = "2026-11-02T08:00:00Z", JoinedAt = "2025-02-13T23:59:59Z" },
        new("gone") { RemovalRequestedAt = "2026-11-02T08:00:00Z", RemovedAt = "2026-11-09T08:00:00Z" },
        new("gone_unasked") { RemovedAt = "2026-11-09T08:00:00Z", JoinedAt = "2025-02-14T00:00:00Z" },
        // Signing in.
        new("admin_ken_first_second")
        {
            Role = "admin",
            Details = Kenya,
            LastLogin = "2026-11-01T00:00:00Z",
        },
        new("admin_ken_last_second")
        {
            Role = "admin",
            Details = Kenya,
            LastLogin = "2026-11-30T23:59:59.9Z",
        },
        new("admin_ken_a_second_early")
        {
            Role = "admin",
            Details = Kenya,
            LastLogin = "2026-10-31T23:59:59.9Z",
        },
        new("admin_ken_a_second_late")
        {
            Role = "admin",
            Details = Kenya,
            LastLogin = "2026-12-01T00:00:00Z",
        },
        new("owner_ken")
        {
            Role = "owner",
            Details = Kenya,
            LastLogin = "2026-11-10T00:00:00Z",
        },
        new("member_ken") { Details = Kenya, LastLogin = "2026-11-10T00:00:00Z" },
        new("admin_tza")
        {
            Role = "admin",
            Details = """{"country":"TZA","sector":"Water"}""",
            LastLogin = "2026-11-10T00:00:00Z",
        },
        new("admin_ken_among_several")
        {
            Role = "admin",
            Details = """{"country":["KEN","UGA"],"sector":["Health"]}""",
            LastLogin = "2026-11-10T00:00:00Z",
        },
        new("last_seen_in_2024") { LastLogin = "2024-12-31T23:59:59Z", JoinedAt = "2025-02-14T23:59:59.9Z" },
        new("last_seen_in_2025") { LastLogin = "2025-01-01T00:00:00Z", JoinedAt = "2025-02-15T00:00:00Z" },
        new("never_seen") { LastLogin = null, JoinedAt = null },
        // Who they are.
        new("alone") { Role = null, PeriodEnd = null },
        new("staff_without_factor") { IsStaff = true },
        new("superuser_without_factor") { IsSuperuser = true, Email = "Root@EXAMPLE.ORG" },
        new("staff_with_factor")
        {
            IsStaff = true,
            IsSuperuser = true,
            MfaIsActive = true,
            Email = "root@mail.example.org",
        },
        new("okta_then_google") { Providers = ["okta", "google"], Email = "a@example.org" },
        new("okta_only") { Providers = ["okta", "google-oidc"], Email = "a@example.org.example.net" },
        new("period_until_november") { PeriodEnd = "2026-11-30T23:59:59Z", Email = "" },
        new("address_unconfirmed") { ValidatedEmail = false, Details = """{"sector":"Public HEALTH / WASH"}""" },
        new("terms_not_accepted") { AcceptedTos = false, Details = """{"sector":null,"country":"ken"}""" },
        new("said_nothing") { Details = null, Website = "https://www.DIALLO.example" },
        new("sector_left_empty") { Details = """{"sector":""}""", Website = "https://dial.lo.example" },
        new("healing") { Details = """{"sector":"Healing"}""", OrganizationName = "Vänner av SÖDERTÄLJE" },
        new("soderman") { OrganizationName = "Soderman, diallo" },
        // Names.
        new("Demo_survey"),
        new("TESTER"),
        new("contest_demo"),
        new("amina_diallo"),
        new("amina_diallo2"),
    ];

    private const string Kenya = """{"country":"KEN","sector":"Education"}""";

    public static IReadOnlyList<Report> All { get; } = [.. People.Select((person, at) => person.Report(at + 1))];

    private static Subscription Plan(string status, params string?[] products) =>
        new()
        {
            Id = $"sub_{status}",
            CustomerId = "cus_1",
            Status = status,
            Items =
            [
                .. (products.Length == 0 ? ["Professional"] : products).Select(
                    (name, at) =>
                        new SubscriptionItem(
                            string.Create(CultureInfo.InvariantCulture, $"si_{at}"),
                            new(
                                "price_1",
                                null,
                                "usd",
                                "recurring",
                                null,
                                100,
                                null,
                                true,
                                name is null ? null : new("prod_1", name, null, "service", null),
                                null
                            ),
                            1
                        )
                ),
            ],
        };

    private sealed class Person(string username)
    {
        public bool IsActive { get; init; } = true;
        public bool IsStaff { get; init; }
        public bool IsSuperuser { get; init; }
        public bool MfaIsActive { get; init; }
        public bool ValidatedEmail { get; init; } = true;
        public bool AcceptedTos { get; init; } = true;
        public string Email { get; init; } = "someone@example.com";
        public string? JoinedAt { get; init; } = "2024-06-01T12:00:00Z";
        public string? LastLogin { get; init; } = "2026-10-15T12:00:00Z";
        public string? RemovalRequestedAt { get; init; }
        public string? RemovedAt { get; init; }
        public string[] Providers { get; init; } = [];
        public string? Details { get; init; } = """{"country":"UGA","sector":"Education"}""";

        /// <summary>Null for an account without an organisation.</summary>
        public string? Role { get; init; } = "member";
        public string OrganizationName { get; init; } = "Field Studies";
        public string Website { get; init; } = "https://field.example";
        public string? PeriodEnd { get; init; } = "2026-12-01T00:00:00Z";
        public Subscription[] Subscriptions { get; init; } = [Plan("active")];
        public long StorageBytes { get; init; }
        public Balance? Storage { get; init; } = Balances.Of(1, 100);
        public Balance? Submissions { get; init; } = Balances.Of(1, 100);
        public Balance? Speech { get; init; } = Balances.Of(1, 100);

        public Report Report(long id)
        {
            var balances = new MetricValues<Balance?>(Metric.All);
            for (var i = 0; i < Metric.All.Count; i++)
                balances[i] = Metric.All[i] switch
                {
                    { Key: "submission" } => Submissions,
                    { Key: "storage_bytes" } => Storage,
                    { Key: "asr_seconds" } => Speech,
                    _ => Balances.Of(0, null),
                };
            var organization = Role is null ? null : string.Create(CultureInfo.InvariantCulture, $"organization{id}");
            return new()
            {
                UserId = id,
                OrganizationId = organization,
                Account = new()
                {
                    Id = id,
                    Username = username,
                    FirstName = "",
                    LastName = "",
                    Email = Email,
                    IsSuperuser = IsSuperuser,
                    IsStaff = IsStaff,
                    IsActive = IsActive,
                    DateJoined = At(JoinedAt),
                    LastLogin = At(LastLogin),
                    ValidatedEmail = ValidatedEmail,
                    MfaIsActive = MfaIsActive,
                    AcceptedTos = AcceptedTos,
                    SocialAccounts = [.. Providers.Select((name, at) => new SocialAccount(at + 1, name, "uid"))],
                    ExtraDetails = new(
                        Details is null ? null : JsonText.Trusted(Details),
                        At(RemovedAt),
                        true,
                        null,
                        At(RemovalRequestedAt)
                    ),
                    AssetCount = 1,
                    ActiveProjectCount = 1,
                },
                Organization = organization is null ? null : new(OrganizationName, organization, Role!, Website),
                Subscriptions = Subscriptions,
                ServiceUsage = new()
                {
                    LanguageServicesCurrentPeriod = new(Metric.LanguageServices),
                    LanguageServicesAllTime = new(Metric.LanguageServices),
                    TotalStorageBytes = StorageBytes,
                    RetentionDays = 366,
                    SubmissionsCumulative = 0,
                    SubmissionsCurrentPeriod = 0,
                    Balances = balances,
                    CurrentPeriod = At(PeriodEnd) is { } end ? new(end.AddMonths(-1), end) : null,
                },
                AccountRestricted = Enumerable.Range(0, Metric.All.Count).Any(i => balances[i]?.Exceeded == true),
                LastUpdated = SampleReports.Now,
            };
        }

        private static DateTimeOffset? At(string? instant) =>
            instant is null ? null : DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);
    }
}
