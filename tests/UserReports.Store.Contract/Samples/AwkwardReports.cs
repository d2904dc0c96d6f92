using System.Globalization;
using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Store.Contract.Samples;

/// <summary>Reports whose values are as awkward as real ones ever are; the same ones for the same seed.</summary>
internal sealed class AwkwardReports(int seed)
{
    public static readonly string[] Texts =
    [
        "",
        "a",
        "alice",
        "Alice",
        "ALICE",
        "alice_smith",
        "alice%smith",
        "a_b%c",
        "50% off",
        "O'Brien",
        "say \"hi\"",
        "back\\slash",
        "\\",
        "%",
        "_",
        "straße",
        "STRASSE",
        "Straẞe",
        "ΣΊΣΥΦΟΣ",
        "σίσυφος",
        "İstanbul",
        "istanbul",
        "ISTANBUL",
        "ılık",
        "ﬁsh",
        "Kelvin",
        "kelvin",
        "Ångström",
        "ångström",
        "é",
        "e\u0301",
        "日本語",
        "العربية",
        "🦊",
        "🦊🦊 fox",
        "\uFFFD",
        "\uFB01",
        "zzz",
        "null",
        "true",
        "false",
        "NULL",
        "12",
        "12.0",
        "-3",
        "1e3",
        "2026-01-31",
        "2026-01-31T12:00:00Z",
        " padded ",
        "tab\there",
        "line\nbreak",
        "comma,here",
        "(paren)",
        "col:on",
        "AND",
        "NOT x",
        "--comment",
        "'; drop table reports; --",
        "$1",
        "{\"a\":1}",
        "[]",
        "user@example.org",
        "USER@EXAMPLE.ORG",
        "a.b+c@d.example",
        "x__y",
        "[x]",
        "~/0~1",
        "Kenya",
        "KENYA",
        "kenya",
        "Côte d'Ivoire",
    ];

    private static readonly string[] Statuses =
    [
        "active",
        "canceled",
        "past_due",
        "trialing",
        "unpaid",
        "Active",
        "incomplete_expired",
    ];
    private static readonly string[] Products = ["Teams", "Professional", "Storage 50GB", "teams", "Ünïcode 'plan'"];

    private static readonly long[] Numbers =
    [
        0,
        0,
        1,
        -1,
        5,
        10,
        80,
        99,
        100,
        101,
        1_000_000_007,
        long.MaxValue,
        long.MinValue,
        1L << 53,
        (1L << 53) + 1,
    ];

    private static readonly string[] Details =
    [
        "{}",
        """{"country":"Kenya"}""",
        """{"country":"KENYA","sector":"Health"}""",
        """{"country":null}""",
        """{"country":["Kenya","Uganda"]}""",
        """{"country":254}""",
        """{"country":true,"name":""}""",
        """{"country":{"label":"Kenya","code":"KE"}}""",
        """{"name":"50% off_all","age":41,"score":1.5,"big":9007199254740993,"tiny":-0.25,"exp":1e3}""",
        """{"age":"41","active":true,"list":[1,"two",null,{"deep":[true,false]}],"null":null}""",
        """{"age":41.0,"active":false,"year":2024,"range":"5,10","in":"x","":"empty key"}""",
        """{"age":-7,"active":"true","a/b":"slash","m~n":"tilde","0":"zero"}""",
        """{"name":"Ωmega 🦊","nested":{"deep":{"deeper":"σίσυφος","n":3}}}""",
        """{"sector":"straße","last_ui_language":"fr","organization":"O'Brien \"quoted\""}""",
        """{"list":[],"nested":{"deep":null},"organization_type":"non-profit"}""",
        """{"visits":[{"country":"KEN","tags":["a","two"],"n":0.1},{"country":null},"KEN",[["KEN"]]],"my key":"x"}""",
        """{"visits":[],"x__y":1,"c:d":null,"":[1,{"":2}],"l[]":["x",3],"a,b":{"(c)":"x"},"isnull":true,"my key":"two"}""",
        """{"visits":{"country":"KEN"},"x__y":"KEN","c:d":"x","l[]":[],"a,b":{"(c)":9007199254740992}}""",
        """{"exact":0.1,"long":123456789012345678901234567890.5,"list":[9007199254740992,0.1,"KEN",[1]],"my key":3}""",
        """{"exact":0.10000000000000000001,"long":123456789012345678901234567890,"big":9007199254740992}""",
        """{"exact":1e400,"long":-1e400,"big":9007199254740993.0,"list":[{"deep":[0.30000000000000004,"x"]}]}""",
        """{"exact":0.3,"long":1.234567890123456789012345678905e29,"tiny":1e-400,"exp":10e2}""",
        """{"k\"q":"quote","$":"dollar","*":"star","a.b":"dot"}""",
    ];

    private readonly Random random = new(seed);

    public List<Report> Make(int rows) =>
        [.. Enumerable.Range(1, rows).Select(i => MakeOne(i <= 20 ? i : i - (random.Next(6) == 0 ? 1 : 0), i))];

    private Report MakeOne(long userId, int number)
    {
        // An account has one row for each of its organisations, or one without any.
        var hasOrganization = userId != number || random.Next(5) > 0;
        var limit = new Func<long?>(() =>
            random.Next(4) switch
            {
                0 => null,
                1 => 0,
                _ => Math.Abs(Number() / 2),
            }
        );
        var balances = new MetricValues<Balance?>(Metric.All);
        for (var i = 0; i < Metric.All.Count; i++)
            balances[i] = hasOrganization ? Balances.Of(Number() / 4, limit()) : Balances.Of(0, null);
        return new()
        {
            UserId = userId,
            OrganizationId = hasOrganization
                ? string.Create(CultureInfo.InvariantCulture, $"org{number % 97}x{number}")
                : null,
            Account = Account(userId),
            Organization = hasOrganization
                ? new(
                    Text(),
                    $"org{number}",
                    random.Next(3) switch
                    {
                        0 => "owner",
                        1 => "admin",
                        _ => "member",
                    },
                    Text()
                )
                : null,
            Subscriptions = hasOrganization ? Several(3, Subscription) : [],
            ServiceUsage = new()
            {
                LanguageServicesCurrentPeriod = Values(),
                LanguageServicesAllTime = Values(),
                TotalStorageBytes = Number(),
                RetentionDays = 366,
                SubmissionsCumulative = Number(),
                SubmissionsCurrentPeriod = Number(),
                Balances = balances,
                CurrentPeriod = hasOrganization ? new(Instant(), Instant()) : null,
            },
            AccountRestricted = Flag(),
            LastUpdated = Instant(),
        };
    }

    private Account Account(long userId) =>
        new()
        {
            Id = userId,
            Uid = random.Next(9) == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"u{userId}"),
            Username = Text(),
            FirstName = Text(),
            LastName = Text(),
            Email = Text(),
            IsSuperuser = Flag(),
            IsStaff = Flag(),
            IsActive = Flag(),
            DateJoined = Maybe(Instant),
            LastLogin = Maybe(Instant),
            ValidatedEmail = Flag(),
            MfaIsActive = Flag(),
            AcceptedTos = Flag(),
            SocialAccounts = Several(
                2,
                () => new SocialAccount(Number(), random.Next(2) == 0 ? "google" : Text(), Text())
            ),
            ExtraDetails =
                random.Next(8) == 0
                    ? ExtraDetails.None
                    : new(JsonText.Trusted(Pick(Details)), Maybe(Instant), Flag(), Maybe(Instant), Maybe(Instant)),
            AssetCount = Number(),
            ActiveProjectCount = Number(),
        };

    private Subscription Subscription() =>
        new()
        {
            Id = "sub_" + Text(),
            CustomerId = "cus_" + Text(),
            Status = Pick(Statuses),
            Items = Several(2, Item),
            Created = Maybe(Instant),
            CurrentPeriodStart = Maybe(Instant),
            CurrentPeriodEnd = Maybe(Instant),
            StartDate = Maybe(Instant),
            CanceledAt = Maybe(Instant),
            Livemode = random.Next(3) switch
            {
                0 => null,
                1 => true,
                _ => false,
            },
            Quantity = random.Next(3) == 0 ? null : Number(),
            Description = random.Next(2) == 0 ? null : Text(),
            ApplicationFeePercent = random.Next(2) == 0 ? null : Number() % 1000 / 8m,
            Metadata = random.Next(3) == 0 ? null : JsonText.Trusted(Pick(Details)),
            DefaultTaxRates = Several(
                1,
                () =>
                    new TaxRate(
                        Text(),
                        Number(),
                        null,
                        Text(),
                        Flag(),
                        null,
                        random.Next(100) / 4m,
                        "vat",
                        null,
                        Pick("KE", "FR", "US"),
                        null
                    )
            ),
        };

    private SubscriptionItem Item() =>
        new(
            "si_" + Text(),
            random.Next(5) == 0
                ? null
                : new(
                    "price_" + Text(),
                    random.Next(2) == 0 ? null : Text(),
                    "usd",
                    "recurring",
                    JsonText.Trusted("""{"interval":"month","interval_count":1}"""),
                    random.Next(10_000),
                    JsonText.Trusted(Pick(Details)),
                    Flag(),
                    random.Next(6) == 0
                        ? null
                        : new(
                            "prod_" + Text(),
                            random.Next(5) == 0 ? null : Pick(Products),
                            null,
                            "service",
                            JsonText.Trusted("""{"product_type":"plan","submission_limit":"100"}""")
                        ),
                    null
                ),
            random.Next(3) == 0 ? null : random.Next(5)
        );

    private MetricValues<long> Values()
    {
        var values = new MetricValues<long>(Metric.LanguageServices);
        for (var i = 0; i < values.Metrics.Count; i++)
            values[i] = Number();
        return values;
    }

    private DateTimeOffset Instant() =>
        random.Next(8) switch
        {
            0 => new(2024, 2, 29, 23, 59, 59, TimeSpan.Zero),
            1 => new(2024, 3, 1, 0, 0, 0, TimeSpan.Zero),
            2 => new(1999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero),
            3 => new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero).AddTicks(
                random.Next(1_000_000) * TimeSpan.TicksPerMicrosecond
            ),
            4 => new(1, 1, 1, 0, 0, 0, TimeSpan.Zero),
            5 => new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero),
            _ => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(-random.Next(200_000_000)),
        };

    private List<T> Several<T>(int most, Func<T> make) =>
        [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => make())];

    private T? Maybe<T>(Func<T> make)
        where T : struct => random.Next(3) == 0 ? null : make();

    private string Text() => random.Next(4) == 0 ? Pick(Texts) + Pick(Texts) : Pick(Texts);

    private long Number() => random.Next(3) == 0 ? random.Next(200) : Pick(Numbers);

    private bool Flag() => random.Next(2) == 0;

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];
}
