using Npgsql;
using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.ClickHouse.Tests;

/// <summary>The server of the ledger is away: what was read is read for a time, and nothing is written.</summary>
public sealed class LedgerAwayTests : IAsyncLifetime
{
    private readonly string database = $"ledger_{Guid.NewGuid():n}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Server =>
        Environment.GetEnvironmentVariable("USERREPORTS_TEST_POSTGRES")
        ?? throw new InvalidOperationException(
            "USERREPORTS_TEST_POSTGRES is not set: run ./test, which starts a server."
        );

    public async ValueTask InitializeAsync() => await ExecuteAsync($"create database {database} template template0");

    public async ValueTask DisposeAsync() => await ExecuteAsync($"drop database if exists {database} with (force)");

    [Fact]
    public async Task Find_LedgerIsAway_AnswersForATimeAndSaysHowOldThatIs()
    {
        var away = TimeSpan.FromSeconds(10);
        await using var store = await WithReportsAsync();
        Assert.Null((await FindAsync(store)).Snapshot.Unconfirmed);

        await StopAsync();
        store.Time.Advance(away);
        for (var i = 0; i < 3; i++)
        {
            var page = await FindAsync(store);
            Assert.Equal((2, 2, away), (page.Count, page.Documents.Count, page.Snapshot.Unconfirmed));
        }

        Assert.Equal(away, store.Store.Reader.Snapshot?.Unconfirmed);
        await using (var export = await store.Store.Reader.ExportAsync(ReportQuery.Everything, Token))
            Assert.Equal(2, await export.Chunks.Select(chunk => chunk.Count).SumAsync(Token));
        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            store.Store.Corrections.ReplaceAccountsAsync([1], [], Token)
        );

        store.Time.Advance(store.Settings.UnusedFor / 2);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => FindAsync(store));
    }

    [Fact]
    public async Task Find_LedgerIsBack_SeesWhatChangedMeanwhile()
    {
        await using var store = await WithReportsAsync();
        await using var other = await store.OpenSecondAsync();
        await StopAsync();
        Assert.NotNull((await FindAsync(store)).Snapshot.Unconfirmed);

        await ExecuteAsync($"alter database {database} with allow_connections true");
        await other.Corrections.ReplaceAccountsAsync([1], [], Token);
        ReportPage page;
        do
        {
            // One asks for all, in the background, once a second.
            store.Time.Advance(TimeSpan.FromSeconds(1.1));
            await Task.Delay(20, Token);
            page = await FindAsync(store);
        } while (page.Snapshot.Unconfirmed is not null);

        Assert.Equal(1, page.Count);
    }

    private Task StopAsync() =>
        ExecuteAsync(
            $"alter database {database} with allow_connections false; "
                + $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'"
        );

    private async Task<TemporaryStore> WithReportsAsync()
    {
        var workspace = new NpgsqlConnectionStringBuilder(Server) { Database = database }.ConnectionString;
        var store = await TemporaryStore.EmptyAsync(TestServer.One, workspace);
        await store.RunAsync([
            .. Enumerable.Range(1, 2).Select(id => SampleReports.MakeOne(new Random(id), id, $"user{id}")),
        ]);
        return store;
    }

    private static Task<ReportPage> FindAsync(TemporaryStore store) =>
        store.Store.Reader.FindAsync(ReportQuery.Everything, new(10), Token);

    private static async Task ExecuteAsync(string sql)
    {
        await using var server = NpgsqlDataSource.Create(Server);
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
