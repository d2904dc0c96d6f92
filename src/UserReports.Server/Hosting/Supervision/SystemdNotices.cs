using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting.Systemd;

namespace UserReports.Server.Hosting.Supervision;

/// <summary>
/// Tells systemd when the service listens, when it stops, and, where the unit has a watchdog, that it lives.
/// </summary>
/// <remarks>
/// It lives if it answers at an address of its own. A process whose threads are all held, or whose listener has ended,
/// is silent, and systemd starts another one. The store and the sources do not count: without them answers say so.
/// </remarks>
internal sealed class SystemdNotices(
    ISystemdNotifier systemd,
    IServer server,
    TimeProvider time,
    ILogger<SystemdNotices> logger
) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private Task pinging = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!systemd.IsEnabled)
            return Task.CompletedTask;
        systemd.Notify(new($"READY=1\nSTATUS=Serving on {string.Join(", ", Addresses)}"));
        if (WatchdogTime() is { } within)
            pinging = PingAsync(within / 3, stopping.Token);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        if (systemd.IsEnabled)
            systemd.Notify(ServiceState.Stopping);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => pinging.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => stopping.Dispose();

    private ICollection<string> Addresses => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    /// <summary>Within which time systemd wants to hear of this process; null if it does not.</summary>
    private static TimeSpan? WatchdogTime() =>
        long.TryParse(
            Environment.GetEnvironmentVariable("WATCHDOG_USEC"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var microseconds
        )
        && microseconds > 0
        && Environment.GetEnvironmentVariable("WATCHDOG_PID") is var process
        && (string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;

    private async Task PingAsync(TimeSpan every, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            do
            {
                if (await SelfCheck.AnswersAsync([.. Addresses], every, time, cancellationToken))
                    systemd.Notify(new("WATCHDOG=1"));
                else
                    SupervisionLog.DoesNotAnswer(logger, every);
            } while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }
}
