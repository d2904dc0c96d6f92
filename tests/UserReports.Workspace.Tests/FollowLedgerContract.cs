using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Tests;

public abstract class FollowLedgerContract<TMaker> : WorkspaceContract<TMaker>
    where TMaker : IWorkspaceMaker
{
    private const string Feed = "platform poll";

    [Fact]
    public async Task Write_Batch_IsThereAfterReopening()
    {
        await using var workspace = await EmptyAsync();
        Assert.Null(await workspace.Follow.FindPositionAsync(Feed, default));
        var batch = WorkspaceUnderTest.Batch("7", 3, 1) with { Owners = [5], Organizations = ["orgA"] };
        await workspace.Follow.WriteAsync(Feed, "platform", batch, default);
        await workspace.ReopenAsync();
        Assert.Equal("7", await workspace.Follow.FindPositionAsync(Feed, default));
        Assert.Equal(
            ["Account 1", "Account 3", "Organization orgA", "Owner 5"],
            (await workspace.DirtyAsync()).Order(StringComparer.Ordinal)
        );
        Assert.Equal(4, (await workspace.Follow.SummarizeAsync(default)).Count);
    }

    [Fact]
    public async Task StrikeOut_ToldAgainMeanwhile_Stays()
    {
        await using var workspace = await EmptyAsync();
        await workspace.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("1", 1, 2), default);
        var taken = await workspace.Follow.OldestAsync(10, WorkspaceUnderTest.Everything, default);
        var later = WorkspaceUnderTest.Batch("2", 2) with { SeenUpTo = WorkspaceUnderTest.Now.AddSeconds(9) };
        await workspace.Follow.WriteAsync(Feed, "platform", later, default);
        await workspace.Follow.StrikeOutAsync(taken, default);
        Assert.Equal(["Account 2"], await workspace.DirtyAsync());
        Assert.Equal(later.SeenUpTo, (await workspace.Follow.SummarizeAsync(default)).FirstCommits["platform"]);
    }

    [Fact]
    public async Task StrikeOut_AfterEverythingWasDroppedAndToldAnew_LeavesTheNewEntry()
    {
        await using var workspace = await EmptyAsync();
        await workspace.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("1", 1), default);
        var taken = await workspace.Follow.OldestAsync(10, WorkspaceUnderTest.Everything, default);
        await workspace.Follow.LeaveToRunAsync("many", default);
        await workspace.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("2", 1), default);
        await workspace.Follow.StrikeOutAsync(taken, default);
        Assert.Equal(["Account 1"], await workspace.DirtyAsync());
    }

    [Fact]
    public async Task Oldest_ToldAgain_KeepsItsPlaceInTheLine()
    {
        await using var workspace = await EmptyAsync();
        await workspace.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("1", 1), default);
        await workspace.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("2", 2), default);
        await workspace.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("3", 1), default);
        var oldest = await workspace.Follow.OldestAsync(1, WorkspaceUnderTest.Everything, default);
        Assert.Equal("1", Assert.Single(oldest).Name);
    }

    [Fact]
    public async Task Oldest_ReplicaBehind_LeavesWhatItDoesNotShow()
    {
        await using var workspace = await EmptyAsync();
        await workspace.Follow.WriteAsync(
            "usage feed",
            "usage",
            WorkspaceUnderTest.Batch("1", 1) with
            {
                Lsn = 100,
            },
            default
        );
        await workspace.Follow.WriteAsync(
            "platform feed",
            "platform",
            WorkspaceUnderTest.Batch("1", 2) with
            {
                Lsn = 100,
            },
            default
        );

        async Task<IEnumerable<string>> ReadableAsync(ulong usage) =>
            (
                await workspace.Follow.OldestAsync(10, new Dictionary<string, ulong> { ["usage"] = usage }, default)
            ).Select(entry => entry.Name);

        Assert.Equal(["2"], await ReadableAsync(99));
        Assert.Equal(["1", "2"], await ReadableAsync(100));
    }

    [Fact]
    public async Task Oldest_ToldByBothDatabases_WaitsForEachByItself()
    {
        await using var workspace = await EmptyAsync();
        var batch = WorkspaceUnderTest.Batch("1", 1) with { Lsn = 50 };
        await workspace.Follow.WriteAsync("usage feed", "usage", batch, default);
        await workspace.Follow.WriteAsync("platform feed", "platform", batch, default);
        var taken = await workspace.Follow.OldestAsync(
            10,
            new Dictionary<string, ulong> { ["usage"] = 60, ["platform"] = 40 },
            default
        );
        await workspace.Follow.StrikeOutAsync(taken, default);
        var left = Assert.Single(await workspace.Follow.OldestAsync(10, WorkspaceUnderTest.Everything, default));
        Assert.Equal("platform", left.Database);
    }

    [Fact]
    public async Task RequestedRun_StaysUntilALaterRunHasCompleted()
    {
        await using var workspace = await EmptyAsync();
        await workspace.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("1", 1, 2), default);
        await workspace.Follow.LeaveToRunAsync("2 accounts changed at once.", default);
        Assert.Empty(await workspace.DirtyAsync());
        await workspace.Follow.ReadableAsync(WorkspaceUnderTest.Everything, default);
        await workspace.ReopenAsync();

        await workspace.Follow.CompletedAsync(WorkspaceUnderTest.Now.AddMinutes(-1), default);
        var kept = Assert.Single(await workspace.Follow.RequestedRunsAsync(default));
        Assert.Equal("2 accounts changed at once.", kept.Reason);

        await workspace.Follow.CompletedAsync(WorkspaceUnderTest.Now.AddMinutes(1), default);
        Assert.Empty(await workspace.Follow.RequestedRunsAsync(default));
    }

    [Fact]
    public async Task RequestedRun_ReplicaBehind_IsNotDoneByARunThatCouldNotSeeIt()
    {
        await using var workspace = await EmptyAsync();
        var batch = WorkspaceUnderTest.Batch("1") with { Lsn = 100, RunReason = "A table was emptied." };
        await workspace.Follow.WriteAsync(Feed, "platform", batch, default);
        await workspace.Follow.ReadableAsync(new Dictionary<string, ulong> { ["platform"] = 99 }, default);
        await workspace.Follow.CompletedAsync(WorkspaceUnderTest.Now.AddHours(1), default);
        var kept = Assert.Single(await workspace.Follow.RequestedRunsAsync(default));
        Assert.Null(kept.ReadableSince);

        await workspace.Follow.ReadableAsync(new Dictionary<string, ulong> { ["platform"] = 100 }, default);
        await workspace.Follow.CompletedAsync(WorkspaceUnderTest.Now.AddHours(1), default);
        Assert.Empty(await workspace.Follow.RequestedRunsAsync(default));
    }

    [Fact]
    public async Task Forget_Feed_BeginsAnewAndAsksForARun()
    {
        await using var workspace = await EmptyAsync();
        await workspace.Follow.WriteAsync(Feed, "platform", WorkspaceUnderTest.Batch("1", 1), default);
        await workspace.Follow.ForgetAsync(Feed, "platform", "The slot is gone.", default);
        Assert.Null(await workspace.Follow.FindPositionAsync(Feed, default));
        Assert.Equal("The slot is gone.", Assert.Single(await workspace.Follow.RequestedRunsAsync(default)).Reason);
        Assert.Equal(["Account 1"], await workspace.DirtyAsync());
    }

    [Fact]
    public async Task Accuracy_Kept_IsFoundAgain()
    {
        await using var workspace = await EmptyAsync();
        Assert.Null(await workspace.Follow.FindAccuracyAsync(default));
        var accuracy = new PublishedAccuracy(
            WorkspaceUnderTest.Now,
            200,
            1,
            [new("balances__submission", 1, WorkspaceUnderTest.Now.AddHours(-1))]
        );
        await workspace.Follow.KeepAccuracyAsync(accuracy with { Rows = 10 }, default);
        await workspace.Follow.KeepAccuracyAsync(accuracy, default);
        await workspace.ReopenAsync();
        var found = (await workspace.Follow.FindAccuracyAsync(default))!;
        Assert.Equal((accuracy.SampledAt, 200, 1), (found.SampledAt, found.Rows, found.DifferingRows));
        Assert.Equal(accuracy.Fields, found.Fields);
    }
}
