using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Memory;
using UserReports.Store.DuckDb.Native;
using UserReports.Store.Sql;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Memory;

/// <summary>What is worked out in the background, and what becomes of questions where it is not.</summary>
public sealed class MemoryKeeperTests
{
    private static readonly ReportQuery ByEmail = QueryCompiler.Compile("", "-email").Query!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Order_InUse_IsThereForTheNextGenerationBeforeAnybodyAsks()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(50));
        var before = await AskTwiceAsync(store);

        await store.RunAsync(SampleReports.Make(40, seed: 2));

        Assert.NotSame(before, Memory(store));
        Assert.NotNull(Memory(store).Order(ByEmail.Ordering));
        Assert.Equal(40, Memory(store).Base.Count);
        Assert.Equal(40, (await store.Store.Reader.FindAsync(ByEmail, new(100), Token)).Documents.Count);
    }

    [Fact]
    public async Task Order_LargerThanAllMayBe_IsNotKeptAndPagesAreTheSame()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(50));
        var expected = await NamesAsync(store);
        store.OrderMegabytes = 0;
        await store.ReopenAsync();

        var memory = await AskTwiceAsync(store);

        Assert.True(memory.IsRefused(ByEmail.Ordering));
        Assert.Empty(memory.Orders);
        Assert.DoesNotContain(memory.Tracked, column => column.Taken is null);
        Assert.Equal(expected, await NamesAsync(store));
    }

    [Fact]
    public async Task Orders_MoreThanThereIsRoomFor_ThoseUsedLongestAgoMakeRoom()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(50));
        var memory = await AskTwiceAsync(store);
        var kept = memory.Order(ByEmail.Ordering)!;
        var other = QueryCompiler.Compile("", "last_login").Query!.Ordering;

        Assert.True(memory.TryKeep(other, new(other, kept.Order, 0), memory.OrderBytes));

        Assert.NotNull(memory.Order(other));
        Assert.Null(memory.Order(ByEmail.Ordering));
    }

    [Fact]
    public async Task Replace_WriteFails_NobodySeesItAndTheNextIsWhatItSays()
    {
        var reports = SampleReports.Make(50);
        await using var store = await TemporaryStore.WithAsync(reports);
        await AskTwiceAsync(store);
        var before = await NamesAsync(store);
        // Somebody else changes the same row: the transaction fails when all else is written.
        using (var use = store.Store.Generations.Current!.Connect(Token))
        {
            use.Database.Execute("begin transaction");
            use.Database.Execute("update generation set version = version + 100");
            await Assert.ThrowsAsync<StoreUnavailableException>(() =>
                store.Store.Corrections.ReplaceAccountsAsync([1, 2], [], Token)
            );
        }

        Assert.Null(store.Store.Generations.Current!.Memory);
        Assert.Equal(before, await NamesAsync(store));
        await store.Store.Corrections.ReplaceAccountsAsync([1], [], Token);
        await AskTwiceAsync(store);
        Assert.Equal(49, (await NamesAsync(store)).Count);
        Assert.Equal((49, 0), (store.Store.Reader.Snapshot!.Rows, store.Store.Reader.Snapshot.Changed));
    }

    [Fact]
    public async Task Replace_TheSameAccountsOverAndOver_KeepsNoMoreThanTheyAre()
    {
        var reports = SampleReports.Make(60);
        await using var store = await TemporaryStore.WithAsync(reports);
        (store.RewriteFrom, store.ChangesMax) = (20, 9);
        await store.ReopenAsync();
        await AskTwiceAsync(store);
        for (var i = 0; i < 30; i++)
        {
            await store.Store.Corrections.ReplaceAccountsAsync(
                [1, 2, 3],
                [.. SampleReports.Make(3, seed: 10 + i)],
                Token
            );
            Assert.Equal(60, (await store.Store.Reader.FindAsync(ByEmail, new(100), Token)).Documents.Count);
            Assert.InRange(Memory(store).Changes.Dead, 0, 23);
        }

        using (var use = store.Store.Generations.Current!.Connect(Token))
        {
            // Without the order of rows that a deletion leaves gaps in: those that were are gone from the file, too.
            Assert.InRange(use.Database.Scalar<long>("select max(rowid) from changed_reports"), 0, 30);
            Assert.Equal(3, use.Database.Scalar<long>("select count(*) from changed_reports"));
        }

        Assert.False(store.Store.Corrections.NeedsRun);
        await store.Store.Corrections.ReplaceAccountsAsync([4, 5], [], Token);
        Assert.False(store.Store.Corrections.NeedsRun);
        await store.Store.Corrections.ReplaceAccountsAsync([6, 7], [], Token);
        Assert.True(store.Store.Corrections.NeedsRun);
        await store.ReopenAsync();
        Assert.True(store.Store.Corrections.NeedsRun);
        Assert.Equal(56, (await store.Store.Reader.FindAsync(ByEmail, new(100), Token)).Documents.Count);
    }

    [Fact]
    public async Task NeedsRun_DocumentsGrewByMoreThanHalf_IsTrue()
    {
        var reports = SampleReports.Make(60);
        await using var store = await TemporaryStore.WithAsync(reports);
        store.GrowthBytesMax = 1;
        await store.ReopenAsync();
        long[] ids = [.. reports.Select(report => report.UserId)];

        await store.Store.Corrections.ReplaceAccountsAsync([1], [reports[0]], Token);
        Assert.False(store.Store.Corrections.NeedsRun);
        await store.Store.Corrections.ReplaceAccountsAsync(ids, reports, Token);
        Assert.True(store.Store.Corrections.NeedsRun);
    }

    [Fact]
    public async Task Find_ExactTextOfAnIndex_IsNeverRefusedForWhatAScanWouldCost()
    {
        var reports = SampleReports.Make(2000);
        await using var store = await TemporaryStore.WithAsync(reports);
        store.QueryTime = TimeSpan.FromMilliseconds(0.05);
        await store.ReopenAsync();
        var uid = reports.First(report => report.Account.Uid is not null).Account.Uid;
        var query = QueryCompiler.Compile($"user_uid:{uid}", "").Query!;
        await Assert.ThrowsAsync<QueryCostException>(() => store.Store.Reader.FindAsync(query, new(1), Token));
        store.Store.LoadMemory();
        await store.SettleAsync();

        Assert.Equal(1, (await store.Store.Reader.FindAsync(query, new(1), Token)).Count);
        var all = QueryCompiler.Compile("user_uid__contains:u", "").Query!;
        await Assert.ThrowsAsync<QueryCostException>(() => store.Store.Reader.FindAsync(all, new(1), Token));
    }

    [Fact]
    public async Task Read_StatementIsRefusedOrNobodyWantsItsRows_Says()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(5));
        using var use = store.Store.Generations.Current!.Connect(Token);

        var e = Assert.Throws<EngineRefusedException>(() =>
            VectorReader.Read(use.Database, new SqlStatement("select nothing from reports", []), _ => _ => { }, default)
        );
        Assert.Contains("nothing", e.Message, StringComparison.Ordinal);
        Assert.Throws<EngineRefusedException>(() =>
            VectorReader.Read(use.Database, new SqlStatement("select error('no')", []), _ => _ => { }, default)
        );
        Assert.ThrowsAny<OperationCanceledException>(() =>
            VectorReader.Read(
                use.Database,
                new SqlStatement("select user_id from reports", []),
                _ => _ => { },
                new(canceled: true)
            )
        );
    }

    private static async Task<GenerationMemory> AskTwiceAsync(TemporaryStore store)
    {
        for (var i = 0; i < 3; i++)
        {
            await store.Store.Reader.FindAsync(ByEmail, new(1), Token);
            await store.SettleAsync();
        }

        return Memory(store);
    }

    private static GenerationMemory Memory(TemporaryStore store) =>
        store.Store.Generations.Current!.Memory ?? throw new InvalidOperationException("Nothing is in memory.");

    private static async Task<List<string?>> NamesAsync(TemporaryStore store) =>
        [
            .. (await store.Store.Reader.FindAsync(ByEmail, new(100), Token)).Documents.Select(document =>
                JsonElement.Parse(document.Span).GetProperty("username").GetString()
            ),
        ];
}
