using System.Globalization;

namespace UserReports.Workspace.Nodes;

/// <summary>Something about nodes that somebody should mend.</summary>
/// <param name="Subject">names, versions, clock, limits or settings.</param>
public sealed record NodeWarning(string Subject, string Message);

/// <summary>What is wrong with the nodes of a workspace beside each other; each in one line.</summary>
public static class NodeWarnings
{
    /// <summary>Further apart, instants of different nodes in logs and runs mislead.</summary>
    public static readonly TimeSpan ClockDifferenceMax = TimeSpan.FromSeconds(5);

    /// <summary>Of those that are live; nothing where all is well.</summary>
    public static IReadOnlyList<NodeWarning> Of(IReadOnlyList<KnownNode> nodes)
    {
        List<KnownNode> live = [.. nodes.Where(node => node.IsLive)];
        return
        [
            .. live.GroupBy(node => node.Told.Name, StringComparer.OrdinalIgnoreCase)
                .Where(alike => alike.Count() > 1)
                .Select(alike => new NodeWarning(
                    "names",
                    $"{alike.Count()} nodes are called {alike.Key}, so nobody can tell them apart. Give each its own Node:Name."
                )),
            .. live.Where(node => node.ClockAhead.Duration() > ClockDifferenceMax)
                .Select(node => new NodeWarning(
                    "clock",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the clock of {node.Told.Name} and that of the workspace's server differ by {node.ClockAhead.Duration().TotalSeconds:0} s. Have both set by NTP."
                    )
                )),
            .. Differing(
                live,
                "versions",
                node => node.Told.Version,
                "run different versions, and only those of the leader's compute a run's ranges. Upgrade the rest."
            ),
            .. Differing(
                live,
                "limits",
                node => node.Told.LimitsDigest ?? "none",
                "have different files of limits, and only those with the leader's compute a run's ranges. Give all the same Limits:File."
            ),
            .. Differing(
                live,
                "settings",
                node => node.Told.RulesDigest,
                "have different settings that decide what reports say (Reports:RetentionDays, Reports:AnonymousUserId, Stripe:Enabled, and whether there is a Limits:File). Give all the same."
            ),
        ];
    }

    private static IEnumerable<NodeWarning> Differing(
        List<KnownNode> live,
        string subject,
        Func<KnownNode, string> of,
        string words
    )
    {
        var groups = live.GroupBy(of, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ToList();
        if (groups.Count > 1)
        {
            var names = groups.Select(group => string.Join(", ", group.Select(node => node.Told.Name)));
            yield return new(subject, $"the nodes {string.Join(" and ", names)} {words}");
        }
    }
}
