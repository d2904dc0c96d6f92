using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.Contract.Runs;

/// <summary>Runs, their ranges, and the leases that fence workers off from each other.</summary>
public abstract class RunContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly AccountRange First = new(1, 100);
    private static readonly AccountRange Second = new(101, 200);
    private static readonly IReadOnlyList<(AccountRange, long)> Both = [(First, 100), (Second, 100)];

    [Fact]
    public async Task Start_WhileARunIsInProgress_ReturnsThatRun()
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync(Both, Token);

        var again = await store.Store.Runs.StartAsync([(First, 1)], Token);

        Assert.Equal(run.Uid, again.Uid);
        Assert.Equal((200, 2, RunStatus.InProgress), (again.AccountsTotal, again.RangesTotal, again.Status));
    }

    /// <summary>Whoever saw a run that then ended must not begin another one, of no ranges.</summary>
    [Fact]
    public async Task Resume_NoRunIsInProgress_BeginsNone()
    {
        await using var store = await EmptyAsync();
        Assert.Null(await store.Store.Runs.ResumeAsync(Token));
        var run = await store.Store.Runs.StartAsync(Both, Token);
        Assert.Equal(run.Uid, (await store.Store.Runs.ResumeAsync(Token))?.Uid);

        await store.Store.Runs.AbortAsync(run.Uid, "enough", Token);

        Assert.Null(await store.Store.Runs.ResumeAsync(Token));
        Assert.Equal(RunStatus.Aborted, Assert.Single(await store.Store.Runs.ListAsync(Token)).Status);
    }

    [Fact]
    public async Task Find_WhileTheRunIsCompleted_FindsItAllTheWhile()
    {
        await using var store = await EmptyAsync();
        for (var pass = 0; pass < 5; pass++)
        {
            var run = await store.Store.Runs.StartAsync([(First, 0)], Token);
            await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);
            using var nobody = store.Store.Writer.Pack(First, 0, []).Reports;
            Assert.True(await store.Store.Writer.CommitAsync(run.Uid, "a", [new(First, 0, nobody, [])], Token));

            var completed = Task.Run(() => store.Store.Writer.CompleteAsync(run.Uid, "a", Token), Token);
            Run? found;
            do
            {
                found = await store.Store.Runs.FindAsync(run.Uid, Token);
                Assert.NotNull(found);
            } while (found.Status != RunStatus.Completed);

            Assert.True(await completed);
            Assert.Equal(pass + 1, (await store.Store.Runs.ListAsync(Token)).Count);
        }
    }

    [Fact]
    public async Task Claim_TwoWorkers_NeverGetTheSameRange()
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync(Both, Token);

        var a = await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);
        var b = await store.Store.Runs.ClaimAsync(run.Uid, "b", 5, Lease, Token);
        var c = await store.Store.Runs.ClaimAsync(run.Uid, "c", 5, Lease, Token);

        Assert.Equal([new ClaimedRange(First, 100, 0)], a);
        Assert.Equal([new ClaimedRange(Second, 100, 0)], b);
        Assert.Empty(c);
    }

    [Fact]
    public async Task Claim_LeaseHasPassed_TakesTheRangeOver()
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync([(First, 100)], Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "paused", 1, Lease, Token);

        store.Time.Advance(Lease);
        var taken = await store.Store.Runs.ClaimAsync(run.Uid, "awake", 1, Lease, Token);

        Assert.Equal([new ClaimedRange(First, 100, 0)], taken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_LeaseHasPassed_WritesNothing(bool takenOver)
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync([(First, 100)], Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "paused", 1, Lease, Token);
        store.Time.Advance(Lease);
        if (takenOver)
            await store.Store.Runs.ClaimAsync(run.Uid, "awake", 1, Lease, Token);

        Assert.False(await store.Store.Writer.CommitAsync(run.Uid, "paused", [Computed(store, First, 5)], Token));
        Assert.False(await store.Store.Runs.HeartbeatAsync(run.Uid, "paused", Lease, Token));
        Assert.False(await store.Store.Runs.FailAsync(run.Uid, "paused", First, "late", Token));

        var seen = (await store.Store.Runs.FindInProgressAsync(Token))!;
        Assert.Equal((0, 0, 0, null), (seen.AccountsDone, seen.RowsWritten, seen.RangesDone, seen.LastError));
    }

    [Fact]
    public async Task Commit_OneOfSeveralRangesIsLost_WritesNoneOfThem()
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync(Both, Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "b", 1, Lease, Token);

        Assert.False(
            await store.Store.Writer.CommitAsync(
                run.Uid,
                "a",
                [Computed(store, First, 5), Computed(store, Second, 5)],
                Token
            )
        );
        Assert.Equal(0, (await store.Store.Runs.FindInProgressAsync(Token))!.RangesDone);

        Assert.True(await store.Store.Writer.CommitAsync(run.Uid, "a", [Computed(store, First, 5)], Token));
        Assert.True(await store.Store.Writer.CommitAsync(run.Uid, "b", [Computed(store, Second, 7)], Token));
        Assert.True(await store.Store.Writer.CompleteAsync(run.Uid, "b", Token));
        Assert.Equal(12, store.Store.Reader.Snapshot!.Rows);
        var page = await store.Store.Reader.FindAsync(Core.Query.ReportQuery.Everything, new(100), Token);
        Assert.Equal((12, 12), (page.Count, page.Documents.Count));
    }

    [Fact]
    public async Task Commit_SameRangeTwice_CountsOnce()
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync([(First, 100)], Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);

        Assert.True(await store.Store.Writer.CommitAsync(run.Uid, "a", [Computed(store, First, 5)], Token));
        Assert.False(await store.Store.Writer.CommitAsync(run.Uid, "a", [Computed(store, First, 5)], Token));

        Assert.Equal(5, (await store.Store.Runs.FindInProgressAsync(Token))!.RowsWritten);
    }

    [Fact]
    public async Task Commit_ManyWorkersAtOnce_EachRangeIsCommittedOnce()
    {
        await using var store = await EmptyAsync();
        var ranges = Enumerable.Range(0, 24).Select(i => (new AccountRange((i * 10) + 1, (i + 1) * 10), 10L)).ToList();
        var run = await store.Store.Runs.StartAsync(ranges, Token);

        var commits = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(worker =>
                    Task.Run(async () =>
                    {
                        var done = 0;
                        var name = $"worker-{worker}";
                        while (await store.Store.Runs.ClaimAsync(run.Uid, name, 2, Lease, Token) is { Count: > 0 } mine)
                        {
                            Assert.True(
                                await store.Store.Writer.CommitAsync(
                                    run.Uid,
                                    name,
                                    [.. mine.Select(m => Computed(store, m.Range, 10))],
                                    Token
                                )
                            );
                            done += mine.Count;
                        }

                        return done;
                    })
                )
        );

        Assert.Equal(24, commits.Sum());
        Assert.True(await store.Store.Writer.CompleteAsync(run.Uid, "worker-0", Token));
        Assert.Equal(240, store.Store.Reader.Snapshot!.Rows);
    }

    [Fact]
    public async Task Heartbeat_BeforeTheLeasePasses_ProlongsIt()
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync([(First, 100)], Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);

        store.Time.Advance(Lease * 0.9);
        Assert.True(await store.Store.Runs.HeartbeatAsync(run.Uid, "a", Lease, Token));
        store.Time.Advance(Lease * 0.9);

        Assert.Empty(await store.Store.Runs.ClaimAsync(run.Uid, "b", 1, Lease, Token));
        Assert.True(await store.Store.Writer.CommitAsync(run.Uid, "a", [Computed(store, First, 5)], Token));
    }

    [Fact]
    public async Task Fail_OwnedRange_IsPendingAgainAndItsErrorIsTheRuns()
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync([(First, 100)], Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);

        Assert.True(await store.Store.Runs.FailAsync(run.Uid, "a", First, "the source hung up", Token));

        Assert.Equal("the source hung up", (await store.Store.Runs.FindInProgressAsync(Token))!.LastError);
        Assert.Equal(
            [new ClaimedRange(First, 100, 1)],
            await store.Store.Runs.ClaimAsync(run.Uid, "b", 1, Lease, Token)
        );
    }

    [Fact]
    public async Task Release_OwnedRanges_ArePendingAsIfNeverTried()
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync([(First, 100)], Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);

        await store.Store.Runs.ReleaseAsync(run.Uid, "a", Token);

        Assert.Equal(
            [new ClaimedRange(First, 100, 0)],
            await store.Store.Runs.ClaimAsync(run.Uid, "b", 1, Lease, Token)
        );
    }

    [Fact]
    public async Task Complete_RangesAreMissing_IsRefused()
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync(Both, Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);
        await store.Store.Writer.CommitAsync(run.Uid, "a", [Computed(store, First, 5)], Token);

        Assert.False(await store.Store.Writer.CompleteAsync(run.Uid, "a", Token));
        Assert.Null(store.Store.Reader.Snapshot);
    }

    [Fact]
    public async Task Run_StoreIsReopened_GoesOnWithTheMissingRanges()
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync(Both, Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);
        await store.Store.Writer.CommitAsync(run.Uid, "a", [Computed(store, First, 5)], Token);

        await store.ReopenAsync();

        var seen = (await store.Store.Runs.FindInProgressAsync(Token))!;
        Assert.Equal((run.Uid, 1, 5), (seen.Uid, seen.RangesDone, seen.RowsWritten));
        Assert.Equal(
            [new ClaimedRange(Second, 100, 0)],
            await store.Store.Runs.ClaimAsync(run.Uid, "b", 5, Lease, Token)
        );
        Assert.True(await store.Store.Writer.CommitAsync(run.Uid, "b", [Computed(store, Second, 7)], Token));
        Assert.True(await store.Store.Writer.CompleteAsync(run.Uid, "b", Token));
        Assert.Equal(12, store.Store.Reader.Snapshot!.Rows);
    }

    [Fact]
    public async Task Abort_RunInProgress_LeavesReadersAndHistory()
    {
        await using var store = await WithAsync(SampleReports.Make(3));
        var version = store.Store.Reader.Snapshot!.Version;
        var run = await store.Store.Runs.StartAsync(Both, Token);

        await store.Store.Runs.AbortAsync(run.Uid, "not wanted", Token);

        Assert.Null(await store.Store.Runs.FindInProgressAsync(Token));
        Assert.Equal(version, store.Store.Reader.Snapshot!.Version);
        var aborted = (await store.Store.Runs.FindAsync(run.Uid, Token))!;
        Assert.Equal((RunStatus.Aborted, "not wanted"), (aborted.Status, aborted.LastError));
        Assert.False(await store.Store.Runs.HeartbeatAsync(run.Uid, "a", Lease, Token));
    }

    [Fact]
    public async Task Warnings_SameTwiceAndTooMany_CountEachOnceAndKeepAThousand()
    {
        await using var store = await EmptyAsync();
        var run = await store.Store.Runs.StartAsync(Both, Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 2, Lease, Token);
        DataWarning[] same = [new("product 1", "a word"), new("product 1", "a word")];
        var many = Enumerable.Range(0, Run.WarningsMax).Select(i => new DataWarning($"user {i}", "odd")).ToList();

        await store.Store.Writer.CommitAsync(run.Uid, "a", [Computed(store, First, 1) with { Warnings = same }], Token);
        await store.Store.Writer.CommitAsync(
            run.Uid,
            "a",
            [Computed(store, Second, 1) with { Warnings = [.. same, .. many] }],
            Token
        );
        await store.Store.Writer.CompleteAsync(run.Uid, "a", Token);

        var seen = (await store.Store.Runs.FindAsync(run.Uid, Token))!;
        Assert.Equal(Run.WarningsMax + 1, seen.WarningCount);
        Assert.Equal(Run.WarningsMax, seen.Warnings.Count);
        Assert.Equal(new("product 1", "a word"), seen.Warnings[0]);
    }

    [Fact]
    public async Task List_OldRuns_ArePrunedAfter30DaysButTheLast10Stay()
    {
        await using var store = await EmptyAsync();
        for (var i = 0; i < 12; i++)
            await store.RunAsync([]);
        Assert.Equal(12, (await store.Store.Runs.ListAsync(Token)).Count);

        store.Time.Advance(TimeSpan.FromDays(31));
        var last = await store.RunAsync([]);

        var runs = await store.Store.Runs.ListAsync(Token);
        Assert.Equal(10, runs.Count);
        Assert.Equal(last.Uid, runs[0].Uid);
    }

    private static ComputedRange Computed(StoreUnderTest store, AccountRange range, int rows)
    {
        var random = new Random((int)range.FirstId);
        return store.Store.Writer.Pack(
            range,
            rows,
            [.. Enumerable.Range(0, rows).Select(i => SampleReports.MakeOne(random, range.FirstId + i))]
        );
    }
}
