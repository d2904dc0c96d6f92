using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Core.Figures;
using UserReports.Refresh.OwnLimits;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Sources.Reading;
using UserReports.Workspace;
using UserReports.Workspace.Nodes;

namespace UserReports.Server.Commands.Checks;

/// <summary>Looks at the workspace, at the nodes that share it, and whether what is set here is set there.</summary>
internal static class WorkspaceCheck
{
    public static async Task<IReadOnlyList<CheckLine>> RunAsync(
        ServerSettings settings,
        CancellationToken cancellationToken
    )
    {
        var connection = FollowingSettings.WorkspaceOf(settings);
        var findings = await WorkspaceExamination.RunAsync(connection, cancellationToken);
        var nodes = await WorkspaceExamination.NodesAsync(connection, cancellationToken);
        List<KnownNode> live = [.. nodes.Where(node => node.IsLive)];
        return
        [
            .. findings.Select(finding => new CheckLine(
                finding.Kind switch
                {
                    WorkspaceFindingKind.Good => CheckLine.Ok,
                    WorkspaceFindingKind.Warning => CheckLine.Warning,
                    _ => CheckLine.Failure,
                },
                "workspace",
                finding.Subject,
                finding.Message
            )),
            .. nodes.Count == 0
                ? []
                : (CheckLine[])
                    [
                        new(
                            CheckLine.Ok,
                            "nodes",
                            "live",
                            $"{Counted.Of(live.Count, "node")} of {nodes.Count} that are known: "
                                + string.Join(", ", live.Select(node => node.Told.Name))
                        ),
                    ],
            .. NodeWarnings
                .Of(nodes)
                .Select(warning => new CheckLine(CheckLine.Warning, "nodes", warning.Subject, warning.Message)),
            .. Compare(
                live,
                "limits",
                await LimitsDigestAsync(settings, cancellationToken),
                node => node.LimitsDigest,
                "file of limits (Limits:File)"
            ),
            .. Compare(
                live,
                "settings",
                NodeSettings.RulesDigestOf(settings),
                node => node.RulesDigest,
                "settings that decide what reports say"
            ),
        ];
    }

    private static IEnumerable<CheckLine> Compare(
        List<KnownNode> live,
        string subject,
        string? own,
        Func<NodeHeartbeat, string?> of,
        string what
    ) =>
        live.Where(node => of(node.Told) != own).Select(node => node.Told.Name).ToList() is { Count: > 0 } others
            ?
            [
                new(
                    CheckLine.Warning,
                    "nodes",
                    subject,
                    $"the {what} of {string.Join(", ", others)} and those here differ; give all nodes the same"
                ),
            ]
            : [];

    private static async Task<string?> LimitsDigestAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        await using var source = new ReportSource(ServerHost.SourceSettingsOf(settings), TimeProvider.System);
        using var limits = new CurrentLimits(
            ServerHost.LimitsPathOf(settings),
            source,
            TimeProvider.System,
            NullLogger<CurrentLimits>.Instance
        );
        await limits.ReloadAsync(cancellationToken);
        return limits.State.Digest;
    }
}
