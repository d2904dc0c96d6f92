using System.Runtime.InteropServices;
using UserReports.Refresh;
using UserReports.Refresh.OwnLimits;
using UserReports.Server.Api.Runs;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Server.Hosting;

/// <summary>Keeps the schedule while the service runs, and starts runs for whoever asks.</summary>
internal sealed class ScheduledRefresh(RefreshSchedule schedule, LimitsWatch limits, IRunLedger runs, TimeProvider time)
    : BackgroundService,
        IRefreshStart
{
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
            await Task.WhenAll(schedule.RunAsync(stoppingToken), limits.RunAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends; what was not committed is given back.
        }
    }

    private async Task<Run> StartRunAsync(CancellationToken cancellationToken)
    {
        if (await runs.FindInProgressAsync(cancellationToken) is { } inProgress)
            return inProgress;
        var asked = time.GetUtcNow();
        schedule.RequestRun();
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
