using Microsoft.Extensions.Logging;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>
/// Runs passes by the clock: a run in progress is taken up at once, a new one begins an interval after the last one's
/// end, and accounts whose billing period has ended are computed anew within a minute.
/// </summary>
public sealed class RefreshSchedule : IDisposable
{
    private const int DueAccountsMax = 1_000;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(20);

    private readonly RefreshEngine engine;
    private readonly IRunStore runs;
    private readonly IReportReader reports;
    private readonly RefreshSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SemaphoreSlim requested = new(0, 1);
    private DateTimeOffset? retryAt;

    /// <summary>A schedule for an engine.</summary>
    public RefreshSchedule(
        RefreshEngine engine,
        IRunStore runs,
        IReportReader reports,
        RefreshSettings settings,
        TimeProvider time,
        ILogger<RefreshSchedule> logger
    )
    {
        this.engine = engine;
        this.runs = runs;
        this.reports = reports;
        this.settings = settings;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Begins a pass as soon as the schedule is free; asking again before that changes nothing.</summary>
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

    /// <summary>Keeps the schedule until cancelled. A source or store that fails is logged and tried again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var wanted = settings.OnStart;
        while (true)
        {
            if (wanted || await IsDueAsync(cancellationToken))
                await PassAsync(cancellationToken);
            await RefreshEndedPeriodsAsync(cancellationToken);
            wanted = await WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => requested.Dispose();

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
        var now = time.GetUtcNow();
        if (retryAt is { } retry)
            return now >= retry;
        return await runs.FindInProgressAsync(cancellationToken) is not null
            || reports.Snapshot is not { } snapshot
            || now - snapshot.CompletedAt >= settings.Interval;
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        retryAt = null;
        try
        {
            var outcome = await engine.RunAsync(null, cancellationToken);
            if (!outcome.IsCompleted)
                RetryLater();
        }
        catch (Exception e) when (e is SourceException or StoreException)
        {
            RefreshLog.CouldNotRun(logger, e.Message);
            RetryLater();
        }
    }

    /// <summary>What failed is tried again well before the next interval, but not without pause.</summary>
    private void RetryLater() =>
        retryAt = time.GetUtcNow() + TimeSpan.FromTicks(Math.Min(settings.Interval.Ticks, TimeSpan.TicksPerMinute));

    private async Task RefreshEndedPeriodsAsync(CancellationToken cancellationToken)
    {
        if (reports.Snapshot is null)
            return;
        try
        {
            while (await runs.DueAsync(time.GetUtcNow(), DueAccountsMax, cancellationToken) is { Count: > 0 } due)
            {
                await engine.RefreshAccountsAsync(due, cancellationToken);
                RefreshLog.PeriodsEnded(logger, due.Count);
            }
        }
        catch (Exception e) when (e is SourceException or StoreException)
        {
            RefreshLog.CouldNotRun(logger, e.Message);
        }
    }
}
