using Npgsql;
using UserReports.Sources.Connections;
using UserReports.Sources.Generating;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Tests;

public sealed class SourceExaminationTests
{
    private const string Password = "examined-role";

    [Fact]
    public async Task Examine_ReadingRole_IsGoodThroughout()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 5);
        await using var role = await Role.MakeAsync(
            databases.Platform,
            "grant select on all tables in schema public to {0}"
        );

        var findings = await ExamineAsync(role.Connection);

        Assert.Equal(
            [
                (FindingKind.Good, "connection"),
                (FindingKind.Good, "encryption"),
                (FindingKind.Good, "tables"),
                (FindingKind.Good, "rights"),
                (FindingKind.Good, "stripe"),
                (FindingKind.Good, "writing"),
                (FindingKind.Good, "sessions"),
            ],
            findings.Select(finding => (finding.Kind, finding.Subject))
        );
        Assert.StartsWith("PostgreSQL ", findings[0].Message, StringComparison.Ordinal);
        Assert.EndsWith($"a primary, as the role {role.Name}", findings[0].Message, StringComparison.Ordinal);
        Assert.Equal("the role may change nothing", findings.Single(finding => finding.Subject == "writing").Message);
        Assert.Equal("read only, and statements end after 00:05:00; tried", findings[6].Message);
    }

    [Theory]
    [InlineData(
        "grant select on all tables in schema public to {0}; revoke select on auth_user, mfa_authenticator from {0}",
        "rights",
        "may not read auth_user, mfa_authenticator. Grant SELECT on them to the role."
    )]
    [InlineData(
        "grant select on all tables in schema public to {0}; revoke select on auth_user from {0}; "
            + "grant select (id, username, first_name, last_name, email, is_superuser, is_staff, is_active, date_joined) "
            + "on auth_user to {0}",
        "rights",
        "may not read auth_user.last_login. Grant SELECT on them to the role."
    )]
    [InlineData(
        "grant select on all tables in schema public to {0}; grant insert on kpi_asset to {0}; "
            + "grant update (email) on auth_user to {0}",
        "writing",
        "the role may change auth_user, kpi_asset. Use one that can only SELECT."
    )]
    [InlineData(
        "grant select on all tables in schema public to {0}; alter role {0} superuser",
        "writing",
        "the role is a superuser. Use one that can only SELECT."
    )]
    [InlineData(
        "grant select on all tables in schema public to {0}; alter table auth_user enable row level security",
        "rights",
        "row security hides rows of auth_user, so that reports would lack accounts. Give the role a policy that shows all of them."
    )]
    [InlineData(
        "grant select on all tables in schema public to {0}; drop table kpi_asset; alter table auth_user drop column last_login",
        "tables",
        "lacks auth_user.last_login, kpi_asset. Check that the connection names the right database, and that the role has USAGE on its schema."
    )]
    [InlineData(
        "grant select on all tables in schema public to {0}; drop table djstripe_price cascade",
        "tables",
        "The platform database has Stripe tables but lacks djstripe_price: limits would be wrong. Set Stripe:Enabled=false and Reports:WithoutStripe=true to report without Stripe."
    )]
    public async Task Examine_SomethingWrong_IsTheOnlyFailure(string sql, string subject, string message)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 5);
        await using var role = await Role.MakeAsync(databases.Platform, sql);

        var findings = await ExamineAsync(role.Connection);

        var failure = Assert.Single(findings, finding => finding.Kind == FindingKind.Failure);
        Assert.Equal((subject, message), (failure.Subject, failure.Message));
    }

    [Fact]
    public async Task Examine_RoleThatMayMakeTables_IsWarnedOf()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 5);
        await using var role = await Role.MakeAsync(
            databases.Platform,
            "grant select on all tables in schema public to {0}; grant create on schema public to {0}"
        );

        var warning = Assert.Single(
            await ExamineAsync(role.Connection),
            finding => finding.Kind == FindingKind.Warning
        );

        Assert.Equal("writing", warning.Subject);
    }

    [Fact]
    public async Task Examine_OptionalTableMissing_IsAWarning()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 5);
        await using var role = await Role.MakeAsync(
            databases.Platform,
            "grant select on all tables in schema public to {0}; drop table socialaccount_socialaccount"
        );

        var warning = Assert.Single(
            await ExamineAsync(role.Connection),
            finding => finding.Kind == FindingKind.Warning
        );

        Assert.Equal("There is no table socialaccount_socialaccount: social_accounts are empty.", warning.Message);
    }

    [Fact]
    public async Task Examine_NobodyThere_IsAFailureWithoutThePassword()
    {
        var failure = Assert.Single(await ExamineAsync("Host=127.0.0.1;Port=1;Database=x;Username=u;Password=secret"));

        Assert.Equal((FindingKind.Failure, "connection"), (failure.Kind, failure.Subject));
        Assert.StartsWith(
            "The platform database (127.0.0.1:1/x) cannot be reached: ",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_UsageDatabaseNotEmpty_LeavesThePlatformEmpty()
    {
        await using var databases = await TestDatabases.EmptyAsync(embedded: false);
        await TestDatabases.ExecuteAsync(databases.Usage, "create table taken (id int)");

        var error = await Assert.ThrowsAsync<SourceException>(() =>
            SourceGenerator.GenerateAsync(databases.Platform, databases.Usage, new(5, TestDatabases.Now), null, default)
        );

        Assert.StartsWith("The usage database is not empty", error.Message, StringComparison.Ordinal);
        await using var connection = new NpgsqlConnection(databases.Platform);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(
            "select count(*) from information_schema.tables where table_schema = 'public'",
            connection
        );
        Assert.Equal(0L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<IReadOnlyList<SourceFinding>> ExamineAsync(string connection)
    {
        await using var database = SourceDatabase.Create("platform", connection, new("", ""));
        return await SourceExamination.RunAsync(database, true, StripeUse.Auto, TestContext.Current.CancellationToken);
    }

    /// <summary>A role of the test's own on the server.</summary>
    private sealed record Role(string Name, string Connection, string Database) : IAsyncDisposable
    {
        public static async Task<Role> MakeAsync(string database, string grants)
        {
            var name = $"examined_{Guid.NewGuid():n}";
            await TestDatabases.ExecuteAsync(
                database,
                $"create role {name} login password '{Password}'; revoke create on schema public from public; "
                    + string.Format(System.Globalization.CultureInfo.InvariantCulture, grants, name)
            );
            var connection = new NpgsqlConnectionStringBuilder(database)
            {
                Username = name,
                Password = Password,
                Pooling = false,
            };
            return new(name, connection.ConnectionString, database);
        }

        public async ValueTask DisposeAsync() =>
            await TestDatabases.ExecuteAsync(Database, $"drop owned by {Name}; drop role {Name}");
    }
}
