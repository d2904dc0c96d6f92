using UserReports.Server.Configuration;
using UserReports.Sources.Generating;

namespace UserReports.Server.Commands.Demo;

/// <summary>Keeps a demo's platform busy.</summary>
internal static class DemoLife
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    public static async Task LiveAsync(Terminal terminal, ServerSettings settings, CancellationToken cancellationToken)
    {
        using var platform = new LivingPlatform(
            settings.Of(SettingsTable.Platform),
            settings.Of(SettingsTable.Usage),
            TimeProvider.System
        );
        using var timer = new PeriodicTimer(Beat);
        await terminal.Error.WriteLineAsync(
            "The platform is alive: figures change every second, and are seen some seconds later."
        );
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                await platform.LiveAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The demo ends.
        }
    }
}
