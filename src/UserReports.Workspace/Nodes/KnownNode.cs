namespace UserReports.Workspace.Nodes;

/// <summary>What a node tells of itself with each heartbeat.</summary>
/// <param name="Id">The same after a restart, as long as the node's audit log lies in the same folder.</param>
/// <param name="Name">As people name it.</param>
/// <param name="Address">Where other nodes reach it; null where they cannot.</param>
/// <param name="HasFiles">True if its rows are in files of its own: then it must be the only node.</param>
/// <param name="RulesDigest">Of the settings that decide what a report says.</param>
public sealed record NodeHeartbeat(
    string Id,
    string Name,
    string? Address,
    string Version,
    bool HasFiles,
    string RulesDigest
)
{
    /// <summary>The run that it works on; null for none.</summary>
    public Guid? Run { get; init; }

    /// <summary>How it follows the sources, as JSON, while it leads; null otherwise.</summary>
    public string? Following { get; init; }

    /// <summary>Of the operator's file of limits as it counts there; null without one.</summary>
    public string? LimitsDigest { get; init; }
}

/// <summary>A node as the workspace knows it.</summary>
/// <param name="FirstSeenAt">When it told of itself for the first time; all instants are by the workspace's
/// clock.</param>
/// <param name="StartedAt">When its process began.</param>
/// <param name="SeenAt">Its last heartbeat.</param>
/// <param name="SeenAgo">How long ago that was.</param>
/// <param name="HasStopped">True if it said goodbye.</param>
/// <param name="ClockAhead">By how much its clock is ahead of the workspace's; negative if it is behind.</param>
public sealed record KnownNode(
    NodeHeartbeat Told,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset StartedAt,
    DateTimeOffset SeenAt,
    TimeSpan SeenAgo,
    bool HasStopped,
    TimeSpan ClockAhead
)
{
    /// <summary>False once it has stopped, or missed several heartbeats.</summary>
    public bool IsLive => !HasStopped && SeenAgo < KnownNodes.GoneAfter;
}
