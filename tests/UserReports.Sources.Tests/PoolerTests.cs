using Npgsql;
using UserReports.Sources.Connections;
using UserReports.Sources.Identities;
using UserReports.Sources.Load;
using UserReports.Sources.Reading;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Tests;

/// <summary>Through a real PgBouncer, everything reads as it does straight, and as safely.</summary>
public sealed class PoolerTests
{
    private const string Session = "session";
    private const string Transaction = "transaction";
    private const int Accounts = 1_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Session)]
    [InlineData(Transaction)]
    public async Task Pass_ThroughAPooler_ReadsTheSameInProtectedTransactions(string mode)
    {
        await using var pooled = await PooledDatabase.CreateAsync(mode, Accounts, Stop);

        var straight = await PassAsync(pooled.Straight);
        // Twice, so that what a statement left behind would be met again.
        Assert.Equal(straight, await PassAsync(pooled.Settings));
        Assert.Equal(straight, await PassAsync(pooled.Settings));
    }

    /// <summary>The role could write, and the server watches: else the tests here would prove nothing.</summary>
    [Fact]
    public async Task Watch_OfTheServer_RefusesAReadWithoutProtection()
    {
        await using var pooled = await PooledDatabase.CreateAsync(Transaction, 10, Stop);
        await TestDatabases.ExecuteAsync(pooled.Platform, "create table written (id int); drop table written");

        var refusal = await Assert.ThrowsAsync<PostgresException>(() =>
            TestDatabases.ExecuteAsync(pooled.Platform, "select * from auth_user")
        );

        Assert.Equal("a read without protection", refusal.MessageText);
        await using var database = SourceDatabase.Create(
            "platform",
            pooled.Platform,
            pooled.Settings with
            {
                StatementTimeout = TimeSpan.FromSeconds(46),
            }
        );
        await Assert.ThrowsAsync<SourceException>(() => new IdentitySource(database).FindByIdAsync(1, Stop));
    }

    [Theory]
    [InlineData(Session)]
    [InlineData(Transaction)]
    public async Task Write_ThroughAPooler_IsRefused(string mode)
    {
        await using var pooled = await PooledDatabase.CreateAsync(mode, 10, Stop);
        await using var database = SourceDatabase.Create("platform", pooled.Platform, pooled.Settings);

        var error = await Assert.ThrowsAsync<SourceException>(() =>
            database.ReadAsync(
                SourceWork.Run,
                async session =>
                {
                    await session.ReadAsync("select 1", _ => { }, Stop);
                    await session.ExecuteAsync("update auth_user set is_superuser = true", Stop);
                    return true;
                },
                Stop
            )
        );

        Assert.Equal(
            PostgresErrorCodes.ReadOnlySqlTransaction,
            Assert.IsType<PostgresException>(error.InnerException).SqlState
        );
    }

    [Theory]
    [InlineData(Session)]
    [InlineData(Transaction)]
    public async Task Check_ThroughAPooler_SaysSoAndProvesBoth(string mode)
    {
        await using var pooled = await PooledDatabase.CreateAsync(mode, 10, Stop);
        await using var database = SourceDatabase.Create("usage", pooled.Usage, pooled.Settings);

        var findings = await SourceExamination.RunAsync(database, false, StripeUse.Auto, Stop);

        Assert.Equal(
            [
                new(FindingKind.Good, "pooler", "a connection pooler such as PgBouncer stands between"),
                new(
                    FindingKind.Good,
                    "sessions",
                    "read only, and statements end after 00:00:47; tried, through the pooler"
                ),
            ],
            findings.Where(finding => finding.Subject is "pooler" or "sessions")
        );
    }

    [Theory]
    [InlineData("Max Auto Prepare=0", 0)]
    [InlineData("MaxAutoPrepare=25", 25)]
    public async Task MaxAutoPrepare_OfTheConnectionString_IsTakenAsItIs(string given, int expected)
    {
        await using var databases = await TestDatabases.EmptyAsync(embedded: false);
        await using var said = SourceDatabase.Create("usage", databases.Usage + ";" + given, new("", ""));
        await using var unsaid = SourceDatabase.Create("usage", databases.Usage, new("", ""));

        Assert.Equal(Math.Min(expected, 1), await PreparedAsync(said));
        Assert.Equal(1, await PreparedAsync(unsaid));
    }

    [Fact]
    public async Task MaxAutoPrepare_ThroughAPooler_IsWarnedOf()
    {
        await using var pooled = await PooledDatabase.CreateAsync(Session, 10, Stop);
        await using var database = SourceDatabase.Create(
            "usage",
            pooled.Usage + ";Max Auto Prepare=10",
            pooled.Settings
        );

        Assert.Equal(1, await PreparedAsync(database));
        Assert.Equal(
            "Max Auto Prepare=10 needs session pooling, or PgBouncer 1.21 or later with max_prepared_statements. Leave it "
                + "out otherwise.",
            Assert
                .Single(
                    await SourceExamination.RunAsync(database, false, StripeUse.Auto, Stop),
                    finding => finding.Kind == FindingKind.Warning && finding.Subject == "pooler"
                )
                .Message
        );
    }

    [Fact]
    public async Task SearchPath_OfTheConnectionString_HoldsThroughAPooler()
    {
        await using var pooled = await PooledDatabase.CreateAsync(Transaction, 10, Stop);
        await using var database = SourceDatabase.Create(
            "platform",
            pooled.Platform + ";Search Path=pg_catalog, public",
            pooled.Settings
        );
        var path = "";

        await database.ReadAsync(
            SourceWork.Run,
            async session =>
            {
                await session.ReadAsync("show search_path", row => path = row.Text(0), Stop);
                return true;
            },
            Stop
        );

        Assert.Equal("pg_catalog, public", path);
    }

    /// <summary>Programs that share the pool leave settings behind; a dump famously leaves an empty path.</summary>
    [Fact]
    public async Task SearchPath_ThatSomebodyElseLeft_IsNotOurs()
    {
        await using var pooled = await PooledDatabase.CreateAsync(Transaction, 10, Stop);
        for (var i = 0; i < 4; i++)
            await TestDatabases.ExecuteAsync(pooled.Platform, "select set_config('search_path', '', false)");
        await using var database = SourceDatabase.Create("platform", pooled.Platform, pooled.Settings);

        Assert.NotNull(await new IdentitySource(database).FindByIdAsync(1, Stop));
    }

    /// <summary>Nothing that was begun is left open, neither by one question nor by many.</summary>
    [Fact]
    public async Task Transaction_AfterReading_IsOver()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 10);
        var name = new NpgsqlConnectionStringBuilder(databases.Platform).Database!;
        await using var database = SourceDatabase.Create("platform", databases.Platform, new("", ""));
        await new IdentitySource(database).FindByIdAsync(1, Stop);
        Assert.Equal("idle", await StateAsync(name));
        await database.ReadAsync(
            SourceWork.Run,
            async session =>
            {
                await session.ReadAsync("select 1", _ => { }, Stop);
                return true;
            },
            Stop
        );
        Assert.Equal("idle", await StateAsync(name));
    }

    private static async Task<string?> StateAsync(string database)
    {
        await using var connection = new NpgsqlConnection(TestDatabases.Server);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(
            "select string_agg(state, ',') from pg_stat_activity where datname = $1 and application_name = 'user-reports'",
            connection
        )
        {
            Parameters = { new() { Value = database } },
        };
        return (await command.ExecuteScalarAsync(Stop)) as string;
    }

    /// <summary>1 if a statement that was asked often stayed prepared, else 0.</summary>
    private static Task<long> PreparedAsync(SourceDatabase database) =>
        database.ReadAsync(
            SourceWork.Run,
            async session =>
            {
                const string Often = "select 42";
                for (var i = 0; i < 10; i++)
                    await session.ReadAsync(Often, _ => { }, Stop);
                var prepared = 0L;
                await session.ReadAsync(
                    $"select count(*) from pg_prepared_statements where statement = '{Often}'",
                    row => prepared = row.Integer(0),
                    Stop
                );
                return prepared;
            },
            Stop
        );

    /// <summary>Everything that a pass reads, by ranges that are read side by side.</summary>
    private static async Task<IReadOnlyList<string>> PassAsync(SourceSettings settings)
    {
        await using var source = new ReportSource(settings, TimeProvider.System);
        await source.BeginRunAsync(Stop);
        var ranges = await source.CutRangesAsync(100, Stop);
        var read = await Task.WhenAll(
            ranges.Select(range => source.ReadRangeAsync(range.Range, TestDatabases.Now, Stop))
        );
        return
        [
            .. read.SelectMany(batch => batch.Accounts)
                .Select(account =>
                    $"{account.Account.Id} {account.Account.Username} {account.Memberships.Count} "
                    + string.Join(',', account.Memberships.Select(membership => membership.OrganizationId))
                ),
            .. read.SelectMany(batch => batch.OrganizationUsage)
                .Select(usage => $"{usage.Key} {usage.Value}")
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }
}
