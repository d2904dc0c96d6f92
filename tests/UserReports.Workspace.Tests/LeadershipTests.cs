using UserReports.Feed.Ledger;
using UserReports.Workspace.Leading;
using UserReports.Workspace.Secrets;

namespace UserReports.Workspace.Tests;

/// <summary>Of several nodes one leads, and whoever was frozen past its lease writes nothing.</summary>
public sealed class LeadershipTests
{
    private const string Feed = "platform feed";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>With a file there is one node.</summary>
    [Fact]
    public async Task Node_WithAFile_LeadsAtOnce()
    {
        await using var workspace = await TemporaryFile.MakeAsync();
        var leadership = workspace.Database.Leadership;
        using var stop = new CancellationTokenSource();
        var isStart = new TaskCompletionSource<bool>();
        var leading = leadership.LeadAsync(
            (start, token) =>
            {
                isStart.SetResult(start);
                return Task.Delay(Timeout.Infinite, token);
            },
            () => { },
            stop.Token
        );
        Assert.True(await isStart.Task.WaitAsync(Stop));
        Assert.Equal(new LeaderState("this node", null, true), await leadership.FindAsync(Stop));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leading);
    }

    /// <summary>The bounds that docs promise: a lease, a try, and what a frozen transaction may hold up.</summary>
    [Fact]
    public void Leader_ThatIsKilled_IsMissedForLessThanFifteenSeconds() =>
        Assert.InRange(
            Leadership.Duration + Leadership.TriedEvery + TimeSpan.FromSeconds(4),
            TimeSpan.Zero,
            TimeSpan.FromSeconds(15)
        );

    [Fact]
    public async Task Lease_OfALiveLeader_IsNobodyElses()
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        await using var one = workspace.Open("one");
        await using var two = workspace.Open("two");
        Assert.NotNull(await one.Leadership.TryTakeAsync(Stop));
        await workspace.ExecuteAsync("update lease set until_at = until_at + 3600000000");
        Assert.Null(await two.Leadership.TryTakeAsync(Stop));
        Assert.Equal("one", (await two.Leadership.FindAsync(Stop)).Node);
        Assert.Equal((true, false), (one.Leadership.IsLeading, two.Leadership.IsLeading));
        Assert.True((await one.Leadership.FindAsync(Stop)).IsThisNode);
        Assert.False((await two.Leadership.FindAsync(Stop)).IsThisNode);
    }

    /// <summary>Stopped without goodbye: the lease passes by the server's clock, and another goes on.</summary>
    [Fact]
    public async Task Leader_ThatIsGoneWithoutGoodbye_IsFollowedByAnother()
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        await using var one = workspace.Open("one");
        Assert.NotNull(await one.Leadership.TryTakeAsync(Stop));
        await one.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("7", 1, 2), Stop);

        await using var two = workspace.Open("two");
        using var stop = new CancellationTokenSource();
        var leads = new TaskCompletionSource<bool>();
        var leading = two.Leadership.LeadAsync(
            async (isStart, token) =>
            {
                await two.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("8", 3), token);
                leads.SetResult(isStart);
                await Task.Delay(Timeout.Infinite, token);
            },
            () => { },
            stop.Token
        );
        await workspace.ExecuteAsync("update lease set until_at = 0");
        while (!leads.Task.IsCompleted)
        {
            // As real time would; the node tries again each time.
            workspace.Time.Advance(Leadership.TriedEvery);
            await Task.WhenAny(leads.Task, Task.Delay(20, Stop));
        }

        Assert.Equal("two", (await two.Leadership.FindAsync(Stop)).Node);
        Assert.Equal("8", await two.Follow.FindPositionAsync(Feed, Stop));
        Assert.Equal(3, (await two.Follow.SummarizeAsync(Stop)).Count);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leading);
        // With goodbye nobody waits.
        await using var three = workspace.Open("three");
        Assert.NotNull(await three.Leadership.TryTakeAsync(Stop));
    }

    /// <summary>Rows of single accounts: what was read first must not be written last.</summary>
    [Fact]
    public async Task SoleWork_OfTwoNodes_IsDoneByOneAfterTheOther()
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        await using var one = workspace.Open("one");
        await using var two = workspace.Open("two");
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = new SoleWork(one, TimeProvider.System).DoAsync(
            "accounts",
            token =>
            {
                begun.SetResult();
                return goOn.Task.WaitAsync(token);
            },
            Stop
        );
        await begun.Task;
        var second = new SoleWork(two, TimeProvider.System).DoAsync(
            "accounts",
            _ => goOn.Task.IsCompleted ? Task.CompletedTask : throw new InvalidOperationException("Both at once."),
            Stop
        );
        Assert.NotSame(second, await Task.WhenAny(second, Task.Delay(100, Stop)));
        goOn.SetResult();
        await first;
        await second;
    }

    [Fact]
    public async Task SoleWork_WhoseLeaseIsLost_IsCancelled()
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        var begun = new TaskCompletionSource();
        var work = new SoleWork(workspace.Database, workspace.Time).DoAsync(
            "accounts",
            token =>
            {
                begun.SetResult();
                return Task.Delay(Timeout.Infinite, token);
            },
            Stop
        );
        await begun.Task;
        await workspace.ExecuteAsync("update lease set until_at = 0");
        while (!work.IsCompleted)
        {
            workspace.Time.Advance(Leadership.ProlongedEvery);
            await Task.WhenAny(work, Task.Delay(20, Stop));
        }

        var lost = await Assert.ThrowsAsync<LedgerException>(() => work);
        Assert.StartsWith("Another node does this now", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leader_FrozenPastItsLease_WritesNothing()
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        await using var frozen = workspace.Open("frozen");
        Assert.NotNull(await frozen.Leadership.TryTakeAsync(Stop));
        await frozen.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("1", 1), Stop);
        await frozen.Keys.AddAsync("kpi_asset", [new("1", 10, null)], Stop);
        var taken = await frozen.Follow.OldestAsync(10, WorkspaceUnderTest.Everything, Stop);
        await workspace.ExecuteAsync("update lease set until_at = 0");

        await RefusedAsync();
        await using var other = workspace.Open("other");
        Assert.NotNull(await other.Leadership.TryTakeAsync(Stop));
        await other.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("2", 1, 2), Stop);
        await RefusedAsync();

        Assert.Equal("2", await other.Follow.FindPositionAsync(Feed, Stop));
        Assert.Equal(2, (await other.Follow.SummarizeAsync(Stop)).Count);
        Assert.Empty(await other.Follow.RequestedRunsAsync(Stop));
        Assert.Null(await other.Follow.FindAccuracyAsync(Stop));
        Assert.Equal(10, (await other.Keys.FindAsync("kpi_asset", ["1"], Stop))["1"].Account);

        async Task RefusedAsync()
        {
            var accuracy = new PublishedAccuracy(WorkspaceUnderTest.Now, 1, 0, []);
            foreach (
                var write in (Func<Task>[])
                    [
                        () => frozen.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("9", 9), Stop),
                        () => frozen.Follow.ForgetAsync(Feed, "platform", "The slot is gone.", Stop),
                        () => frozen.Follow.StrikeOutAsync(taken, Stop),
                        () => frozen.Follow.LeaveToRunAsync("many", Stop),
                        () => frozen.Follow.ReadableAsync(WorkspaceUnderTest.Everything, Stop),
                        () => frozen.Follow.CompletedAsync(WorkspaceUnderTest.Now, Stop),
                        () => frozen.Follow.KeepAccuracyAsync(accuracy, Stop),
                        () => frozen.Keys.AddAsync("kpi_asset", [new("1", 99, null)], Stop),
                        () => frozen.Keys.RemoveAsync("kpi_asset", ["1"], Stop),
                        () => frozen.Keys.ForgetAsync("kpi_asset", Stop),
                    ]
            )
            {
                var refused = await Assert.ThrowsAsync<LedgerException>(write);
                Assert.Equal("This node does not lead any more, so nothing was written.", refused.Message);
            }
        }
    }

    /// <summary>What is done as its leader ends before the node leads anew: nothing of one term is taken for the
    /// next one's.</summary>
    [Fact]
    public async Task Leader_WhoseLeaseWasTaken_StopsItsWorkBeforeItLeadsAgain()
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        await using var one = workspace.Open("one");
        await using var other = workspace.Open("other");
        using var stop = new CancellationTokenSource();
        var began = new SemaphoreSlim(0);
        var terms = new List<bool>();
        var atWork = 0;
        var leading = one.Leadership.LeadAsync(
            async (isStart, token) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref atWork));
                terms.Add(isStart);
                began.Release();
                try
                {
                    await Task.Delay(Timeout.Infinite, token);
                }
                finally
                {
                    Interlocked.Decrement(ref atWork);
                }
            },
            () => { },
            stop.Token
        );
        await began.WaitAsync(Stop);
        await workspace.ExecuteAsync("update lease set until_at = 0");
        Assert.NotNull(await other.Leadership.TryTakeAsync(Stop));
        await workspace.ExecuteAsync("update lease set until_at = until_at + 3600000000");
        await PassAsync(() => !one.Leadership.IsLeading);
        Assert.Equal(0, atWork);
        Assert.Equal("other", (await one.Leadership.FindAsync(Stop)).Node);

        await workspace.ExecuteAsync("update lease set until_at = 0");
        await PassAsync(() => one.Leadership.IsLeading && began.CurrentCount > 0);
        Assert.Equal([true, false], terms);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leading);

        async Task PassAsync(Func<bool> isReached)
        {
            while (!isReached())
            {
                workspace.Time.Advance(TimeSpan.FromSeconds(0.5));
                await Task.Delay(20, Stop);
            }
        }
    }

    [Fact]
    public async Task Run_AskedForOnAnotherNode_ReachesTheLeader()
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        await using var one = workspace.Open("one");
        await using var other = workspace.Open("other");
        using var stop = new CancellationTokenSource();
        var began = new TaskCompletionSource();
        var asked = 0;
        var leading = one.Leadership.LeadAsync(
            (_, token) =>
            {
                began.TrySetResult();
                return Task.Delay(Timeout.Infinite, token);
            },
            () => Interlocked.Increment(ref asked),
            stop.Token
        );
        await began.Task.WaitAsync(Stop);
        await workspace.ExecuteAsync("update lease set until_at = until_at + 3600000000");
        await other.Leadership.AskForRunAsync(Stop);
        await other.Leadership.AskForRunAsync(Stop);
        while (Volatile.Read(ref asked) == 0)
        {
            workspace.Time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Delay(20, Stop);
        }

        for (var i = 0; i < 10; i++)
        {
            workspace.Time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Delay(20, Stop);
        }

        Assert.Equal(1, asked);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leading);
    }

    /// <summary>Of nodes that start at once one makes the first key; another's keys would be unknown to it for a
    /// day.</summary>
    [Fact]
    public async Task FirstKey_OfNodesThatStartAtOnce_IsMadeByOne()
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        var nodes = Enumerable.Range(0, 4).Select(i => workspace.Open($"node {i}")).ToList();
        var rings = await Task.WhenAll(
            nodes.Select(
                (node, i) =>
                    Task.Run(async () =>
                    {
                        var ring = new KeyRing(node);
                        var keys = await ring.AllAsync(Stop);
                        if (keys.Count == 0)
                            await ring.AddAsync($"key-{i}", $"<key id=\"{i}\" />", Stop);
                        return keys.Count == 0 ? await ring.AllAsync(Stop) : keys;
                    })
            )
        );
        Assert.All(rings, keys => Assert.Equal(rings[0], keys));
        Assert.Single(rings[0]);
        foreach (var node in nodes)
            await node.DisposeAsync();
    }
}
