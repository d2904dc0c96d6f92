using Npgsql;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Generating;
using UserReports.Sources.Load;
using UserReports.Sources.Reading;
using UserReports.Testing;

namespace UserReports.Sources.Tests;

public sealed class ReportSourceTests
{
    private static readonly AccountRange Everyone = new(int.MinValue, int.MaxValue);

    [Fact]
    public async Task Read_BothEngines_GiveTheSame()
    {
        await using var embedded = await TestDatabases.CreateAsync(embedded: true);
        await using var postgres = await TestDatabases.CreateAsync(embedded: false);
        var (a, b) = (await ReadAsync(embedded), await ReadAsync(postgres));
        Assert.Equal(300, a.Accounts.Count);
        Assert.Equal(Shown(a), Shown(b));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_Ids_GivesWhatTheRangeGives(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded);
        await using var source = Open(databases);
        var range = await source.ReadRangeAsync(new(10, 20), TestDatabases.Now, default);
        var ids = await source.ReadAccountsAsync(
            [.. Enumerable.Range(10, 11).Select(i => (long)i), 999_999],
            TestDatabases.Now,
            default
        );
        Assert.Equal(11, ids.Accounts.Count);
        Assert.Equal(Shown(range), Shown(ids));
    }

    [Theory]
    [InlineData(true, 70, new[] { 70, 70, 70, 70, 20 })]
    [InlineData(false, 70, new[] { 70, 70, 70, 70, 20 })]
    [InlineData(true, 75, new[] { 75, 75, 75, 75 })]
    [InlineData(false, 75, new[] { 75, 75, 75, 75 })]
    [InlineData(false, 200, new[] { 200, 100 })]
    [InlineData(false, 1_000, new[] { 300 })]
    public async Task CutRanges_AnySize_CoversEveryIdWithoutGaps(bool embedded, int accountsPerRange, int[] expected)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded);
        await using var source = Open(databases);
        var ranges = await source.CutRangesAsync(accountsPerRange, default);
        Assert.Equal(expected, ranges.Select(r => (int)r.Accounts));
        Assert.Equal((int.MinValue, int.MaxValue), ((int)ranges[0].Range.FirstId, (int)ranges[^1].Range.LastId));
        Assert.All(
            ranges.Zip(ranges.Skip(1)),
            pair => Assert.Equal(pair.First.Range.LastId + 1, pair.Second.Range.FirstId)
        );
    }

    [Fact]
    public async Task Read_AnonymousUser_IsNeverReported()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 10);
        await TestDatabases.ExecuteAsync(databases.Platform, "update auth_user set id = -1 where id = 5");
        Assert.DoesNotContain((await ReadAsync(databases)).Accounts, a => a.Account.Id == -1);
        await using var source = Open(databases);
        Assert.Equal(9, (await source.CutRangesAsync(100, default)).Sum(r => r.Accounts));
    }

    [Fact]
    public async Task Inspect_RequiredTableOrColumnMissing_NamesThem()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 10);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            "drop table kpi_asset; alter table auth_user drop column last_login"
        );
        await using var source = Open(databases);
        var error = await Assert.ThrowsAsync<SourceException>(() => source.InspectAsync(default));
        Assert.StartsWith(
            "The platform database lacks, or the role may not read: auth_user.last_login, kpi_asset.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Inspect_OlderPlatform_SaysWhatTheReportLacks()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 50);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            "alter table trackers_nlpusagecounter drop column total_llm_requests; drop table accounts_mfa_mfamethodswrapper, "
                + "socialaccount_socialaccount, stripe_planaddon, djstripe_taxrate"
        );
        await using var source = Open(databases);
        Assert.Equal(
            [
                "There is no table accounts_mfa_mfamethodswrapper: mfa_is_active is false for everyone.",
                "There is no table socialaccount_socialaccount: social_accounts are empty.",
                "There is no table stripe_planaddon: one-time add-ons do not count.",
                "There is no table djstripe_taxrate: default_tax_rates are empty.",
                "trackers_nlpusagecounter has no total_llm_requests: usage of llm_requests is 0.",
            ],
            (await source.InspectAsync(default)).Notes
        );
        var batch = await source.ReadRangeAsync(Everyone, TestDatabases.Now, default);
        Assert.All(batch.Accounts, a => Assert.Equal(0, a.LanguageServicesAllTime[2]));
        Assert.All(batch.Accounts, a => Assert.Empty(a.Account.SocialAccounts));
    }

    [Fact]
    public async Task Inspect_NoStripeTables_ReadsWithoutThem()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 50);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            "drop table djstripe_customer, djstripe_subscription, djstripe_subscriptionitem, djstripe_price, djstripe_product"
        );
        await using var source = Open(databases);
        Assert.False((await source.InspectAsync(default)).HasStripe);
        var batch = await source.ReadRangeAsync(Everyone, TestDatabases.Now, default);
        Assert.False(batch.HasStripe);
        Assert.All(batch.Organizations.Values, o => Assert.Empty(o.Subscriptions));
    }

    [Fact]
    public async Task Inspect_SomeStripeTablesMissing_IsRefusedRatherThanUnlimited()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 10);
        await TestDatabases.ExecuteAsync(databases.Platform, "drop table djstripe_price");
        await using var source = Open(databases);
        var error = await Assert.ThrowsAsync<SourceException>(() => source.InspectAsync(default));
        Assert.StartsWith(
            "The platform database has Stripe tables but lacks djstripe_price: limits would be wrong.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Identity_SecondFactorsMayNotBeRead_IsAnErrorAndNotASignInWithoutOne()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 10);
        var role = $"blind_{Guid.NewGuid():n}";
        await TestDatabases.ExecuteAsync(TestDatabases.Server, $"create role {role} login password 'x'");
        try
        {
            await TestDatabases.ExecuteAsync(
                databases.Platform,
                $"grant select on all tables in schema public to {role}; "
                    + $"revoke select on accounts_mfa_mfamethodswrapper from {role}"
            );
            var platform = new NpgsqlConnectionStringBuilder(databases.Platform) { Username = role, Password = "x" };
            await using var database = SourceDatabase.Create("platform", platform.ConnectionString, new("", ""));
            var error = await Assert.ThrowsAsync<SourceException>(() =>
                new Identities.IdentitySource(database).FindByUsernameAsync("admin", default)
            );
            Assert.Contains("Grant SELECT to the role.", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            await TestDatabases.ExecuteAsync(databases.Platform, $"drop owned by {role}");
            await TestDatabases.ExecuteAsync(TestDatabases.Server, $"drop role {role}");
        }
    }

    [Fact]
    public async Task Read_StripeDataShape_GivesWhatTheColumnsGave()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false);
        var before = Shown(await ReadAsync(databases));
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            create function pg_temp.at(timestamptz) returns bigint language sql as 'select extract(epoch from $1)::bigint';
            alter table djstripe_subscription add stripe_data jsonb;
            update djstripe_subscription set stripe_data = jsonb_build_object(
                'status', status, 'created', pg_temp.at(created), 'billing_cycle_anchor', pg_temp.at(billing_cycle_anchor),
                'canceled_at', pg_temp.at(canceled_at), 'ended_at', pg_temp.at(ended_at), 'start_date', pg_temp.at(start_date),
                'current_period_start', pg_temp.at(current_period_start), 'current_period_end', pg_temp.at(current_period_end),
                'quantity', quantity, 'cancel_at_period_end', cancel_at_period_end, 'collection_method', collection_method,
                'proration_behavior', proration_behavior, 'livemode', livemode, 'metadata', metadata);
            alter table djstripe_subscription drop status, drop created, drop billing_cycle_anchor, drop canceled_at, drop ended_at,
                drop start_date, drop current_period_start, drop current_period_end, drop quantity, drop cancel_at_period_end,
                drop collection_method, drop proration_behavior, drop livemode, drop metadata;
            alter table djstripe_product add stripe_data jsonb;
            update djstripe_product set stripe_data = jsonb_build_object('metadata', metadata, 'name', name, 'type', type,
                'description', description);
            alter table djstripe_product drop metadata, drop name, drop type, drop description;
            alter table djstripe_price add stripe_data jsonb;
            update djstripe_price set stripe_data = jsonb_build_object('unit_amount', unit_amount, 'currency', currency,
                'recurring', recurring, 'active', active, 'metadata', metadata, 'nickname', nickname, 'type', type,
                'product', jsonb_build_object('id', product_id), 'transform_quantity', transform_quantity);
            alter table djstripe_price drop unit_amount, drop currency, drop recurring, drop active, drop metadata, drop nickname,
                drop type, drop product_id, drop transform_quantity;
            """
        );
        Assert.Equal(before, Shown(await ReadAsync(databases)));
    }

    [Fact]
    public async Task Read_OddData_CostsItsFieldAndIsTold()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            update auth_user set last_login = 'infinity', date_joined = '-infinity' where id = 7;
            update hub_extrauserdetail set data = '[1, "two"]', private_data = '"text"' where user_id = 7;
            delete from djstripe_subscriptionitem;
            update djstripe_subscription set current_period_start = '2026-12-01', current_period_end = '2026-11-01';
            update djstripe_product set metadata = '"words"' where id = 'prod_teams';
            insert into djstripe_customer values ('cus_nobody', null);
            delete from organizations_organizationowner where organization_user_id = 4;
            """
        );
        var batch = await ReadAsync(databases);
        var odd = batch.Accounts.Single(a => a.Account.Id == 7).Account;
        Assert.Null(odd.LastLogin);
        Assert.Null(odd.DateJoined);
        Assert.False(odd.AcceptedTos);
        Assert.Equal("""[1, "two"]""", odd.ExtraDetails.Data!.Text);
        Assert.Contains(
            new DataWarning("account 7", "last_login holds no instant that a calendar has; it counts as absent."),
            batch.Warnings
        );
        Assert.Contains(
            batch.Warnings,
            w => w.Problem == "Its period ends before it starts; the calendar month counts instead."
        );
        Assert.All(batch.Organizations.Values.SelectMany(o => o.Subscriptions), s => Assert.Empty(s.Items));
        Assert.Equal(300, batch.Accounts.Count);
    }

    [Fact]
    public async Task Read_RoleWithSelectAlone_Suffices()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 20);
        var role = $"reader_{Guid.NewGuid():n}";
        await TestDatabases.ExecuteAsync(TestDatabases.Server, $"create role {role} login password 'x'");
        try
        {
            foreach (var database in new[] { databases.Platform, databases.Usage })
                await TestDatabases.ExecuteAsync(database, $"grant select on all tables in schema public to {role}");
            string As(string connection) =>
                new NpgsqlConnectionStringBuilder(connection) { Username = role, Password = "x" }.ConnectionString;
            await using var source = new ReportSource(
                new(As(databases.Platform), As(databases.Usage)),
                TimeProvider.System
            );
            Assert.Equal(20, (await source.ReadRangeAsync(Everyone, TestDatabases.Now, default)).Accounts.Count);
        }
        finally
        {
            foreach (var database in new[] { databases.Platform, databases.Usage })
                await TestDatabases.ExecuteAsync(database, $"drop owned by {role}");
            await TestDatabases.ExecuteAsync(TestDatabases.Server, $"drop role {role}");
        }
    }

    [Fact]
    public async Task Read_StatementTakesTooLong_SaysSoAndMayBeTriedAgain()
    {
        await using var databases = await TestDatabases.EmptyAsync(embedded: false);
        await using var database = SourceDatabase.Create(
            "platform",
            databases.Platform,
            new("", "") { StatementTimeout = TimeSpan.FromMilliseconds(50) }
        );
        var error = await Assert.ThrowsAsync<SourceException>(() =>
            database.ReadAsync(
                SourceWork.Run,
                async session =>
                {
                    await session.ExecuteAsync("select pg_sleep(20)", default);
                    return true;
                },
                default
            )
        );
        Assert.EndsWith("did not answer within the statement timeout.", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Read_ConnectionIsKilled_IsTransient()
    {
        await using var databases = await TestDatabases.EmptyAsync(embedded: false);
        await using var database = SourceDatabase.Create("usage", databases.Usage, new("", ""));
        var error = await Assert.ThrowsAsync<SourceException>(() =>
            database.ReadAsync(
                SourceWork.Run,
                async session =>
                {
                    await session.ExecuteAsync("select pg_terminate_backend(pg_backend_pid())", default);
                    return true;
                },
                default
            )
        );
        Assert.StartsWith("The usage database (", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Read_SourceIsNeverWritten()
    {
        await using var databases = await TestDatabases.EmptyAsync(embedded: false);
        await using var database = SourceDatabase.Create("platform", databases.Platform, new("", ""));
        var error = await Assert.ThrowsAsync<SourceException>(() =>
            database.ReadAsync(
                SourceWork.Run,
                async session =>
                {
                    await session.ExecuteAsync("create table written (id int)", default);
                    return true;
                },
                default
            )
        );
        Assert.Contains("read-only transaction", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=nobody;Password=very-secret;Database=none", "cannot be reached")]
    [InlineData("Data Source=/nowhere/at/all.duckdb", "does not exist")]
    [InlineData("Host=127.0.0.1;Colour=red", "connection string of the platform database is not valid")]
    public async Task Open_Unreachable_SaysWhyWithoutTheCredential(string connection, string expected)
    {
        var error = await Assert.ThrowsAsync<SourceException>(async () =>
        {
            await using var source = new ReportSource(new(connection, connection), TimeProvider.System);
            await source.InspectAsync(default);
        });
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Generate_DatabaseThatIsNotEmpty_IsRefused(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded, 10);
        var error = await Assert.ThrowsAsync<SourceException>(() =>
            SourceGenerator.GenerateAsync(
                databases.Platform,
                databases.Usage,
                new(10, TestDatabases.Now),
                null,
                default
            )
        );
        Assert.Equal(
            "The platform database is not empty; generated accounts go only into an empty one. Name another database.",
            error.Message
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Generate_UsageDatabaseIsNotEmpty_MakesNothingInThePlatform(bool embedded)
    {
        await using var full = await TestDatabases.CreateAsync(embedded, 10);
        await using var empty = await TestDatabases.EmptyAsync(embedded);
        var error = await Assert.ThrowsAsync<SourceException>(() =>
            SourceGenerator.GenerateAsync(empty.Platform, full.Usage, new(10, TestDatabases.Now), null, default)
        );
        Assert.StartsWith("The usage database is not empty;", error.Message, StringComparison.Ordinal);

        // What was refused left nothing behind that would have to be removed first.
        await SourceGenerator.GenerateAsync(empty.Platform, empty.Usage, new(10, TestDatabases.Now), null, default);
    }

    private static ReportSource Open(TestDatabases databases) =>
        new(
            new(databases.Platform, databases.Usage),
            new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TestDatabases.Now)
        );

    private static async Task<SourceBatch> ReadAsync(TestDatabases databases)
    {
        await using var source = Open(databases);
        return await source.ReadRangeAsync(Everyone, TestDatabases.Now, default);
    }

    /// <summary>
    /// The reports of a batch; JSON that one engine keeps with spaces and the other without is made alike.
    /// </summary>
    internal static List<string> Shown(SourceBatch batch)
    {
        var reports = new ReportComputation(366).Compute(batch, OperatorLimits.None, _ => { });
        return [.. reports.Select(report => Sorted(System.Text.Json.Nodes.JsonNode.Parse(ReportText.Of(report).Span)))];
    }

    private static string Sorted(System.Text.Json.Nodes.JsonNode? node) =>
        node switch
        {
            System.Text.Json.Nodes.JsonObject o => "{"
                + string.Join(
                    ",",
                    o.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}:{Sorted(m.Value)}")
                )
                + "}",
            System.Text.Json.Nodes.JsonArray a => "[" + string.Join(",", a.Select(Sorted)) + "]",
            null => "null",
            _ => node.ToJsonString(),
        };
}
