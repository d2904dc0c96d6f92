using Microsoft.Extensions.Logging;
using UserReports.Store;

namespace UserReports.Refresh.History;

/// <summary>Keeps each day's first completed run, thins the days out, and takes accounts out that are gone.</summary>
/// <remarks>
/// All of it is done on one thread of low priority, after readers have been switched to the rows that are kept: nobody
/// waits for it, and a run that begins meanwhile goes first.
/// </remarks>
public sealed class HistoryKeeper(
    IReportStore store,
    HistoryRules rules,
    TimeProvider time,
    ILogger<HistoryKeeper> logger
)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(20);

    private readonly Trouble trouble = new(logger, "Keeping snapshots of days");

    /// <summary>Keeps the history until cancelled. Whatever fails is logged once and tried again.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await KeepAsync(cancellationToken);
                trouble.Over();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                trouble.Tell(e);
            }

            await Task.Delay(Tick, time, cancellationToken);
        }
    }

    /// <summary>Does what there is to be done now.</summary>
    /// <exception cref="StoreException">A snapshot cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was half written is gone.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (store.Reader.Snapshot is null)
            return;
        // A thread that mostly waits costs its memory all day.
        using var scheduler = new LowPriorityScheduler(1);
        await scheduler.RunAsync(() => Keep(cancellationToken), cancellationToken);
    }

    private void Keep(CancellationToken cancellationToken)
    {
        var history = store.History;
        if (!rules.IsOff)
            history.Keep(cancellationToken);
        store.Trends.WorkOut(cancellationToken);
        history.ThinOut(rules.Keep, cancellationToken);
        history.Erase(rules.ErasureWithin, cancellationToken);
    }
}
