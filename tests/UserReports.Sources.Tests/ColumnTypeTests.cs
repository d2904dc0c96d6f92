using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Reading;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Tests;

/// <summary>
/// A column's type is the platform's choice: whatever can be read of it is read, and nothing costs a range.
/// </summary>
public sealed class ColumnTypeTests
{
    private const int Accounts = 60;

    private static readonly AccountRange Everyone = new(int.MinValue, int.MaxValue);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_OtherTypesWithTheSameValues_GivesTheSameReports()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, Accounts);
        var before = await ReadAsync(databases);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            set timezone = 'UTC';
            create domain short_text as varchar(250);
            create domain shorter_text as short_text;
            create type standing as enum ('deployed', 'draft', 'archived');
            alter table auth_user alter id type bigint, alter username type shorter_text, alter email type char(60),
                alter is_superuser type smallint using is_superuser::int, alter is_active type int using is_active::int,
                alter date_joined type timestamp, alter last_login type text using to_char(last_login, 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
            alter table hub_extrauserdetail alter user_id type bigint, alter data type json, alter private_data type text,
                alter validated_password type smallint using validated_password::int, alter uid type text;
            alter table account_emailaddress alter verified type smallint using verified::int,
                alter "primary" type bigint using "primary"::int;
            alter table accounts_mfa_mfamethodswrapper alter is_active type smallint using is_active::int;
            alter table socialaccount_socialaccount alter id type numeric(20);
            alter table organizations_organizationuser alter id type varchar(20), alter is_admin type int using is_admin::int;
            alter table kpi_asset alter _deployment_status type standing using _deployment_status::standing,
                alter pending_delete type smallint using pending_delete::int;
            alter table trackers_nlpusagecounter alter date type timestamp, alter total_asr_seconds type numeric,
                alter total_mt_characters type double precision, alter total_llm_requests type smallint;
            alter table djstripe_subscription alter schedule_id type varchar(255), alter plan_id type numeric,
                alter djstripe_id type text, alter quantity type text, alter metadata type text, alter livemode type smallint using livemode::int,
                alter created type bigint using extract(epoch from created)::bigint, alter application_fee_percent type double precision;
            alter table djstripe_djstripesubscriptiondefaulttaxrate alter subscription_id type text;
            alter table djstripe_price alter djstripe_id type text, alter recurring type json, alter unit_amount type numeric(20, 2),
                alter active type text;
            alter table djstripe_product alter metadata type text;
            alter table djstripe_charge alter refunded type text;
            alter table stripe_planaddon alter usage_limits type json;
            """
        );
        await TestDatabases.ExecuteAsync(
            databases.Usage,
            """
            set timezone = 'UTC';
            alter table main_userprofile alter attachment_storage_bytes type numeric;
            alter table logger_dailyxformsubmissioncounter alter user_id type bigint, alter date type timestamptz,
                alter counter type real;
            """
        );

        var after = await ReadAsync(databases);

        Assert.Equal(before.Reports, after.Reports);
        Assert.Equal(before.Warnings, after.Warnings);
        Assert.DoesNotContain(
            await ExamineAsync(databases, isPlatform: true),
            finding => finding.Subject == "tables" && finding.Kind != FindingKind.Good
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_KeysThatAreStripesIdsAndNumbers_AreFoundByTheirType(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded, Accounts);
        await databases.ChangePlatformAsync("alter table djstripe_customer add column djstripe_id bigint");
        await databases.ChangePlatformAsync("update djstripe_customer set djstripe_id = cast(substr(id, 5) as bigint)");
        var before = await ReadAsync(databases);
        Assert.Contains(before.Reports, report => report.Contains("\"sub_", StringComparison.Ordinal));
        if (!embedded)
            await databases.ChangePlatformAsync("drop index djstripe_subscription_2");
        await databases.ChangePlatformAsync("alter table djstripe_subscription add column number bigint");
        await databases.ChangePlatformAsync(
            "update djstripe_subscription set number = cast(substr(customer_id, 5) as bigint)"
        );
        await databases.ChangePlatformAsync("alter table djstripe_subscription drop column customer_id");
        await databases.ChangePlatformAsync("alter table djstripe_subscription rename column number to customer_id");

        Assert.Equal(before.Reports, (await ReadAsync(databases)).Reports);
    }

    [Theory]
    [InlineData(
        "alter table kpi_asset alter owner_id type text",
        "kpi_asset.owner_id is text, which cannot be read as the id of an account, a whole number"
    )]
    [InlineData(
        "alter table auth_user alter is_active type text",
        "auth_user.is_active is text, which cannot be read as true or false"
    )]
    [InlineData(
        "alter table auth_user alter username type bytea using username::bytea",
        "auth_user.username is bytea, which cannot be read as text"
    )]
    [InlineData(
        "alter table hub_extrauserdetail alter data type text[] using array[data::text]",
        "hub_extrauserdetail.data is text[], which cannot be read as JSON"
    )]
    [InlineData(
        "alter table djstripe_subscriptionitem alter price_id type bytea using price_id::text::bytea",
        "djstripe_subscriptionitem.price_id is bytea, which cannot be read as text"
    )]
    public async Task Inspect_TypeThatCannotBeRead_IsRefusedAtStartAndFoundByCheck(string change, string expected)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 5);
        await TestDatabases.ExecuteAsync(databases.Platform, change);

        await using var source = Open(databases);
        var error = await Assert.ThrowsAsync<SourceException>(() => source.InspectAsync(Token));
        var finding = Assert.Single(
            await ExamineAsync(databases, isPlatform: true),
            finding => finding is { Kind: FindingKind.Failure, Subject: "tables" }
        );

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_TypeOfTheUsageDatabaseThatCannotBeRead_IsRefusedAtStartAndFoundByCheck()
    {
        const string Expected =
            "logger_dailyxformsubmissioncounter.date is text, which cannot be read as a day; "
            + "main_userprofile.attachment_storage_bytes is boolean, which cannot be read as a whole number.";
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 5);
        await TestDatabases.ExecuteAsync(
            databases.Usage,
            """
            alter table logger_dailyxformsubmissioncounter alter date type text;
            alter table main_userprofile alter attachment_storage_bytes type boolean using attachment_storage_bytes > 0;
            """
        );

        await using var source = Open(databases);
        var error = await Assert.ThrowsAsync<SourceException>(() => source.InspectAsync(Token));

        Assert.Equal($"The usage database: {Expected}", error.Message);
        Assert.Contains(
            await ExamineAsync(databases, isPlatform: false),
            finding => finding is { Kind: FindingKind.Failure, Subject: "tables" } && finding.Message == Expected
        );
    }

    [Fact]
    public async Task Inspect_TypeOfWhatTheReportCanDoWithout_IsNotedAndCountsAsAbsent()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, Accounts);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            alter table socialaccount_socialaccount alter id type uuid using gen_random_uuid();
            alter table trackers_nlpusagecounter alter total_asr_seconds type text;
            alter table djstripe_subscription alter trial_end type interval using interval '1 day',
                alter metadata type text[] using array['x'], alter quantity type bytea using 'x'::bytea;
            """
        );

        await using var source = Open(databases);
        var notes = (await source.InspectAsync(Token)).Notes;
        var (reports, _) = await ReadAsync(databases);

        Assert.Equal(
            [
                "socialaccount_socialaccount.id is uuid, which cannot be read as a whole number: social_accounts are empty.",
                "trackers_nlpusagecounter.total_asr_seconds is text, which cannot be read as a number: usage of asr_seconds is 0.",
                "djstripe_subscription.metadata is text[], which cannot be read as JSON: it counts as absent.",
                "djstripe_subscription.quantity is bytea, which cannot be read as a whole number: it counts as absent.",
                "djstripe_subscription.trial_end is interval, which cannot be read as an instant: it counts as absent.",
            ],
            notes
        );
        Assert.Equal(
            notes,
            (await ExamineAsync(databases, isPlatform: true))
                .Where(finding => finding is { Kind: FindingKind.Warning, Subject: "tables" })
                .Select(finding => finding.Message)
        );
        Assert.True(reports.Count >= Accounts);
    }

    [Fact]
    public async Task Read_ValuesThatAreNoneOfWhatIsWanted_CostTheirFieldsAndAreToldWithTheRowsId()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, Accounts);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            alter table auth_user alter last_login type text using 'yesterday';
            alter table hub_extrauserdetail alter data type text using '{"half":';
            alter table djstripe_subscription alter quantity type numeric using 'NaN', alter days_until_due type text using 'many',
                alter application_fee_percent type numeric using 'Infinity', alter livemode type text using 'perhaps',
                alter metadata type text using 'none', alter cancel_at type numeric using 1e30;
            """
        );

        var (reports, warnings) = await ReadAsync(databases);

        Assert.True(reports.Count >= Accounts);
        var subscription = warnings
            .First(w => w.Subject.StartsWith("subscription sub_", StringComparison.Ordinal))
            .Subject;
        Assert.All(
            new DataWarning[]
            {
                new("account 7", "last_login holds no instant that a calendar has; it counts as absent."),
                new("account 7", "data cannot be read as JSON; it counts as absent."),
                new(subscription, "quantity cannot be read as a whole number; it counts as absent."),
                new(subscription, "days_until_due cannot be read as a whole number; it counts as absent."),
                new(subscription, "application_fee_percent cannot be read as a number; it counts as absent."),
                new(subscription, "livemode cannot be read as true or false; it counts as absent."),
                new(subscription, "metadata cannot be read as JSON; it counts as absent."),
                new(subscription, "cancel_at holds no instant that a calendar has; it counts as absent."),
            },
            warning => Assert.Contains(warning, warnings)
        );
    }

    [Fact]
    public async Task Read_NullsWhereThePlatformHasNone_CountAsEmptyAndAreTold()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, Accounts);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            update auth_user set first_name = null, is_staff = null where id = 7;
            update organizations_organization set website = null;
            update organizations_organizationuser set is_admin = null;
            """
        );

        var (reports, warnings) = await ReadAsync(databases);

        Assert.True(reports.Count >= Accounts);
        Assert.Contains(new DataWarning("account 7", "first_name is null; it counts as empty."), warnings);
        Assert.Contains(warnings, w => w.Problem == "website is null; it counts as empty.");
    }

    private static async Task<(List<string> Reports, HashSet<DataWarning> Warnings)> ReadAsync(TestDatabases databases)
    {
        await using var source = Open(databases);
        await source.BeginRunAsync(Token);
        var batch = await source.ReadRangeAsync(Everyone, TestDatabases.Now, Token);
        return (ReportSourceTests.Shown(batch), [.. batch.Warnings]);
    }

    private static async Task<IReadOnlyList<SourceFinding>> ExamineAsync(TestDatabases databases, bool isPlatform)
    {
        await using var database = SourceDatabase.Create(
            isPlatform ? "platform" : "usage",
            isPlatform ? databases.Platform : databases.Usage,
            new("", "")
        );
        return await SourceExamination.RunAsync(database, isPlatform, stripeEnabled: true, Token);
    }

    private static ReportSource Open(TestDatabases databases) =>
        new(new(databases.Platform, databases.Usage), new FakeTimeProvider(TestDatabases.Now));
}
