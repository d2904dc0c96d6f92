using UserReports.Server.Commands.Answers;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Sources;
using UserReports.Sources.Reading;

namespace UserReports.Server.Commands.Checks;

/// <summary>Tries the sources without changing anything.</summary>
internal static class SourceCheck
{
    /// <summary>One entry for the pair of sources: they are inspected together.</summary>
    public static async Task<IReadOnlyList<SourceStatus>> ReachAsync(
        ServerSettings settings,
        CancellationToken cancellationToken
    )
    {
        if (settings.Of(SettingsTable.Platform).Length == 0 || settings.Of(SettingsTable.Usage).Length == 0)
            return [new("Sources", false, "not configured: set Sources:Platform and Sources:Usage.")];
        try
        {
            await using var source = new ReportSource(ServerHost.SourceSettingsOf(settings), TimeProvider.System);
            var inspection = await source.InspectAsync(cancellationToken);
            return
            [
                new("Sources", true, inspection.HasStripe ? "both answer" : "both answer; without Stripe"),
                .. inspection.Notes.Select(note => new SourceStatus("Note", true, note)),
            ];
        }
        catch (SourceException e)
        {
            return [new("Sources", false, e.Message)];
        }
    }
}
