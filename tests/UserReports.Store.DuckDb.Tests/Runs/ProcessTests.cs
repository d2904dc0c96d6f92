using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Runs;

/// <summary>What a process that ends leaves behind, of a store that only one process can have.</summary>
public sealed class ProcessTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly AccountRange First = new(1, 100);
    private static readonly AccountRange Second = new(101, 200);
    private static readonly IReadOnlyList<(AccountRange, long)> Both = [(First, 100), (Second, 100)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_RangesThatADeadProcessHadClaimed_AreFreeAtOnceAndNotSpent()
    {
        await using var store = TemporaryStore.Empty();
        var run = await store.Store.Runs.StartAsync(Both, Token);
        for (var crash = 0; crash < 4; crash++)
        {
            Assert.Equal(2, (await store.Store.Runs.ClaimAsync(run.Uid, "dead", 2, Lease, Token)).Count);
            await store.ReopenAsync();
        }

        Assert.False(await store.Store.Writer.CommitAsync(run.Uid, "dead", [Computed(store, First, 5)], Token));
        Assert.Equal(
            [new ClaimedRange(First, 100, 0), new ClaimedRange(Second, 100, 0)],
            await store.Store.Runs.ClaimAsync(run.Uid, "next", 2, Lease, Token)
        );
    }

    [Fact]
    public async Task Commit_StoppedHalfway_WritesNothingAndTheNextGoesOn()
    {
        await using var store = TemporaryStore.Empty();
        var run = await store.Store.Runs.StartAsync(Both, Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 2, Lease, Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var ranges = new StoppingRanges(Computed(store, First, 60), Computed(store, Second, 60), stop);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            store.Store.Writer.CommitAsync(run.Uid, "a", ranges, stop.Token)
        );

        Assert.Equal(0, (await store.Store.Runs.FindInProgressAsync(Token))!.RangesDone);
        Assert.True(
            await store.Store.Writer.CommitAsync(
                run.Uid,
                "a",
                [Computed(store, First, 60), Computed(store, Second, 5)],
                Token
            )
        );
        Assert.True(await store.Store.Writer.CompleteAsync(run.Uid, "a", Token));
        var page = await store.Store.Reader.FindAsync(Core.Query.ReportQuery.Everything, new(100), Token);
        Assert.Equal((65, 65), (page.Count, page.Documents.Count));
    }

    /// <summary>Two ranges; somebody stops the service when the second is about to be appended.</summary>
    private sealed class StoppingRanges(ComputedRange first, ComputedRange second, CancellationTokenSource stop)
        : IReadOnlyList<ComputedRange>
    {
        private int enumerations;

        public int Count => 2;

        public ComputedRange this[int index] => index == 0 ? first : second;

        public IEnumerator<ComputedRange> GetEnumerator()
        {
            // They are marked and counted before they are appended.
            var appending = ++enumerations == 3;
            yield return first;
            if (appending)
                stop.Cancel();
            yield return second;
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private static ComputedRange Computed(TemporaryStore store, AccountRange range, int rows)
    {
        var random = new Random((int)range.FirstId);
        return store.Store.Writer.Pack(
            range,
            rows,
            [.. Enumerable.Range(0, rows).Select(i => SampleReports.MakeOne(random, range.FirstId + i))]
        );
    }
}
