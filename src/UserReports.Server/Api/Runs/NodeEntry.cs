using UserReports.Feed.Ledger;
using UserReports.Workspace.Leading;
using UserReports.Workspace.Nodes;

namespace UserReports.Server.Api.Runs;

/// <summary>A node of the workspace, as every node tells of it.</summary>
/// <param name="Address">Where other nodes reach it; null where they cannot.</param>
/// <param name="SeenAt">Its last heartbeat, by the workspace's clock.</param>
/// <param name="Status">live, stopped, or gone without a word.</param>
/// <param name="IsThisNode">True for the one that answers.</param>
/// <param name="WorksOn">The run of whose ranges it computes some; null for none.</param>
public sealed record NodeEntry(
    string Name,
    string? Address,
    string Version,
    DateTimeOffset StartedAt,
    DateTimeOffset SeenAt,
    string Status,
    bool IsThisNode,
    bool IsLeader,
    Guid? WorksOn
)
{
    internal static NodeEntry Of(KnownNode node, LeaderState leader, string? self)
    {
        var isThisNode = node.Told.Id == self;
        var isLive = isThisNode || node.IsLive;
        return new(
            node.Told.Name,
            node.Told.Address,
            node.Told.Version,
            node.StartedAt,
            node.SeenAt,
            isLive ? "live"
                : node.HasStopped ? "stopped"
                : "gone",
            isThisNode,
            isLive && node.Told.Name == leader.Node,
            isLive ? node.Told.Run : null
        );
    }
}

/// <summary>The nodes, which of them leads, and what is wrong with them beside each other.</summary>
public sealed record NodesEntry(LeaderEntry Leader, IReadOnlyList<NodeEntry> Nodes, IReadOnlyList<string> Warnings)
{
    /// <summary>Null while it cannot be found out: what else there is to tell is told all the same.</summary>
    /// <param name="self">What this node is known by; null for whoever is none.</param>
    public static async Task<NodesEntry?> OfAsync(
        Leadership leadership,
        KnownNodes nodes,
        string? self,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var state = await leadership.FindAsync(cancellationToken);
            var all = await nodes.AllAsync(cancellationToken);
            return new(
                new(state.Node, state.Since, state.IsThisNode),
                [.. all.Select(node => NodeEntry.Of(node, state, self))],
                [.. NodeWarnings.Of(all).Select(warning => warning.Message)]
            );
        }
        catch (LedgerException)
        {
            return null;
        }
    }
}
