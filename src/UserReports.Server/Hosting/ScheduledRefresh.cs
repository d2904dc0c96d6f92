using System.Runtime.InteropServices;
using UserReports.Refresh;
using UserReports.Refresh.Following;
using UserReports.Refresh.History;
using UserReports.Refresh.OwnLimits;
using UserReports.Server.Api.Runs;
using UserReports.Sources;
using UserReports.Store;
using UserReports.Workspace.Leading;

namespace UserReports.Server.Hosting;

/// <summary>
/// Keeps the schedule and follows the sources while this node leads, works on the leader's run while it does not, and
/// starts runs for whoever asks.
/// </summary>
internal sealed class ScheduledRefresh(
    RefreshSchedule schedule,
    LimitsWatch limits,
    Follower follower,
    HistoryKeeper history,
    Leadership leadership,
    JoinedRuns joined,
    IRunLedger runs,
    TimeProvider time
) : BackgroundService, IRefreshStart
{
    /// <summary>A run that begins before following has makes another one necessary; so long it is waited for.</summary>
    private static readonly TimeSpan FollowingTimeMax = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    Task<Run> IRefreshStart.StartAsync(CancellationToken cancellationToken) => StartRunAsync(cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // As administrators have it of other services: read again what may have changed.
        using var hangUp = OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create(
                PosixSignal.SIGHUP,
                signal =>
                {
                    signal.Cancel = true;
                    limits.Ask();
                }
            );
        try
        {
            await Task.WhenAll(
                leadership.LeadAsync(
                    (isStart, token) =>
                        Task.WhenAll(
                            follower.RunAsync(token),
                            KeepScheduleAsync(isStart, token),
                            history.RunAsync(token)
                        ),
                    schedule.RequestRun,
                    stoppingToken
                ),
                // Each node computes rows for whoever asks it, and must know the limits.
                limits.RunAsync(stoppingToken),
                joined.RunAsync(stoppingToken)
            );
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends; what was not committed is given back.
        }
    }

    private async Task KeepScheduleAsync(bool isStart, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(follower.Begun, Task.Delay(FollowingTimeMax, time, over.Token));
        await over.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        await schedule.RunAsync(isStart, cancellationToken);
    }

    private async Task<Run> StartRunAsync(CancellationToken cancellationToken)
    {
        if (await runs.FindInProgressAsync(cancellationToken) is { } inProgress)
            return inProgress;
        var asked = time.GetUtcNow();
        if (leadership.IsLeading)
            schedule.RequestRun();
        else
            await leadership.AskForRunAsync(cancellationToken);
        while (time.GetUtcNow() - asked < StartTimeMax)
        {
            await Task.Delay(Poll, time, cancellationToken);
            if (await runs.FindInProgressAsync(cancellationToken) is { } run)
                return run;
            // A small platform can be done before it is looked at.
            if (await runs.ListAsync(cancellationToken) is [var newest, ..] && newest.StartedAt >= asked)
                return newest;
        }

        throw new SourceException("The refresh did not start, because the sources did not answer; the log says why.");
    }
}
