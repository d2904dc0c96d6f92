using Npgsql;
using UserReports.Refresh;
using UserReports.Refresh.Tests;
using UserReports.Sources;
using UserReports.Sources.Generating;
using UserReports.Store;

namespace UserReports.EndToEnd.Tests.Failures;

/// <summary>Sources that drop connections, hang and refuse, on real PostgreSQL: no row is lost or wrong.</summary>
[Trait("Category", "Slow")]
public sealed class SourceFailureTests
{
    private const int Accounts = 2_000;

    private static readonly RefreshSettings Pass = new()
    {
        AccountsPerRange = 100,
        CommitRows = 300,
        Workers = 4,
        Backoff = TimeSpan.FromMilliseconds(20),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pass_ConnectionsAreCutAndStalledAtRandom_EndsWithEveryRowRight()
    {
        await using var databases = await GeneratedAsync();
        await using var platform = new FlakyProxy(databases.Platform, seed: 5) { CutWithin = 60_000, Stalls = 1 };
        await using var usage = new FlakyProxy(databases.Usage, seed: 6) { CutWithin = 20_000, Stalls = 1 };
        var log = new RecordedLog<RefreshEngine>();
        await using var service = new ServiceUnderTest(
            databases,
            new(platform.ConnectionString, usage.ConnectionString) { StatementTimeout = TimeSpan.FromSeconds(2) },
            Pass,
            log
        );

        await RefreshUntilDoneAsync(
            service,
            () =>
            {
                // So that it ends at some time, however unlucky.
                platform.CutWithin += 20_000;
                usage.CutWithin += 5_000;
            }
        );

        Assert.InRange(platform.Cuts, 5, int.MaxValue);
        Assert.InRange(usage.Cuts, 1, int.MaxValue);
        Assert.Contains(log.Lines, line => line.Contains("cannot be reached", StringComparison.Ordinal));
        await AssertUndisturbedAsync(databases, service);
    }

    [Fact]
    public async Task Pass_ServerEndsItsSessionsAtRandom_EndsWithEveryRowRight()
    {
        await using var databases = await GeneratedAsync();
        await using var service = new ServiceUnderTest(databases, pass: Pass);
        var random = new Random(7);
        var ended = 0;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var ending = Task.Run(
            async () =>
            {
                while (!over.IsCancellationRequested && ended < 30)
                {
                    ended += await EndSessionsAsync(databases);
                    await Task.Delay(random.Next(120), CancellationToken.None);
                }
            },
            Token
        );

        await RefreshUntilDoneAsync(service, () => { });
        await over.CancelAsync();
        await ending;

        Assert.InRange(ended, 1, int.MaxValue);
        await AssertUndisturbedAsync(databases, service);
    }

    [Fact]
    public async Task Pass_ServerRestarts_GoesOnWhereItWas()
    {
        await using var databases = await GeneratedAsync();
        await using var platform = new FlakyProxy(databases.Platform, seed: 1);
        await using var service = new ServiceUnderTest(
            databases,
            new(platform.ConnectionString, databases.Usage),
            Pass
        );
        await service.RefreshAsync(Token);
        var before = await service.TextsAsync(Token);

        platform.Refuses = true;
        platform.CutAll();
        var e = await Assert.ThrowsAsync<SourceException>(() => service.TryRefreshAsync(Token));
        Assert.Contains("cannot be reached", e.Message, StringComparison.Ordinal);
        Assert.True(e.IsTransient);
        Assert.Equal(before, await service.TextsAsync(Token));

        platform.Refuses = false;
        await RefreshUntilDoneAsync(service, () => { });
        Assert.Equal(before, await service.TextsAsync(Token));
    }

    [Fact]
    public async Task Pass_SourceHangsPastTheStatementTimeout_SaysSoServesTheLastPassAndGoesOn()
    {
        await using var databases = await GeneratedAsync();
        var sources = new SourceSettings(databases.Platform, databases.Usage)
        {
            StatementTimeout = TimeSpan.FromSeconds(1),
        };
        await using var service = new ServiceUnderTest(
            databases,
            sources,
            Pass with
            {
                AccountsPerRange = 1_000,
                CommitRows = 1,
            }
        );
        await service.RefreshAsync(Token);
        var before = await service.TextsAsync(Token);

        Run run;
        await using (await LockAsync(databases.Usage, "main_userprofile"))
        {
            var outcome = await service.TryRefreshAsync(Token);
            run = outcome.Run;
            Assert.False(outcome.IsCompleted);
            Assert.Equal(2, outcome.Missing.Count);
            Assert.EndsWith("did not answer within the statement timeout.", run.LastError, StringComparison.Ordinal);
            Assert.Equal(before, await service.TextsAsync(Token));
        }

        var resumed = await service.TryRefreshAsync(Token);
        Assert.Equal((run.Uid, true), (resumed.Run.Uid, resumed.IsCompleted));
        Assert.Equal(before, await service.TextsAsync(Token));
    }

    [Fact]
    public async Task Pass_TakesEveryConnectionItMay_LeavesOneToThoseWhoSignIn()
    {
        await using var databases = await GeneratedAsync();
        await using var service = new ServiceUnderTest(
            databases,
            new(Pooled(databases.Platform), Pooled(databases.Usage)),
            Pass with
            {
                Workers = 16,
            }
        );
        Task<RefreshOutcome> pass;
        await using (await LockAsync(databases.Platform, "kpi_asset"))
        {
            pass = service.TryRefreshAsync(Token);
            while (await ConnectionsAsync(databases.Platform) < 3)
                await Task.Delay(10, Token);

            var names = await Task.WhenAll(
                Enumerable.Range(1, 20).Select(id => service.Identities.FindByIdAsync(id, Token))
            );
            Assert.All(names, Assert.NotNull);
            Assert.Equal(4, await ConnectionsAsync(databases.Platform));
        }

        // All the while that it works, too.
        var most = 0L;
        while (!pass.IsCompleted)
        {
            most = Math.Max(most, await ConnectionsAsync(databases.Platform));
            most = Math.Max(most, await ConnectionsAsync(databases.Usage));
            await service.Identities.FindByIdAsync(1, Token);
        }

        Assert.True((await pass).IsCompleted);
        Assert.InRange(most, 1, 4);
    }

    private static async Task<PlatformDatabases> GeneratedAsync()
    {
        var databases = await PlatformDatabases.CreateAsync(Token);
        await SourceGenerator.GenerateAsync(
            databases.Platform,
            databases.Usage,
            new(Accounts, ServiceUnderTest.Start),
            progress: null,
            Token
        );
        return databases;
    }

    private static async Task RefreshUntilDoneAsync(ServiceUnderTest service, Action failed)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            try
            {
                if ((await service.TryRefreshAsync(Token)).IsCompleted)
                    return;
            }
            catch (SourceException)
            {
                // Before there was a run: the schedule would try again just so.
            }

            failed();
        }

        Assert.Fail("The run never ended.");
    }

    private static async Task AssertUndisturbedAsync(PlatformDatabases databases, ServiceUnderTest disturbed)
    {
        await using var undisturbed = new ServiceUnderTest(databases);
        await undisturbed.RefreshAsync(Token);
        Assert.Equal(await undisturbed.TextsAsync(Token), await disturbed.TextsAsync(Token));
    }

    /// <summary>Holds a table until disposed, as a migration of the platform would.</summary>
    private static async Task<NpgsqlConnection> LockAsync(string database, string table)
    {
        var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand($"begin; lock table {table} in access exclusive mode", connection);
        await command.ExecuteNonQueryAsync(Token);
        return connection;
    }

    private static async Task<int> EndSessionsAsync(PlatformDatabases databases)
    {
        var ended = 0L;
        foreach (var database in new[] { databases.Platform, databases.Usage })
        {
            ended += await ScalarAsync(
                database,
                $"select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity where {OurSessions}) e"
            );
        }

        return (int)ended;
    }

    private const string OurSessions = "application_name = 'user-reports' and datname = current_database()";

    /// <summary>Connections that are kept count, too.</summary>
    private static string Pooled(string database) =>
        new NpgsqlConnectionStringBuilder(database) { Pooling = true }.ConnectionString;

    private static Task<long> ConnectionsAsync(string database) =>
        ScalarAsync(database, $"select count(*) from pg_stat_activity where {OurSessions}");

    private static async Task<long> ScalarAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }
}
