using Microsoft.Extensions.Logging;
using UserReports.Feed.Ledger;
using UserReports.Store;

namespace UserReports.Refresh.Following;

/// <summary>Sees to it that runs that were asked for come about, and that their reasons are forgotten after them.
/// </summary>
/// <param name="request">Begins a run as soon as can be.</param>
internal sealed class RequestedRuns(
    IFollowLedger ledger,
    IReportStore store,
    Action request,
    FollowSettings settings,
    TimeProvider time,
    ILogger logger
)
{
    private DateTimeOffset? noticed;
    private DateTimeOffset? askedAt;
    private string? toldReason;

    /// <summary>As they were read last.</summary>
    public IReadOnlyList<RequestedRun> Known { get; private set; } = [];

    /// <summary>Forgets what completed runs have done. True if one has completed since the last call.</summary>
    public async Task<bool> NoticeCompletedAsync(CancellationToken cancellationToken)
    {
        if (store.Reader.Snapshot is not { } snapshot || snapshot.CompletedAt == noticed)
            return false;
        if (await LastCompletedAsync(cancellationToken) is not { } last)
            return false;
        await ledger.CompletedAsync(last.StartedAt, cancellationToken);
        noticed = snapshot.CompletedAt;
        return true;
    }

    /// <summary>Asks for the run that is needed, if one is, and if it may begin now.</summary>
    /// <param name="replayed">What replicas show.</param>
    public async Task AskAsync(IReadOnlyDictionary<string, ulong> replayed, CancellationToken cancellationToken)
    {
        Known = await ledger.RequestedRunsAsync(cancellationToken);
        if (Known.Any(run => run.ReadableSince is null))
        {
            await ledger.ReadableAsync(replayed, cancellationToken);
            Known = await ledger.RequestedRunsAsync(cancellationToken);
        }

        // The first run comes by itself.
        if (store.Reader.Snapshot is null || !Known.Any(run => run.ReadableSince is not null))
            return;
        var now = time.GetUtcNow();
        if (now - askedAt < settings.RunAskedEvery || await MustWaitAsync(now, cancellationToken))
            return;
        askedAt = now;
        var reason = Known.First(run => run.ReadableSince is not null).Reason;
        if (reason != toldReason)
            FollowLog.RunAsked(logger, reason);
        toldReason = reason;
        request();
    }

    /// <summary>
    /// While one run is under way there is no other; and sources rest as long as the last one took, whatever asks for
    /// runs.
    /// </summary>
    private async Task<bool> MustWaitAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await store.Runs.FindInProgressAsync(cancellationToken) is not null)
            return true;
        return await LastCompletedAsync(cancellationToken) is { FinishedAt: { } finished } last
            && now - finished < finished - last.StartedAt;
    }

    private async Task<Run?> LastCompletedAsync(CancellationToken cancellationToken) =>
        (await store.Runs.ListAsync(cancellationToken)).FirstOrDefault(run => run.Status == RunStatus.Completed);
}
