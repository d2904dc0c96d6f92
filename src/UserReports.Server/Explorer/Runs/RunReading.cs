using UserReports.Refresh;
using UserReports.Refresh.Following;
using UserReports.Refresh.OwnLimits;
using UserReports.Server.Api.Following;
using UserReports.Server.Api.Runs;
using UserReports.Server.Audit;
using UserReports.Server.Explorer.Reading;
using UserReports.Sources;
using UserReports.Sources.Load;
using UserReports.Store;
using UserReports.Workspace.Leading;
using UserReports.Workspace.Nodes;

namespace UserReports.Server.Explorer.Runs;

/// <summary>What the page of refresh runs shows and does.</summary>
public sealed class RunReading(
    ReportReading reading,
    IRunLedger runs,
    IReportReader reports,
    RefreshEngine engine,
    CurrentLimits limits,
    IReportSource source,
    IRefreshStart refresh,
    FollowStatus status,
    Leadership leadership,
    KnownNodes nodes,
    AuditNode self
)
{
    /// <summary>How the sources are followed.</summary>
    public FollowState Follow => status.Follow;

    /// <summary>What all of it costs the sources.</summary>
    public SourceLoad Load => status.Load;

    /// <summary>What is known of the operator's own limits.</summary>
    public LimitsState Limits => limits.State;

    /// <summary>What this process works on, or null.</summary>
    public RefreshProgress? Progress => engine.Progress;

    /// <summary>What readers see.</summary>
    public SnapshotInfo? Snapshot => reports.Snapshot;

    /// <summary>False where reports have no subscriptions; null where that could not be found out.</summary>
    public async Task<bool?> HasStripeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await source.InspectAsync(cancellationToken)).HasStripe;
        }
        catch (SourceException)
        {
            // Sources that do not answer are told by the run that needs them.
            return null;
        }
    }

    /// <summary>All nodes; null while that cannot be found out.</summary>
    public Task<NodesEntry?> NodesAsync(CancellationToken cancellationToken) =>
        NodesEntry.OfAsync(leadership, nodes, self.Id, cancellationToken);

    /// <summary>All runs, the newest first.</summary>
    public async Task<IReadOnlyList<Run>> ListAsync(CancellationToken cancellationToken)
    {
        await reading.WhoAsync(cancellationToken);
        return await runs.ListAsync(cancellationToken);
    }

    /// <summary>Starts a run, or takes up the one in progress.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await reading.RecordActAsync("explorer start run", "/runs", cancellationToken);
        await refresh.StartAsync(cancellationToken);
    }
}
