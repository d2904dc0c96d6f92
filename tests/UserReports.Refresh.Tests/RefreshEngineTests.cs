using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Sources;
using UserReports.Store;
using UserReports.Testing;

namespace UserReports.Refresh.Tests;

public sealed class RefreshEngineTests
{
    [Fact]
    public async Task Run_EmptyStore_ServesEveryAccount()
    {
        await using var platform = await SmallPlatform.CreateAsync();
        var outcome = await platform.RunAsync();
        Assert.True(outcome.IsCompleted);
        Assert.Equal(10, outcome.Run.RangesTotal);
        Assert.Equal((500, 500), (outcome.Run.AccountsDone, outcome.Run.AccountsTotal));
        Assert.Equal(outcome.Run.RowsWritten, platform.Store.Reader.Snapshot!.Rows);
    }

    [Fact]
    public async Task Run_NoAccounts_CompletesEmpty()
    {
        await using var platform = await SmallPlatform.CreateAsync(1);
        platform.Change("platform", "delete from auth_user");
        Assert.True((await platform.RunAsync()).IsCompleted);
        Assert.Equal(0, platform.Store.Reader.Snapshot!.Rows);
    }

    [Fact]
    public async Task Run_AfterChanges_FollowsThemAndLeavesTheRest()
    {
        await using var platform = await SmallPlatform.CreateAsync();
        await platform.RunAsync();
        var before = await platform.DocumentsAsync();
        platform.Change("platform", "delete from auth_user where id = 17");
        platform.Change("platform", "update auth_user set first_name = 'Changed' where id = 18");
        platform.Change(
            "platform",
            "insert into auth_user select 100000, 'zz_new', '', '', '', false, false, true, date_joined, null, '!' from auth_user where id = 2"
        );
        await platform.RunAsync();
        var after = await platform.DocumentsAsync();
        Assert.Single(after, d => d.Contains("\"first_name\":\"Changed\"", StringComparison.Ordinal));
        Assert.Single(after, d => d.Contains("\"username\":\"zz_new\"", StringComparison.Ordinal));
        Assert.InRange(before.Except(after).Count(), 2, 4);
        Assert.InRange(after.Except(before).Count(), 2, 3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    public async Task Run_StoppedAndStartedAnew_ResumesAtItsRanges(int ranges)
    {
        await using var undisturbed = await SmallPlatform.CreateAsync();
        await undisturbed.RunAsync();
        await using var platform = await SmallPlatform.CreateAsync();
        using var stop = new CancellationTokenSource();
        var read = 0;
        var source = new InterruptedSource(
            platform.Source,
            async (_, token) =>
            {
                if (read++ == ranges)
                    await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
            }
        );
        using (var engine = platform.Engine(source))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.RunAsync(null, stop.Token));
        Assert.Null(platform.Store.Reader.Snapshot);

        await platform.ReopenStoreAsync();
        var reread = 0;
        var outcome = await platform.RunAsync(
            new InterruptedSource(
                platform.Source,
                (_, _) =>
                {
                    reread++;
                    return Task.CompletedTask;
                }
            )
        );
        Assert.True(outcome.IsCompleted);
        Assert.Equal(10 - ranges, reread);
        Assert.Equal(await undisturbed.DocumentsAsync(), await platform.DocumentsAsync());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Run_SeveralWorkersOnOneRun_CommitEachRangeOnce(int workers)
    {
        await using var platform = await SmallPlatform.CreateAsync();
        platform.Settings = platform.Settings with { Workers = 2 };
        var engines = Enumerable.Range(0, workers).Select(_ => platform.Engine(time: TimeProvider.System)).ToList();
        var outcomes = await Task.WhenAll(engines.Select(e => e.RunAsync(null, default)));
        engines.ForEach(e => e.Dispose());
        Assert.Contains(outcomes, o => o.IsCompleted);
        var documents = await platform.DocumentsAsync();
        Assert.Equal(documents.Count, documents.Distinct().Count());
        Assert.Equal(documents.Count, (int)outcomes.First(o => o.IsCompleted).Run.RowsWritten);
    }

    /// <summary>As on a node that does not lead: it takes its part of the ranges; the leader ends the run.</summary>
    [Fact]
    public async Task Join_ARunOfAnotherProcess_DoesWhatIsLeftAndLeavesTheEndToThatOne()
    {
        await using var undisturbed = await SmallPlatform.CreateAsync();
        await undisturbed.RunAsync();
        await using var platform = await SmallPlatform.CreateAsync();
        using var other = platform.Engine();
        await other.JoinAsync(default);
        Assert.Empty(await platform.Store.Runs.ListAsync(default));

        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var leader = platform.Engine(
            new InterruptedSource(
                platform.Source,
                (_, token) =>
                {
                    begun.TrySetResult();
                    return goOn.Task.WaitAsync(token);
                }
            )
        );
        var leading = leader.RunAsync(null, default);
        await begun.Task;
        await other.JoinAsync(default);
        var run = (await platform.Store.Runs.FindInProgressAsync(default))!;
        Assert.Equal((9, 10), (run.RangesDone, run.RangesTotal));
        // All that is left is the leader's.
        await other.JoinAsync(default);
        Assert.Null(other.Progress);
        goOn.SetResult();
        Assert.True((await leading).IsCompleted);
        Assert.Equal(await undisturbed.DocumentsAsync(), await platform.DocumentsAsync());
    }

    [Fact]
    public async Task Join_ARangeThatFailedTooOften_IsLeftToTheLeader()
    {
        await using var platform = await SmallPlatform.CreateAsync(50);
        var run = await platform.Store.Runs.StartAsync([(new(0, int.MaxValue), 50)], default);
        for (var i = 0; i < platform.Settings.AttemptsMax; i++)
        {
            var claimed = Assert.Single(
                await platform.Store.Runs.ClaimAsync(run.Uid, "failing", 1, TimeSpan.FromMinutes(1), default)
            );
            await platform.Store.Runs.FailAsync(run.Uid, "failing", claimed.Range, "odd", default);
        }

        using var other = platform.Engine();
        await other.JoinAsync(default);
        var left = (await platform.Store.Runs.FindAsync(run.Uid, default))!;
        Assert.Equal((0, "odd", RunStatus.InProgress), (left.RangesDone, left.LastError, left.Status));
    }

    [Fact]
    public async Task Run_WorkerSilentPastItsLease_WritesNothing()
    {
        await using var platform = await SmallPlatform.CreateAsync(50);
        var first = true;
        var source = new InterruptedSource(
            platform.Source,
            async (_, token) =>
            {
                if (!first)
                    return;
                first = false;
                // While this worker sleeps, its lease passes and another one does the range.
                var run = (await platform.Store.Runs.FindInProgressAsync(token))!;
                platform.Time.Advance(TimeSpan.FromMinutes(5));
                var claimed = await platform.Store.Runs.ClaimAsync(run.Uid, "other", 1, TimeSpan.FromMinutes(1), token);
                Assert.Single(claimed);
                Assert.True(
                    await platform.Store.Writer.CommitAsync(
                        run.Uid,
                        "other",
                        [platform.Store.Writer.Pack(claimed[0].Range, claimed[0].Accounts, [])],
                        token
                    )
                );
            }
        );
        platform.Settings = platform.Settings with { Lease = TimeSpan.FromDays(1) / 1000 };
        var outcome = await platform.RunAsync(source);
        Assert.True(outcome.IsCompleted);
        Assert.Equal(0, outcome.Run.RowsWritten);
        Assert.Empty(await platform.DocumentsAsync());
    }

    [Fact]
    public async Task Run_RangeThatFailsForGood_KeepsTheOthersAndIsTakenUpByTheNextStart()
    {
        await using var platform = await SmallPlatform.CreateAsync();
        var outcome = await platform.RunAsync(
            new InterruptedSource(
                platform.Source,
                (range, _) =>
                    range.Contains(120) ? throw new SourceException("The usage database hangs.") : Task.CompletedTask
            )
        );
        Assert.False(outcome.IsCompleted);
        Assert.Equal((RunStatus.InProgress, 9), (outcome.Run.Status, outcome.Run.RangesDone));
        Assert.Equal("The usage database hangs.", outcome.Run.LastError);
        Assert.Single(outcome.Missing);
        Assert.Null(platform.Store.Reader.Snapshot);

        var reread = 0;
        outcome = await platform.RunAsync(
            new InterruptedSource(
                platform.Source,
                (_, _) =>
                {
                    reread++;
                    return Task.CompletedTask;
                }
            )
        );
        Assert.True(outcome.IsCompleted);
        Assert.Equal(1, reread);
    }

    [Fact]
    public async Task Run_RangeThatFailsInAWayThatNobodyThoughtOf_CostsItselfAlone()
    {
        await using var platform = await SmallPlatform.CreateAsync();
        var outcome = await platform.RunAsync(
            new InterruptedSource(
                platform.Source,
                (range, _) => range.Contains(120) ? throw new InvalidOperationException("Odd.") : Task.CompletedTask
            )
        );
        Assert.False(outcome.IsCompleted);
        Assert.Equal((9, "Odd."), (outcome.Run.RangesDone, outcome.Run.LastError));
        Assert.True((await platform.RunAsync()).IsCompleted);
    }

    [Fact]
    public async Task Run_LeaseIsLostAgainAndAgain_NeverCountsAsFailure()
    {
        await using var platform = await SmallPlatform.CreateAsync(50);
        var reads = 0;
        var outcome = await platform.RunAsync(
            new InterruptedSource(
                platform.Source,
                (_, _) =>
                {
                    if (++reads <= 5)
                        platform.Time.Advance(TimeSpan.FromMinutes(5));
                    return Task.CompletedTask;
                }
            )
        );
        Assert.True(outcome.IsCompleted);
        Assert.Equal(6, reads);
    }

    [Fact]
    public async Task Run_RangeThatFailsOnce_IsTriedAgain()
    {
        await using var platform = await SmallPlatform.CreateAsync();
        var failed = false;
        var outcome = await platform.RunAsync(
            new InterruptedSource(
                platform.Source,
                (range, _) =>
                {
                    if (!range.Contains(300) || failed)
                        return Task.CompletedTask;
                    failed = true;
                    throw new SourceException("The platform database cannot be reached.", isTransient: true);
                }
            )
        );
        Assert.True(outcome.IsCompleted);
        Assert.True(failed);
    }

    [Fact]
    public async Task RefreshAccounts_WhileARunIsUnderWay_AreNotOverwrittenByOlderRows()
    {
        await using var platform = await SmallPlatform.CreateAsync();
        await platform.RunAsync();
        var read = 0;
        using var engine = platform.Engine();
        var outcome = await platform.RunAsync(
            new InterruptedSource(
                platform.Source,
                async (_, token) =>
                {
                    // Account 3 belongs to the first range, which this run has already read.
                    if (read++ != 5)
                        return;
                    platform.Change("platform", "update auth_user set first_name = 'Newest' where id = 3");
                    await engine.RefreshAccountsAsync([3], token);
                    Assert.Single(await platform.DocumentsAsync("first_name:Newest"));
                }
            )
        );
        Assert.True(outcome.IsCompleted);
        Assert.Single(await platform.DocumentsAsync("first_name:Newest"));
    }

    [Fact]
    public async Task RefreshAccounts_DeletedAccount_LosesItsRows()
    {
        await using var platform = await SmallPlatform.CreateAsync();
        await platform.RunAsync();
        var before = platform.Store.Reader.Snapshot!;
        platform.Change("platform", "delete from auth_user where id = 17");
        using var engine = platform.Engine();
        await engine.RefreshAccountsAsync([17], default);
        Assert.True(platform.Store.Reader.Snapshot!.Rows < before.Rows);
        Assert.NotEqual(before.Version, platform.Store.Reader.Snapshot.Version);
    }

    [Fact]
    public async Task RefreshAccounts_BeforeTheFirstRun_SaysThatThereIsNothing()
    {
        await using var platform = await SmallPlatform.CreateAsync(10);
        using var engine = platform.Engine();
        await Assert.ThrowsAsync<NoSnapshotException>(() => engine.RefreshAccountsAsync([1], default));
    }

    [Fact]
    public async Task Run_Progress_EndsAtTheTotal()
    {
        await using var platform = await SmallPlatform.CreateAsync();
        var told = new List<RefreshProgress>();
        using var engine = platform.Engine();
        await engine.RunAsync(new Listener(told), default);
        Assert.Equal(500, told[^1].AccountsDone);
        Assert.Equal(0, told[0].AccountsDone);
        Assert.Null(engine.Progress);
    }

    [Fact]
    public async Task Schedule_StartsRunsByTheClockAndOnRequest()
    {
        await using var platform = await SmallPlatform.CreateAsync(60);
        var settings = platform.Settings with { OnStart = false, Interval = TimeSpan.FromMinutes(30) };
        using var engine = platform.Engine(settings: settings);
        using var schedule = new RefreshSchedule(
            engine,
            platform.Store,
            settings,
            platform.Time,
            NullLogger<RefreshSchedule>.Instance
        );
        using var stop = new CancellationTokenSource();
        var loop = schedule.RunAsync(stop.Token);
        await UntilRunsAsync(platform, 1);
        schedule.RequestRun();
        schedule.RequestRun();
        await UntilRunsAsync(platform, 2);
        platform.Time.Advance(TimeSpan.FromMinutes(31));
        await UntilRunsAsync(platform, 3);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    [Fact]
    public async Task Schedule_EndedBillingPeriods_AreComputedAnewWithoutARun()
    {
        await using var platform = await SmallPlatform.CreateAsync(60);
        var settings = platform.Settings with { OnStart = false, Interval = TimeSpan.FromDays(3650) };
        using var engine = platform.Engine(settings: settings);
        await engine.RunAsync(null, default);
        platform.Time.Advance(TimeSpan.FromDays(12));
        var due = await platform.Store.Corrections.DueAsync(platform.Time.GetUtcNow(), 1000, default);
        Assert.NotEmpty(due);
        using var schedule = new RefreshSchedule(
            engine,
            platform.Store,
            settings,
            platform.Time,
            NullLogger<RefreshSchedule>.Instance
        );
        using var stop = new CancellationTokenSource();
        var loop = schedule.RunAsync(stop.Token);
        while ((await platform.Store.Corrections.DueAsync(platform.Time.GetUtcNow(), 1, default)).Count > 0)
            await Task.Delay(20);
        Assert.Single(await platform.Store.Runs.ListAsync(default));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    private static async Task UntilRunsAsync(SmallPlatform platform, int count)
    {
        for (var i = 0; i < 1000; i++)
        {
            if ((await platform.Store.Runs.ListAsync(default)).Count(r => r.Status == RunStatus.Completed) >= count)
                return;
            await Task.Delay(20);
            platform.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Fail($"There were never {count} completed runs.");
    }

    private sealed class Listener(List<RefreshProgress> told) : IProgress<RefreshProgress>
    {
        public void Report(RefreshProgress value) => told.Add(value);
    }
}
