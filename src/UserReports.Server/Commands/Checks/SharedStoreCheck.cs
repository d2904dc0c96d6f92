using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Store;
using UserReports.Store.ClickHouse.Examining;

namespace UserReports.Server.Commands.Checks;

/// <summary>Looks at a store that is a server: whether it answers, is new enough, and lets the service in.</summary>
internal static class SharedStoreCheck
{
    public static async Task<IReadOnlyList<CheckLine>> RunAsync(
        ServerSettings settings,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var findings = await ServerExamination.RunAsync(
                StoreOpening.SettingsOf(settings),
                TimeProvider.System,
                cancellationToken
            );
            return
            [
                .. findings.Select(finding => new CheckLine(
                    finding.IsGood ? CheckLine.Ok : CheckLine.Failure,
                    "store",
                    finding.Subject,
                    finding.Message
                )),
            ];
        }
        catch (Exception e) when (e is StoreException or ArgumentException)
        {
            return [new(CheckLine.Failure, "store", "connection", e.Message)];
        }
    }
}
