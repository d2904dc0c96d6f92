using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Generations;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Generations;

/// <summary>A database that is distrusted is opened anew only when nobody uses it, whoever that is.</summary>
public sealed class GenerationUseTests
{
    private static readonly AccountRange First = new(0, 100);
    private static readonly AccountRange Second = new(101, long.MaxValue);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claim_FailsForMemoryWhileACommitIsUnderWay_TheCommitKeepsItsDatabaseAndItsDocuments()
    {
        await using var store = TemporaryStore.Empty();
        var run = await store.Store.Runs.StartAsync([(First, 100), (Second, 100)], Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);
        using var ranges = new HeldRanges(store.Store.Writer.Pack(First, 60, SampleReports.Make(60)), atEnumeration: 3);
        var commit = Task.Run(() => store.Store.Writer.CommitAsync(run.Uid, "a", ranges, Token), Token);
        await ranges.Reached;

        // The commit has begun to append; now somebody else asks for more memory than there is.
        using (var use = store.Store.Generations.Building!.Connect(Token))
        {
            Starve(use);
            await Assert.ThrowsAsync<StoreUnavailableException>(() =>
                store.Store.Runs.ClaimAsync(run.Uid, "b", 1, Lease, Token)
            );
            use.Database.Execute("set memory_limit = '128MB'");
        }

        // And a failure of a kind after which the database is distrusted.
        store.Store.Generations.Building!.Suspect();
        var next = Task.Run(() => store.Store.Runs.ClaimAsync(run.Uid, "b", 1, Lease, Token), Token);
        Assert.False(next.IsCompleted);
        ranges.LetGo();

        Assert.True(await commit);
        Assert.Equal(Second, Assert.Single(await next).Range);
        Assert.Equal(1, (await store.Store.Runs.FindInProgressAsync(Token))!.RangesDone);
        Assert.True(
            await store.Store.Writer.CommitAsync(run.Uid, "b", [store.Store.Writer.Pack(Second, 0, [])], Token)
        );
        Assert.True(await store.Store.Writer.CompleteAsync(run.Uid, "b", Token));
        var page = await store.Store.Reader.FindAsync(ReportQuery.Everything, new(100), Token);
        Assert.Equal((60, 60), (page.Count, page.Documents.Count));
    }

    [Fact]
    public async Task Connect_DatabaseIsDistrustedAndInUse_WaitsForTheLastUse()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(3));
        var generation = store.Store.Generations.Current!;
        var first = generation.Connect(Token);
        var second = generation.Connect(Token);
        generation.Suspect();

        var waiting = Task.Run(() => generation.Connect(Token), Token);
        first.Dispose();
        Assert.Equal(3, second.Database.Scalar<long>("select count(*) from reports"));
        Assert.False(waiting.IsCompleted);
        second.Dispose();

        using var use = await waiting;
        Assert.Equal(3, use.Database.Scalar<long>("select count(*) from reports"));
    }

    [Fact]
    public async Task Connect_CancelledWhileItWaits_Ends()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(3));
        using var use = store.Store.Generations.Current!.Connect(Token);
        store.Store.Generations.Current!.Suspect();
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var waiting = Task.Run(() => store.Store.Generations.Current!.Connect(cancelled.Token), Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Abort_WhileTheRunIsUsed_RemovesItsFilesWhenTheLastHasLeft()
    {
        await using var store = TemporaryStore.Empty();
        var run = await store.Store.Runs.StartAsync([(First, 100)], Token);
        var file = store.Store.Generations.Building!.DatabasePath;
        using (var use = store.Store.Generations.Building!.Connect(Token))
        {
            await store.Store.Runs.AbortAsync(run.Uid, "enough", Token);
            Assert.Equal(1, use.Database.Scalar<long>("select count(*) from snapshot_range"));
            Assert.True(File.Exists(file));
        }

        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Poll_FailsAgainAndAgain_IsNoFailedWriteAndTheRunGoesOn()
    {
        await using var store = TemporaryStore.Empty();
        var run = await store.Store.Runs.StartAsync([(First, 100)], Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);
        using (var use = store.Store.Generations.Building!.Connect(Token))
            use.Database.Execute("alter table snapshot_warning rename to away");
        for (var i = 0; i < 5; i++)
            await Assert.ThrowsAsync<StatementRefusedException>(() => store.Store.Runs.FindInProgressAsync(Token));
        using (var use = store.Store.Generations.Building!.Connect(Token))
            use.Database.Execute("alter table away rename to snapshot_warning");

        Assert.Equal(run.Uid, (await store.Store.Runs.FindInProgressAsync(Token))!.Uid);
        Assert.True(await store.Store.Writer.CommitAsync(run.Uid, "a", [store.Store.Writer.Pack(First, 0, [])], Token));
    }

    /// <summary>Leaves the database next to nothing to allocate from.</summary>
    private static void Starve(GenerationUse use)
    {
        for (var kilobytes = 64; ; kilobytes += 64)
        {
            try
            {
                use.Database.Execute($"set memory_limit = '{kilobytes}KB'");
                return;
            }
            catch (DuckDB.NET.Data.DuckDBException e) when (StoreFault.Of(e) is { Kind: FaultKind.Memory })
            {
                // More than that is in use.
            }
        }
    }

    /// <summary>One range; whoever enumerates it for a certain time waits until he is let go.</summary>
    private sealed class HeldRanges(ComputedRange range, int atEnumeration) : IReadOnlyList<ComputedRange>, IDisposable
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim held = new(0);
        private int enumerations;

        public Task Reached => reached.Task;

        public int Count => 1;

        public ComputedRange this[int index] => range;

        public void LetGo() => held.Release();

        public IEnumerator<ComputedRange> GetEnumerator()
        {
            var isHeld = ++enumerations == atEnumeration;
            yield return range;
            if (!isHeld)
                yield break;
            reached.SetResult();
            held.Wait(TestContext.Current.CancellationToken);
        }

        public void Dispose() => held.Dispose();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
