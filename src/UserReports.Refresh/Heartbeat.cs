using Microsoft.Extensions.Logging;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>Prolongs a lease for as long as a run is worked on, well before it would pass.</summary>
internal sealed class Heartbeat(RunLease lease, TimeProvider time, ILogger logger)
{
    private DateTimeOffset lastBeat = time.GetUtcNow();

    /// <summary>Beats until cancelled; a beat that fails ends nothing.</summary>
    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(lease.Duration / 4, time, cancellationToken);
                await BeatOnceAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The work is over.
        }
    }

    private async Task BeatOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            var silent = now - lastBeat;
            lastBeat = now;
            await lease.ProlongAsync(cancellationToken);
            if (silent > lease.Duration)
                RefreshLog.Overslept(logger, silent.TotalSeconds, lease.Duration.TotalSeconds);
        }
        catch (Exception e) when (e is StoreException)
        {
            // The next beat may do better; if none does, the lease passes and the commit is refused.
            RefreshLog.BeatFailed(logger, e.Message);
        }
    }
}
