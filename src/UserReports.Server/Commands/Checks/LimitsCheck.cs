using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Core.Figures;
using UserReports.Refresh.OwnLimits;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Sources;
using UserReports.Sources.Reading;

namespace UserReports.Server.Commands.Checks;

/// <summary>Looks at the operator's file of limits as a start would.</summary>
internal static class LimitsCheck
{
    private const string Where = "limits";

    /// <summary>Nothing where there is no such file to be.</summary>
    public static async Task<IReadOnlyList<CheckLine>> RunAsync(
        ServerSettings settings,
        CancellationToken cancellationToken
    )
    {
        if (ServerHost.LimitsPathOf(settings) is not { } path)
            return [];
        try
        {
            await using var source = new ReportSource(ServerHost.SourceSettingsOf(settings), TimeProvider.System);
            using var limits = new CurrentLimits(path, source, TimeProvider.System, NullLogger<CurrentLimits>.Instance);
            if (!await limits.ReloadAsync(cancellationToken))
                return
                [
                    .. limits.State.Faults.Select(fault => new CheckLine(
                        CheckLine.Failure,
                        Where,
                        "file",
                        $"{path}, {fault.Words}"
                    )),
                ];
            await limits.ResolveAsync(cancellationToken);
            return
            [
                new(
                    CheckLine.Ok,
                    Where,
                    "file",
                    $"{Counted.Of(limits.File!.Accounts.Count, "account")} and "
                        + $"{Counted.Of(limits.File.Organizations.Count, "organisation")} named in {path}"
                ),
                .. limits.State.Warnings.Select(warning => new CheckLine(
                    CheckLine.Warning,
                    Where,
                    "names",
                    $"{warning.Subject}: {warning.Problem}"
                )),
            ];
        }
        catch (SourceException e)
        {
            return [new(CheckLine.Warning, Where, "names", $"were not looked up: {e.Message}")];
        }
    }
}
