using UserReports.Store;

namespace UserReports.Refresh.Tests;

public sealed class ScheduleTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(IRunLedger.ResumeAsync))]
    [InlineData(nameof(IRunLedger.StartAsync))]
    [InlineData(nameof(IRunLedger.ClaimAsync))]
    [InlineData(nameof(IReportWriter.CommitAsync))]
    [InlineData(nameof(IRunLedger.ReleaseAsync))]
    [InlineData(nameof(ICorrections.TouchedAsync))]
    [InlineData(nameof(IReportWriter.CompleteAsync))]
    public async Task Schedule_StoreFailsTwiceAtAnyCall_IsLoggedAndTheRunCompletes(string member)
    {
        await using var platform = await SmallPlatform.CreateAsync(120);
        var failures = 0;
        void Fail(string called)
        {
            if (called == member && Interlocked.Increment(ref failures) <= 2)
                throw new StoreUnavailableException("The store could not be written: The disk is full; make room.");
        }

        var log = await KeepUntilAsync(
            platform,
            Fail,
            () => Task.FromResult(platform.Store.Reader.Snapshot is { Rows: > 0 })
        );

        Assert.NotEqual(0, failures);
        var said = log
            .Lines.Concat(platform.Log.Lines)
            .Where(line => line.Contains("The disk is full; make room.", StringComparison.Ordinal));
        Assert.NotEmpty(said);
    }

    [Fact]
    public async Task Schedule_SameFailureAgainAndAgain_IsLoggedOnceAndSoIsItsEnd()
    {
        await using var platform = await SmallPlatform.CreateAsync(60);
        var failures = 0;
        void Fail(string called)
        {
            if (called == nameof(IRunLedger.StartAsync) && Interlocked.Increment(ref failures) <= 5)
                throw new InvalidOperationException("Nobody thought of this.");
        }

        var log = await KeepUntilAsync(
            platform,
            Fail,
            () => Task.FromResult(platform.Store.Reader.Snapshot is { Rows: > 0 })
        );

        Assert.Single(log.Lines, "The refresh failed, and is tried again until it succeeds: Nobody thought of this.");
        Assert.Single(log.Lines, "The refresh works again.");
        Assert.Equal(6, failures);
    }

    [Fact]
    public async Task Schedule_LookingForEndedPeriodsFails_PassesGoOn()
    {
        await using var platform = await SmallPlatform.CreateAsync(60);
        platform.Settings = platform.Settings with { Interval = TimeSpan.FromMinutes(1) };
        void Fail(string called)
        {
            if (called == nameof(ICorrections.DueAsync))
                throw new StoreUnavailableException(
                    "The store could not be read: The disk reports an error; check it."
                );
        }

        var log = await KeepUntilAsync(platform, Fail, async () => await CompletedRunsAsync(platform) >= 3);

        Assert.Single(
            log.Lines,
            "The refresh of ended billing periods failed, and is tried again until it succeeds: "
                + "The store could not be read: The disk reports an error; check it."
        );
    }

    [Fact]
    public async Task Schedule_PeriodsEndWhileAPassIsUnderWay_AreComputedAnewMeanwhile()
    {
        await using var platform = await SmallPlatform.CreateAsync(60);
        await platform.RunAsync();
        platform.Time.Advance(TimeSpan.FromDays(12));
        Assert.NotEmpty(await platform.Store.Corrections.DueAsync(platform.Time.GetUtcNow(), 1, Cancelled));
        var none = false;
        var source = new InterruptedSource(
            platform.Source,
            async (_, token) =>
            {
                // The pass stands still in its first range until the periods are done.
                for (var i = 0; i < 1000 && !none; i++)
                {
                    none = (await platform.Store.Corrections.DueAsync(platform.Time.GetUtcNow(), 1, token)).Count == 0;
                    await Task.Delay(10, token);
                }
            }
        );

        await KeepUntilAsync(platform, _ => { }, async () => await CompletedRunsAsync(platform) == 2, source);

        Assert.True(none);
    }

    [Fact]
    public async Task Schedule_ManyPeriodsEndAtOnce_ARunComputesThem()
    {
        await using var platform = await SmallPlatform.CreateAsync(60);
        await platform.RunAsync();
        platform.Time.Advance(TimeSpan.FromDays(12));
        platform.Settings = platform.Settings with
        {
            OnStart = false,
            Interval = TimeSpan.FromDays(3650),
            DueAccountsMax = 10,
        };

        var log = await KeepUntilAsync(
            platform,
            _ => { },
            async () => await CompletedRunsAsync(platform) >= 2 && await NoneIsDueAsync(platform)
        );

        Assert.Contains(
            "10 billing periods or more have ended, which a run computes sooner than one by one.",
            log.Lines
        );
    }

    [Fact]
    public async Task EndedPeriods_ClockStandsAtTheEnd_AreNotComputedForEver()
    {
        await using var platform = await SmallPlatform.CreateAsync(60);
        await platform.RunAsync();
        platform.Time.SetUtcNow(new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
        platform.Settings = platform.Settings with { OnStart = false, Interval = TimeSpan.FromDays(3650) };
        using var engine = platform.Engine();
        var log = new RecordedLog<RefreshSchedule>();
        using var schedule = new RefreshSchedule(engine, platform.Store, platform.Settings, platform.Time, log);
        using var stop = new CancellationTokenSource();
        // Nothing fires the clock's timers: what is to be done at this instant is done, then the schedule waits.
        var loop = schedule.RunAsync(stop.Token);
        for (var i = 0; i < 60_000 && !await NoneIsDueAsync(platform); i++)
            await Task.Delay(10, Cancelled);
        var version = platform.Store.Reader.Snapshot!.Version;
        await Task.Delay(TimeSpan.FromSeconds(1), Cancelled);

        Assert.Equal(version, platform.Store.Reader.Snapshot!.Version);
        Assert.Empty(await platform.Store.Corrections.DueAsync(platform.Time.GetUtcNow(), 1, Cancelled));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    /// <summary>Keeps a schedule, with a clock that runs fast, until something is so.</summary>
    private static async Task<RecordedLog<RefreshSchedule>> KeepUntilAsync(
        SmallPlatform platform,
        Action<string> before,
        Func<Task<bool>> isSo,
        InterruptedSource? source = null
    )
    {
        var store = new InterruptedStore(platform.Store, before);
        using var engine = new RefreshEngine(
            source ?? (Sources.IReportSource)platform.Source,
            store,
            platform.Settings,
            platform.Limits(source),
            366,
            platform.Time,
            platform.Log
        );
        var log = new RecordedLog<RefreshSchedule>();
        using var schedule = new RefreshSchedule(engine, store, platform.Settings, platform.Time, log);
        using var stop = new CancellationTokenSource();
        var loop = schedule.RunAsync(stop.Token);
        // The end is for what never comes, not for a machine that is busy.
        for (var i = 0; i < 60_000 && !await isSo() && !loop.IsCompleted; i++)
        {
            await Task.Delay(10, Cancelled);
            platform.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(await isSo());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
        return log;
    }

    private static async Task<int> CompletedRunsAsync(SmallPlatform platform) =>
        (await platform.Store.Runs.ListAsync(default)).Count(run => run.Status == RunStatus.Completed);

    private static async Task<bool> NoneIsDueAsync(SmallPlatform platform) =>
        (await platform.Store.Corrections.DueAsync(platform.Time.GetUtcNow(), 1, default)).Count == 0;
}
