using System.Globalization;
using UserReports.Core.Billing;
using UserReports.Core.Forecasting;
using UserReports.Core.Reports;

namespace UserReports.Testing;

/// <summary>
/// Makes reports with the values that go wrong first: nulls, Unicode, wildcards, quotes, nested lists.
/// </summary>
public static class SampleReports
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Names =
    [
        "",
        "amina_diallo",
        "demo",
        "DEMO_survey",
        "Ana Söderström",
        "STRASSE straße",
        "ΣΊΣΥΦΟΣ σίσυφος",
        "100%_sure",
        "a_b%c",
        "O'Brien \"quoted\"",
        "back\\slash",
        "محمد الأحمد",
        "名前 😀",
        "\ue000private",
        "İstanbul ıssız",
        "null",
        "true",
        "42",
        "x\ty\nz",
        "; drop table reports; --",
        "ſharp Kelvin \u212a",
    ];

    private static readonly string[] Statuses = ["active", "canceled", "past_due", "trialing", "unpaid", "incomplete"];

    private static readonly string?[] Data =
    [
        null,
        "{}",
        """{"country":"KEN","sector":"Health","age":42}""",
        """{"country":null,"name":"Ana","tags":["a","b",7]}""",
        """{"country":7,"sector":true,"nested":{"deep":{"er":"x%y"}}}""",
        """{"country":["KEN","IND"],"sector":"HEALTH"}""",
        """{"name":"straße","age":"42","flag":false}""",
        """{"age":4.5,"flag":true,"year":2026,"a/b~c":"odd"}""",
        "[1,2]",
        "\"text\"",
    ];

    public static IReadOnlyList<Report> Make(int count, int seed = 1, Func<long, string>? detailsOf = null)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(1, count).Select(id => MakeOne(random, id, null, detailsOf?.Invoke(id)))];
    }

    /// <param name="details">The account's free-form details as JSON; some of its own by default.</param>
    /// <param name="lastUpdated">When it was computed; <see cref="Now"/> by default.</param>
    public static Report MakeOne(
        Random random,
        long id,
        string? username = null,
        string? details = null,
        DateTimeOffset? lastUpdated = null
    )
    {
        T? Maybe<T>(T value)
            where T : struct => random.Next(3) == 0 ? null : value;
        string Name() => Names[random.Next(Names.Length)];
        DateTimeOffset Instant() => Now.AddSeconds(-random.Next(0, 100_000_000)).AddTicks(random.Next(2) * 1_234_560);

        var organization = random.Next(5) == 0 ? null : "org" + random.Next(40).ToString(CultureInfo.InvariantCulture);
        var balances = new MetricValues<Balance?>(Metric.All);
        for (var i = 0; i < Metric.All.Count; i++)
            balances[i] = Balances.Of(
                random.Next(0, 20_000),
                random.Next(4) switch
                {
                    0 => null,
                    1 => 0,
                    _ => random.Next(1, 20_000),
                }
            );
        var current = new MetricValues<long>(Metric.LanguageServices);
        var allTime = new MetricValues<long>(Metric.LanguageServices);
        for (var i = 0; i < Metric.LanguageServices.Count; i++)
        {
            current[i] = random.Next(100);
            allTime[i] = random.NextInt64(long.MaxValue);
        }

        var some = Data[random.Next(Data.Length)];
        var data = details ?? some;
        return new()
        {
            UserId = id,
            OrganizationId = organization,
            Account = new()
            {
                Id = id,
                Uid = random.Next(10) == 0 ? null : "u" + id.ToString(CultureInfo.InvariantCulture),
                Username = username ?? Name() + (random.Next(2) == 0 ? "" : id.ToString(CultureInfo.InvariantCulture)),
                FirstName = Name(),
                LastName = Name(),
                Email = random.Next(4) == 0 ? "" : $"u{id.ToString(CultureInfo.InvariantCulture)}@example.org",
                IsSuperuser = random.Next(50) == 0,
                IsStaff = random.Next(20) == 0,
                IsActive = random.Next(10) != 0,
                DateJoined = Maybe(Instant()),
                LastLogin = Maybe(Instant()),
                ValidatedEmail = random.Next(2) == 0,
                MfaIsActive = random.Next(5) == 0,
                AcceptedTos = random.Next(2) == 0,
                SocialAccounts =
                [
                    .. Enumerable
                        .Range(0, random.Next(3))
                        .Select(i => new SocialAccount(i, i == 0 ? "google" : "okta", Name())),
                ],
                ExtraDetails = new(
                    data is null ? null : JsonText.Trusted(data),
                    Maybe(Instant()),
                    random.Next(2) == 0,
                    Maybe(Instant()),
                    Maybe(Instant())
                ),
                AssetCount = random.Next(10),
                ActiveProjectCount = random.Next(5),
            },
            Organization = organization is null
                ? null
                : new(
                    Name(),
                    organization,
                    random.Next(3) switch
                    {
                        0 => "owner",
                        1 => "admin",
                        _ => "member",
                    },
                    Name()
                ),
            Subscriptions =
            [
                .. Enumerable
                    .Range(0, Math.Max(0, random.Next(6) - 2))
                    .Select(i => Subscription(random, id, i, Instant, Name)),
            ],
            ServiceUsage = new()
            {
                LanguageServicesCurrentPeriod = current,
                LanguageServicesAllTime = allTime,
                TotalStorageBytes = random.Next(3) == 0 ? 0 : random.NextInt64(20_000_000_000),
                RetentionDays = 366,
                SubmissionsCumulative = random.Next(100_000),
                SubmissionsCurrentPeriod = random.Next(20_000),
                Balances = balances,
                CurrentPeriod = organization is null ? null : BillingPeriods.MonthlyFrom(Instant(), Now),
            },
            AccountRestricted = random.Next(4) == 0,
            LastUpdated = lastUpdated ?? Now,
            Limits = organization is null ? null : Limits(random),
            Activity = new()
            {
                LastActivity = Maybe(Instant()),
                InactiveDays = Maybe((long)random.Next(1000)),
                LastSubmissionDate = Maybe(new DateTimeOffset(Instant().UtcDateTime.Date, TimeSpan.Zero)),
                SubmissionsLast7Days = random.Next(50),
                SubmissionsLast30Days = random.Next(200),
                SubmissionsByWeek =
                [
                    .. Enumerable.Range(0, Activity.Weeks).Select(_ => (long)random.Next(3) * random.Next(100)),
                ],
                SubmissionsSuspended = Maybe(random.Next(2) == 0),
            },
            Trend = new(
                Maybe(random.NextInt64(2_000_000_000) - 1_000_000_000),
                Maybe(random.NextInt64(2_000_000_000) - 1_000_000_000),
                random.Next(3) * random.Next(100),
                Maybe((long)random.Next(400))
            ),
            Forecasts = Forecasts(random, Maybe(Instant())),
        };
    }

    private static MetricValues<Forecast?> Forecasts(Random random, DateTimeOffset? day)
    {
        var forecasts = new MetricValues<Forecast?>(Metric.All);
        for (var i = 0; i < Metric.All.Count; i++)
        {
            var state = (ForecastState)random.Next(Enum.GetValues<ForecastState>().Length);
            long? days = state == ForecastState.Projected ? random.Next(60) : null;
            forecasts[i] = random.Next(6) == 0 ? null : new(state, days, days / 2, days is null ? null : day);
        }

        return forecasts;
    }

    private static MetricValues<EffectiveLimit> Limits(Random random)
    {
        var limits = new MetricValues<EffectiveLimit>(Metric.All);
        for (var i = 0; i < Metric.All.Count; i++)
            limits[i] = new(random.Next(1000), (LimitSource)random.Next(Enum.GetValues<LimitSource>().Length));
        return limits;
    }

    private static Subscription Subscription(
        Random random,
        long id,
        int index,
        Func<DateTimeOffset> instant,
        Func<string> name
    )
    {
        var product =
            random.Next(5) == 0
                ? null
                : new Product(
                    $"prod_{random.Next(5)}",
                    name(),
                    random.Next(2) == 0 ? null : name(),
                    "service",
                    random.Next(3) == 0
                        ? null
                        : JsonText.Trusted("""{"product_type":"plan","submission_limit":"100","n":5}""")
                );
        var price =
            random.Next(5) == 0
                ? null
                : new Price(
                    $"price_{random.Next(6)}",
                    name(),
                    random.Next(2) == 0 ? "usd" : "jpy",
                    "recurring",
                    random.Next(3) == 0 ? null : JsonText.Trusted("""{"interval":"month","interval_count":3}"""),
                    random.Next(4) == 0 ? null : random.Next(100_000),
                    JsonText.Trusted("{}"),
                    random.Next(2) == 0,
                    product,
                    null
                );
        return new()
        {
            Id = $"sub_{id}_{index}",
            CustomerId = $"cus_{id}",
            Status = Statuses[random.Next(Statuses.Length)],
            Items =
            [
                .. Enumerable
                    .Range(0, random.Next(3))
                    .Select(i => new SubscriptionItem($"si_{i}", price, random.Next(2) == 0 ? null : i)),
            ],
            Created = instant(),
            EndedAt = random.Next(2) == 0 ? null : instant(),
            CurrentPeriodStart = instant(),
            CurrentPeriodEnd = random.Next(4) == 0 ? null : instant(),
            Metadata =
                random.Next(3) == 0 ? null : JsonText.Trusted("""{"organization_id":"org1","seats":12,"trial":true}"""),
            ApplicationFeePercent = random.Next(3) == 0 ? null : random.Next(1000) / 100m,
            CancelAtPeriodEnd = random.Next(2) == 0,
            Quantity = random.Next(3) == 0 ? null : random.Next(5),
            DefaultTaxRates =
                random.Next(3) != 0
                    ? []
                    : [new("txr_1", 1, null, name(), true, "DE", random.Next(2500) / 100m, "vat", true, "DE", null)],
        };
    }
}
