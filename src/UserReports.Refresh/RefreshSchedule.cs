using Microsoft.Extensions.Logging;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>
/// Refreshes by the clock: a run in progress is taken up at once, a new one begins an interval after the last one's
/// end, and accounts whose billing period has ended are computed anew within a minute.
/// </summary>
public sealed class RefreshSchedule : IDisposable
{
    private const int DueAccountsAtOnce = 1_000;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(20);

    private readonly RefreshEngine engine;
    private readonly IReportStore store;
    private readonly RefreshSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SemaphoreSlim requested = new(0, 1);
    private readonly Trouble runTrouble;
    private readonly Trouble periodTrouble;
    private long retryAtTicks;

    /// <summary>A schedule for an engine.</summary>
    public RefreshSchedule(
        RefreshEngine engine,
        IReportStore store,
        RefreshSettings settings,
        TimeProvider time,
        ILogger<RefreshSchedule> logger
    )
    {
        this.engine = engine;
        this.store = store;
        this.settings = settings;
        this.time = time;
        this.logger = logger;
        runTrouble = new(logger, "The refresh");
        periodTrouble = new(logger, "The refresh of ended billing periods");
    }

    /// <summary>Begins a run as soon as the schedule is free; asking again before that changes nothing.</summary>
    public void RequestRun()
    {
        try
        {
            requested.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already asked for.
        }
    }

    /// <summary>
    /// Keeps the schedule until cancelled. Whatever fails, a source, the store or this program, is logged once and
    /// tried again.
    /// </summary>
    /// <param name="isStart">True at a start of the service, which begins a run if the settings say so; false where the
    /// schedule is taken over from another node.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task RunAsync(bool isStart, CancellationToken cancellationToken) =>
        // Periods end while a run is under way, too.
        Task.WhenAll(
            KeepRunningAsync(isStart && settings.OnStart, cancellationToken),
            KeepPeriodsAsync(cancellationToken)
        );

    /// <summary>Keeps the schedule from a start of the service on.</summary>
    /// <inheritdoc cref="RunAsync(bool, CancellationToken)"/>
    public Task RunAsync(CancellationToken cancellationToken) => RunAsync(isStart: true, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => requested.Dispose();

    private bool MustWaitToRetry
    {
        get => Volatile.Read(ref retryAtTicks) is var at and not 0 && time.GetUtcNow().UtcTicks < at;
    }

    private async Task KeepRunningAsync(bool wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!await TryRunAsync(wanted, cancellationToken))
            {
                // Well before the next interval, but not without pause.
                var pause = Math.Min(settings.Interval.Ticks, TimeSpan.TicksPerMinute);
                Volatile.Write(ref retryAtTicks, (time.GetUtcNow().UtcTicks + pause));
            }

            wanted = await WaitAsync(cancellationToken);
        }
    }

    private async Task<bool> TryRunAsync(bool wanted, CancellationToken cancellationToken)
    {
        try
        {
            if (!wanted && !await IsDueAsync(cancellationToken))
                return true;
            Volatile.Write(ref retryAtTicks, 0);
            var outcome = await engine.RunAsync(null, cancellationToken);
            runTrouble.Over();
            return outcome.IsCompleted;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            runTrouble.Tell(e);
            return false;
        }
    }

    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = requested.WaitAsync(over.Token);
        await Task.WhenAny(asked, Task.Delay(Tick, time, over.Token));
        await over.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return asked.IsCompletedSuccessfully;
    }

    private async Task<bool> IsDueAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref retryAtTicks) != 0)
            return !MustWaitToRetry;
        return await store.Runs.FindInProgressAsync(cancellationToken) is not null
            || store.Corrections.NeedsRun
            || store.Reader.Snapshot is not { } snapshot
            || time.GetUtcNow() - snapshot.CompletedAt >= settings.Interval;
    }

    private async Task KeepPeriodsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (store.Reader.Snapshot is not null)
                    await RefreshEndedPeriodsAsync(cancellationToken);
                periodTrouble.Over();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                periodTrouble.Tell(e);
            }

            await Task.Delay(Tick, time, cancellationToken);
        }
    }

    private async Task RefreshEndedPeriodsAsync(CancellationToken cancellationToken)
    {
        while (
            await store.Corrections.DueAsync(time.GetUtcNow(), settings.DueAccountsMax, cancellationToken)
                is { Count: > 0 } due
        )
        {
            if (due.Count >= settings.DueAccountsMax && await IsLeftToARunAsync(due.Count, cancellationToken))
                return;
            foreach (var some in due.Chunk(DueAccountsAtOnce))
                await engine.RefreshAccountsAsync(some, cancellationToken);
            RefreshLog.PeriodsEnded(logger, due.Count);
        }
    }

    /// <summary>
    /// Each account that is computed singly while a run is under way is computed once more before that run completes:
    /// for many of them the run, or the next one, is sooner done. Not if runs fail: then one by one is all there is.
    /// </summary>
    private async Task<bool> IsLeftToARunAsync(int accounts, CancellationToken cancellationToken)
    {
        if (MustWaitToRetry)
            return false;
        if (await store.Runs.FindInProgressAsync(cancellationToken) is null)
        {
            RefreshLog.ManyPeriodsEnded(logger, accounts);
            RequestRun();
        }

        return true;
    }
}
