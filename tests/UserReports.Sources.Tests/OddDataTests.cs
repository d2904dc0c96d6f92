using UserReports.Core.Reports;
using UserReports.Sources.Reading;
using UserReports.Testing;

namespace UserReports.Sources.Tests;

/// <summary>Values that no platform should hold: each costs its own field at most, and is told.</summary>
public sealed class OddDataTests
{
    private const int Accounts = 60;
    private const string NoInstant = "trial_end holds no instant that a calendar has; it counts as absent.";

    private static readonly AccountRange Everyone = new(int.MinValue, int.MaxValue);

    [Theory]
    [InlineData(
        "'words'",
        "submission_limit is neither a number of at least 0 nor \"unlimited\"; it counts as absent."
    )]
    [InlineData("'-5'", "submission_limit is neither a number of at least 0 nor \"unlimited\"; it counts as absent.")]
    [InlineData("-5", "submission_limit is neither a number of at least 0 nor \"unlimited\"; it counts as absent.")]
    [InlineData("true", "submission_limit is neither a number of at least 0 nor \"unlimited\"; it counts as absent.")]
    [InlineData("'NaN'", "submission_limit is neither a number of at least 0 nor \"unlimited\"; it counts as absent.")]
    [InlineData("'99999999999999999999999999999999'", null)]
    [InlineData("1e400::numeric", null)]
    [InlineData("'12.9'", null)]
    public async Task Limit_OfAnyKind_CostsItselfAlone(string limit, string? warning)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, Accounts);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            $"""
            update djstripe_price set metadata = '{"{}"}';
            update djstripe_product set metadata = metadata || jsonb_build_object('submission_limit', {limit})
            """
        );

        var (reports, warnings) = await ComputeAsync(databases);

        Assert.Equal(Accounts, reports.Select(report => report.UserId).Distinct().Count());
        if (warning is null)
            Assert.DoesNotContain(warnings, w => w.Problem.StartsWith("submission_limit", StringComparison.Ordinal));
        else
            Assert.Contains(warnings, w => w.Problem == warning);
    }

    [Fact]
    public async Task Instants_AtTheEndsOfTheCalendarAndBeyond_CostTheirFields()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, Accounts);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            update auth_user set date_joined = '0001-01-02', last_login = '9999-12-31 23:59:59.999' where id = 7;
            update auth_user set date_joined = '4000-01-01 BC', last_login = '20000-01-01' where id = 8;
            update hub_extrauserdetail set date_removed = 'infinity', password_date_changed = '-infinity' where user_id = 9;
            """
        );

        var (reports, warnings) = await ComputeAsync(databases);

        var seven = reports.First(report => report.UserId == 7).Account;
        Assert.Equal((1, 9999), (seven.DateJoined!.Value.Year, seven.LastLogin!.Value.Year));
        var eight = reports.First(report => report.UserId == 8).Account;
        Assert.Equal((null, null), (eight.DateJoined, eight.LastLogin));
        var nine = reports.First(report => report.UserId == 9).Account.ExtraDetails;
        Assert.Equal((null, null), (nine.DateRemoved, nine.PasswordDateChanged));
        Assert.DoesNotContain(warnings, w => w.Subject == "account 7");
        Assert.Equal(2, warnings.Count(w => w.Subject == "account 8"));
        Assert.Equal(2, warnings.Count(w => w.Subject == "account 9"));
    }

    [Theory]
    [InlineData("9300000000000", true)]
    [InlineData("-9300000000000", true)]
    [InlineData("100000000000000000000", true)]
    [InlineData("1e300", true)]
    [InlineData("\"soon\"", true)]
    [InlineData("{}", true)]
    [InlineData("253402300799", false)]
    [InlineData("-62135596799", false)]
    [InlineData("1764000000.5", false)]
    [InlineData("null", false)]
    public async Task StripeInstant_NoCalendarHasIt_CostsItsFieldAndIsTold(string seconds, bool isOdd)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, Accounts);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            $$"""
            alter table djstripe_subscription add stripe_data jsonb;
            update djstripe_subscription set stripe_data = '{"trial_end": {{seconds}}, "status": "active"}';
            alter table djstripe_subscription drop trial_end
            """
        );

        var (reports, warnings) = await ComputeAsync(databases);

        Assert.Equal(Accounts, reports.Select(report => report.UserId).Distinct().Count());
        var subscriptions = reports.SelectMany(report => report.Subscriptions).ToList();
        Assert.NotEmpty(subscriptions);
        Assert.All(subscriptions, s => Assert.Equal(isOdd || seconds == "null", s.TrialEnd is null));
        Assert.Equal(isOdd, warnings.Any(w => w.Problem == NoInstant));
    }

    [Fact]
    public async Task Counters_NullOrTooLargeTogether_CountAsFarAsTheyCanAndAreTold()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, Accounts);
        await TestDatabases.ExecuteAsync(
            databases.Usage,
            """
            alter table logger_dailyxformsubmissioncounter alter counter type bigint;
            delete from logger_dailyxformsubmissioncounter where user_id in (3, 4);
            insert into logger_dailyxformsubmissioncounter (user_id, date, counter) values
                (3, '2026-11-02', null), (3, '2026-11-03', 5),
                (4, '2026-11-02', 9000000000000000000), (4, '2026-11-03', 9000000000000000000);
            update main_userprofile set attachment_storage_bytes = null where user_id = 5;
            """
        );
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            alter table trackers_nlpusagecounter alter total_asr_seconds type bigint;
            insert into trackers_nlpusagecounter (user_id, date, total_asr_seconds, total_mt_characters) values
                (6, '2026-11-02', 9000000000000000000, 1), (6, '2026-11-03', 9000000000000000000, null);
            """
        );

        var (reports, warnings) = await ComputeAsync(databases);

        Assert.Equal(Accounts, reports.Select(report => report.UserId).Distinct().Count());
        Assert.Equal(long.MaxValue, reports.First(r => r.UserId == 6).ServiceUsage.LanguageServicesAllTime[0]);
        Assert.Contains(reports, r => r.ServiceUsage.SubmissionsCumulative == long.MaxValue);
        Assert.Contains(reports, r => r.ServiceUsage.SubmissionsCumulative == 5);
        string[] expected =
        [
            "account 3: logger_dailyxformsubmissioncounter holds counters that are null; they count as 0.",
            "account 4: logger_dailyxformsubmissioncounter holds counters whose sum does not fit 64 bits; it is cut to what does.",
            "account 5: attachment_storage_bytes is null; it counts as 0.",
            "account 6: trackers_nlpusagecounter holds counters that are null; they count as 0.",
            "account 6: trackers_nlpusagecounter holds counters whose sum does not fit 64 bits; it is cut to what does.",
        ];
        var told = warnings.Select(w => $"{w.Subject}: {w.Problem}").ToHashSet(StringComparer.Ordinal);
        Assert.All(expected, line => Assert.Contains(line, told));
    }

    [Fact]
    public async Task Stripe_LooseEnds_AreTold()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, Accounts);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            delete from djstripe_subscriptionitem; delete from djstripe_subscription; delete from djstripe_customer;
            delete from stripe_planaddon; delete from djstripe_charge;
            update djstripe_product set metadata = '["no", "object"]' where id = (
                select max(id) from djstripe_product where metadata ->> 'default_free_plan' is null);
            update djstripe_price set metadata = '"words"' where djstripe_id = (select min(djstripe_id) from djstripe_price);
            insert into djstripe_customer select 'cus_' || organization_id, organization_id
                from organizations_organizationuser where user_id in (3, 4, 5);
            insert into djstripe_customer values ('cus_nobody', null);
            insert into djstripe_subscription (djstripe_id, id, customer_id, status, start_date)
                select 1, 'sub_empty', id, 'active', '2026-11-01Z' from djstripe_customer where subscriber_id = (
                    select min(organization_id) from organizations_organizationuser where user_id = 3);
            insert into djstripe_subscription (djstripe_id, id, customer_id, status, start_date)
                select 1 + n, 'sub_' || n, (select id from djstripe_customer where subscriber_id = (
                    select min(organization_id) from organizations_organizationuser where user_id = 4)), 'active',
                    '2026-11-01Z' from generate_series(1, 2) n;
            insert into djstripe_subscriptionitem (id, subscription_id, price_id, quantity)
                select 'si_' || n, 'sub_' || n, (select min(p.djstripe_id) from djstripe_price p
                    join djstripe_product o on o.id = p.product_id where o.metadata ->> 'product_type' = 'plan'), 1
                from generate_series(1, 2) n;
            insert into djstripe_charge values ('ch_odd', false);
            insert into stripe_planaddon (id, organization_id, usage_limits, charge_id)
                select 'addon_odd', min(organization_id), '7', 'ch_odd' from organizations_organizationuser where user_id = 5;
            update hub_extrauserdetail set data = '"text"' where user_id < 10;
            delete from organizations_organizationowner where organization_id = (
                select min(organization_id) from organizations_organizationuser where user_id = 7);
            """
        );

        var (reports, warnings) = await ComputeAsync(databases);

        Assert.Equal(Accounts, reports.Select(report => report.UserId).Distinct().Count());
        var told = warnings.Select(w => $"{w.Subject.Split(' ')[0]}: {w.Problem}").ToHashSet(StringComparer.Ordinal);
        string[] expected =
        [
            "product: Where its limits should stand is no JSON object; it has none.",
            "price: Where its limits should stand is no JSON object; it has none.",
            "one-time: Where its limits should stand is no JSON object; it has none.",
            "customer: It belongs to no organisation; it is not reported.",
            "subscription: It has no items; it counts for no limit.",
            "organization: Several of its plans began at the same instant; the one with the last id counts.",
            "organization: It has no owner; its submissions and storage count as 0.",
            "account: data is no JSON object; it is reported as it is.",
        ];
        Assert.All(expected, line => Assert.Contains(line, told));
    }

    [Fact]
    public async Task Json_WithEscapesThatNoTextHas_CostsNoRow()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, Accounts);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            alter table hub_extrauserdetail alter data type json, alter private_data type json;
            alter table djstripe_product alter metadata type json;
            alter table stripe_planaddon alter usage_limits type json;
            update hub_extrauserdetail set data =
                '{"name": "\u0000 \ud800", "country": "\udfff", "\ud800": 1, "done_storage_limits_check": 1}';
            update djstripe_product set metadata =
                ('{"product_type": "plan", "default_free_plan": "\ud800", "submission_limit": "\ud800\u0000"}')::json;
            """
        );

        var (reports, _) = await ComputeAsync(databases);

        Assert.Equal(Accounts, reports.Select(report => report.UserId).Distinct().Count());
        Assert.All(
            reports,
            report =>
                Assert.Equal(
                    System.Text.Json.JsonValueKind.Object,
                    System.Text.Json.JsonElement.Parse(ReportText.Of(report).Span).ValueKind
                )
        );
    }

    private static async Task<(IReadOnlyList<Report> Reports, HashSet<DataWarning> Warnings)> ComputeAsync(
        TestDatabases databases
    )
    {
        await using var source = new ReportSource(
            new(databases.Platform, databases.Usage),
            new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TestDatabases.Now)
        );
        var batch = await source.ReadRangeAsync(Everyone, TestDatabases.Now, default);
        HashSet<DataWarning> warnings = [];
        return (new ReportComputation(366).Compute(batch, w => warnings.Add(w)), warnings);
    }
}
