using System.Globalization;
using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Bench.Queries;

/// <summary>
/// Reports as a large platform has them: skewed usage, a few plans, many empty details. The same for the same id.
/// </summary>
internal static class PlatformReports
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    private static readonly string[] Words =
    [
        "amina",
        "survey",
        "health",
        "relief",
        "kofi",
        "maria",
        "field",
        "data",
        "water",
        "ngo",
        "lucia",
        "tariq",
        "school",
        "camp",
        "mehdi",
        "nutrition",
        "yuki",
        "census",
        "olga",
        "farm",
        "credit",
        "shelter",
        "andes",
        "delta",
        "volta",
        "sahel",
    ];

    private static readonly string[] Countries =
    [
        "KEN",
        "IND",
        "NGA",
        "COL",
        "USA",
        "BGD",
        "ETH",
        "PHL",
        "UGA",
        "MEX",
        "FRA",
        "SSD",
        "YEM",
        "NPL",
        "HTI",
        "TZA",
        "AFG",
        "PER",
        "BRA",
        "JOR",
    ];

    private static readonly string[] Sectors =
    [
        "Health",
        "Education",
        "Humanitarian",
        "Environment",
        "Research",
        "Agriculture",
    ];
    private static readonly string[] Statuses =
    [
        "active",
        "active",
        "active",
        "canceled",
        "canceled",
        "past_due",
        "trialing",
    ];
    private static readonly (string Name, long Amount, string Submissions)[] Plans =
    [
        ("Professional", 5900, "5000"),
        ("Teams", 29900, "25000"),
        ("Organization", 89900, "unlimited"),
        ("Storage 50GB", 2500, "0"),
    ];

    /// <param name="edition">Of what may change of an account: another one, other values.</param>
    public static Report Make(long id, int edition = 0)
    {
        var random = new Random((int)(((id * 7919) + (edition * 104_729L)) % int.MaxValue));
        var organization = random.Next(20) == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"org{id:x8}");
        var storage = (long)Math.Exp(random.NextDouble() * 24);
        var submissions = (long)Math.Exp(random.NextDouble() * 10) - 1;
        var balances = new MetricValues<Balance?>(Metric.All);
        var used = new long[] { submissions, storage, random.Next(5000), random.Next(50_000), random.Next(100) };
        var limits = new long?[] { 5000, 1_000_000_000, 600, 6000, random.Next(2) == 0 ? 0 : 50 };
        for (var i = 0; i < Metric.All.Count; i++)
            balances[i] = Balances.Of(used[i], organization is null ? null : limits[i]);
        var language = new MetricValues<long>(Metric.LanguageServices);
        for (var i = 0; i < Metric.LanguageServices.Count; i++)
            language[i] = used[i + 2];
        var word = Words[random.Next(Words.Length)];
        var username = string.Create(CultureInfo.InvariantCulture, $"{word}_{Words[random.Next(Words.Length)]}{id}");
        return new()
        {
            UserId = id,
            OrganizationId = organization,
            Account = Account(random, id, username, word),
            Organization = organization is null
                ? null
                : new(
                    $"{word} {Words[random.Next(Words.Length)]}",
                    organization,
                    random.Next(10) switch
                    {
                        0 => "admin",
                        1 or 2 => "member",
                        _ => "owner",
                    },
                    ""
                ),
            Subscriptions =
                organization is null || random.Next(10) > 2
                    ? []
                    : [.. Enumerable.Range(0, random.Next(1, 3)).Select(i => Subscription(random, id, i))],
            ServiceUsage = new()
            {
                LanguageServicesCurrentPeriod = language,
                LanguageServicesAllTime = language,
                TotalStorageBytes = storage,
                RetentionDays = 366,
                SubmissionsCumulative = submissions * 5,
                SubmissionsCurrentPeriod = submissions,
                Balances = balances,
                CurrentPeriod = organization is null
                    ? null
                    : new(Now.AddDays(-random.Next(30)), Now.AddDays(random.Next(30))),
            },
            AccountRestricted = balances[0] is { Exceeded: true } || balances[1] is { Exceeded: true },
            LastUpdated = Now,
            Limits = organization is null ? null : Limits(limits, id),
            Activity = Activity(id),
        };
    }

    private static MetricValues<EffectiveLimit> Limits(long?[] values, long id)
    {
        var limits = new MetricValues<EffectiveLimit>(Metric.All);
        for (var i = 0; i < Metric.All.Count; i++)
            limits[i] = new(values[i], id % 9 == 0 ? LimitSource.Plan : LimitSource.Default);
        return limits;
    }

    /// <summary>By the number alone, so that all else stays what it was.</summary>
    private static Activity Activity(long id)
    {
        var random = new Random((int)id);
        var weeks = new long[Core.Reports.Activity.Weeks];
        if (random.Next(3) == 0)
        {
            for (var week = 0; week < weeks.Length; week++)
                weeks[week] = random.Next(4) == 0 ? 0 : (long)Math.Exp(random.NextDouble() * 8);
        }

        var days = random.Next(1200);
        return new()
        {
            LastActivity = Now.AddDays(-days),
            InactiveDays = days,
            LastSubmissionDate = weeks[^1] > 0 ? Now.Date : null,
            SubmissionsLast7Days = weeks[^1],
            SubmissionsLast30Days = weeks.TakeLast(4).Sum(),
            SubmissionsByWeek = weeks,
            SubmissionsSuspended = id % 211 == 0,
        };
    }

    private static Account Account(Random random, long id, string username, string first) =>
        new()
        {
            Id = id,
            Uid = string.Create(CultureInfo.InvariantCulture, $"u{id:x12}"),
            Username = username,
            FirstName = first,
            LastName = Words[random.Next(Words.Length)],
            Email = $"{username}@{Words[random.Next(Words.Length)]}.example.org",
            IsSuperuser = false,
            IsStaff = random.Next(1000) == 0,
            IsActive = random.Next(20) > 0,
            DateJoined = Now.AddSeconds(-random.Next(300_000_000)),
            LastLogin = random.Next(5) == 0 ? null : Now.AddSeconds(-random.Next(100_000_000)),
            ValidatedEmail = random.Next(10) > 1,
            MfaIsActive = random.Next(15) == 0,
            AcceptedTos = random.Next(4) > 0,
            SocialAccounts =
                random.Next(12) == 0 ? [new(id, "google", string.Create(CultureInfo.InvariantCulture, $"g{id}"))] : [],
            ExtraDetails =
                random.Next(10) == 0
                    ? ExtraDetails.None
                    : new(
                        JsonText.Trusted(
                            $$"""
                            {
                              "name": "{{first}}",
                              "country": "{{CountryOf(random)}}",
                              "sector": "{{Sectors[random.Next(Sectors.Length)]}}",
                              "organization": "{{first}} trust",
                              "last_ui_language": "en"
                            }
                            """
                        ),
                        null,
                        true,
                        null,
                        random.Next(500) == 0 ? Now.AddDays(-3) : null
                    ),
            AssetCount = random.Next(40),
            ActiveProjectCount = random.Next(10),
        };

    private static Subscription Subscription(Random random, long id, int number)
    {
        var (name, amount, submissions) = Plans[random.Next(Plans.Length)];
        var metadata = JsonText.Trusted($$"""{"product_type": "plan", "submission_limit": "{{submissions}}"}""");
        var start = Now.AddDays(-random.Next(900));
        return new()
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"sub_{id:x10}{number}"),
            CustomerId = string.Create(CultureInfo.InvariantCulture, $"cus_{id:x10}"),
            Status = Statuses[random.Next(Statuses.Length)],
            Created = start,
            StartDate = start,
            CurrentPeriodStart = Now.AddDays(-10),
            CurrentPeriodEnd = Now.AddDays(20),
            Livemode = true,
            CollectionMethod = "charge_automatically",
            Items =
            [
                new(
                    string.Create(CultureInfo.InvariantCulture, $"si_{id:x10}{number}"),
                    new(
                        "price_" + name,
                        null,
                        "usd",
                        "recurring",
                        JsonText.Trusted("""{"interval": "month", "interval_count": 1}"""),
                        amount,
                        metadata,
                        true,
                        new("prod_" + name, name, null, "service", metadata),
                        null
                    ),
                    1
                ),
            ],
        };
    }

    /// <summary>The first countries far more often than the last.</summary>
    private static string CountryOf(Random random) =>
        Countries[(int)(random.NextDouble() * random.NextDouble() * Countries.Length)];
}
