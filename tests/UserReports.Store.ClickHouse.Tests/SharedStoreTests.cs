using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.ClickHouse.Runs;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.ClickHouse.Tables;
using UserReports.Store.Contract;
using UserReports.Testing;

namespace UserReports.Store.ClickHouse.Tests;

/// <summary>Several processes on one store.</summary>
public sealed class SharedStoreTests() : SharedStoreSuite(TestServer.One);

/// <summary>Several processes on one store in a cluster.</summary>
[Trait("Category", "Long")]
public sealed class ClusterSharedStoreTests() : SharedStoreSuite(TestServer.Cluster);

/// <summary>What holds wherever the rows are.</summary>
public abstract class SharedStoreSuite
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private readonly TestServer where;

    private protected SharedStoreSuite(TestServer where) => this.where = where;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What it has written is there, and would be counted twice.</summary>
    [Fact]
    public async Task Complete_AWorkerLostItsRangeAfterWriting_ReadersNeverSeeItsRows()
    {
        await using var store = await TemporaryStore.EmptyAsync(where);
        var reports = SampleReports.Make(20);
        var run = await store.Store.Runs.StartAsync([(StoreUnderTest.Everyone, 20)], Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "frozen", 1, Lease, Token);
        using (var server = new ClickHouseServer(store.Settings))
        using (var batch = ReportBatch.Of(reports))
        {
            batch.Mark(17, 0);
            var name = run.Uid.ToString("N");
            var shape = await server.Cluster.ShapeAsync(Token);
            var tables = ReportTables.Building(name, store.Settings, shape);
            await RangeCommitter.WriteAsync(server, tables, name, [batch], Token);
        }

        store.Time.Advance(Lease);
        Assert.Single(await store.Store.Runs.ClaimAsync(run.Uid, "awake", 1, Lease, Token));
        Assert.False(
            await store.Store.Writer.CommitAsync(
                run.Uid,
                "frozen",
                [store.Store.Writer.Pack(StoreUnderTest.Everyone, 20, reports)],
                Token
            )
        );
        await store.Store.Writer.CommitAsync(
            run.Uid,
            "awake",
            [store.Store.Writer.Pack(StoreUnderTest.Everyone, 20, reports)],
            Token
        );
        Assert.True(await store.Store.Writer.CompleteAsync(run.Uid, "awake", Token));

        var page = await store.Store.Reader.FindAsync(ReportQuery.Everything, new(100), Token);
        Assert.Equal((20, 20), (page.Count, page.Documents.Count));
        Assert.Equal(20, page.Snapshot.Rows);
    }

    /// <summary>A worker that comes back after the switch has no table left.</summary>
    [Fact]
    public async Task Write_RunIsCompleted_FindsNoTable()
    {
        await using var store = await TemporaryStore.WithAsync(where, SampleReports.Make(3));
        var name = (await store.Store.Runs.ListAsync(Token))[0].Uid.ToString("N");
        using var server = new ClickHouseServer(store.Settings);
        using var batch = ReportBatch.Of(SampleReports.Make(5));

        var tables = ReportTables.Building(name, store.Settings, await server.Cluster.ShapeAsync(Token));

        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            RangeCommitter.WriteAsync(server, tables, name, [batch], Token)
        );

        Assert.Equal(3, (await store.Store.Reader.FindAsync(ReportQuery.Everything, new(10), Token)).Count);
    }

    [Fact]
    public async Task Find_AnotherProcessChangedAccountsAndCompletedARun_SeesBoth()
    {
        await using var store = await TemporaryStore.WithAsync(where, [Named(1, "one"), Named(2, "two")]);
        await using var other = await store.OpenSecondAsync();

        await other.Corrections.ReplaceAccountsAsync([2], [Named(2, "deux")], Token);
        Assert.Equal(["deux", "one"], await NamesAsync(store.Store));
        await store.RunAsync([Named(1, "uno")]);

        Assert.Equal(["uno"], await NamesAsync(other));
        Assert.Equal(store.Store.Reader.Snapshot, other.Reader.Snapshot);
    }

    /// <summary>None of the changes is lost or seen in half, whoever is in whose way.</summary>
    [Fact]
    public async Task ReplaceAccounts_TwoProcessesAtOnce_BothChangesArrive()
    {
        await using var store = await TemporaryStore.WithAsync(where, [Named(1, "a0"), Named(2, "b0")]);
        await using var other = await store.OpenSecondAsync();

        async Task ChangeAsync(ClickHouseStore by, long account, string letter)
        {
            for (var i = 1; i <= 5; i++)
                await by.Corrections.ReplaceAccountsAsync([account], [Named(account, $"{letter}{i}")], Token);
        }

        await Task.WhenAll(ChangeAsync(store.Store, 1, "a"), ChangeAsync(other, 2, "b"));

        Assert.Equal(["a5", "b5"], await NamesAsync(store.Store));
        var page = await store.Store.Reader.FindAsync(ReportQuery.Everything, new(10), Token);
        Assert.Equal((2, 2, 2), (page.Count, page.Snapshot.Rows, page.Snapshot.Changed));
    }

    /// <summary>A process that ends between writing a change and saying so has changed nothing.</summary>
    [Fact]
    public async Task ReplaceAccounts_OneBeforeWasNeverPublished_ItsRowsAreNotRead()
    {
        await using var store = await TemporaryStore.WithAsync(where, [Named(1, "one"), Named(2, "two")]);
        var ledger = store.Workspace.SharedLedger(ClickHouseStore.Layout);
        var generation = (await ledger.FindPublishedAsync(Token))!;
        var (left, _) = await ledger.BeginChangeAsync(generation.Name, Token);
        using (var server = new ClickHouseServer(store.Settings))
        using (var batch = ReportBatch.Of([Named(2, "half")]))
        {
            batch.Mark(0, left);
            var shape = await server.Cluster.ShapeAsync(Token);
            var tables = ReportTables.Complete(generation.Name, store.Settings, shape);
            await RangeCommitter.WriteAsync(server, tables, "change", [batch], Token);
            await server.ExecuteAsync(
                $"insert into {tables.Target(tables.Replaced)} values (2, {left}), (1, {left})",
                Token
            );
        }

        Assert.Equal(["one", "two"], await NamesAsync(store.Store));
        await store.Store.Corrections.ReplaceAccountsAsync([1], [Named(1, "uno")], Token);

        Assert.Equal(["two", "uno"], await NamesAsync(store.Store));
        Assert.False(await ledger.PublishChangeAsync(generation.Name, left, generation.Figures, Token));
    }

    [Fact]
    public async Task Start_GenerationWasUnusedForAnHour_DropsItsTables()
    {
        await using var store = await TemporaryStore.WithAsync(where, [Named(1, "one")]);
        await store.RunAsync([Named(1, "uno")]);
        Assert.Equal(2, await CountTablesAsync(store));

        store.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        var run = await store.Store.Runs.StartAsync([(StoreUnderTest.Everyone, 1)], Token);

        Assert.Equal(1, await CountTablesAsync(store));
        await store.Store.Runs.AbortAsync(run.Uid, "enough", Token);
        Assert.Equal(["uno"], await NamesAsync(store.Store));
    }

    private static async Task<long> CountTablesAsync(TemporaryStore store)
    {
        using var server = new ClickHouseServer(store.Settings);
        var count = await server.RowsAsync(
            new(
                "select toInt64(count()) from system.tables where database = currentDatabase() and name like 'reports%'",
                []
            ),
            row => row.GetInt64(0),
            Token
        );
        return count[0];
    }

    private static Report Named(long id, string username) => SampleReports.MakeOne(new Random((int)id), id, username);

    private static async Task<List<string?>> NamesAsync(ClickHouseStore store)
    {
        var page = await store.Reader.FindAsync(QueryCompiler.Compile("", "username").Query!, new(10), Token);
        return [.. page.Documents.Select(d => JsonElement.Parse(d.Span).GetProperty("username").GetString())];
    }
}
