using UserReports.Refresh;
using UserReports.Server.Api;
using UserReports.Server.Explorer.Reading;
using UserReports.Store;

namespace UserReports.Server.Explorer.Runs;

/// <summary>What the page of refresh runs shows and does.</summary>
public sealed class RunReading(
    ReportReading reading,
    IRunLedger runs,
    IReportReader reports,
    RefreshEngine engine,
    IRefreshStart refresh
)
{
    /// <summary>What this process works on, or null.</summary>
    public RefreshProgress? Progress => engine.Progress;

    /// <summary>What readers see.</summary>
    public SnapshotInfo? Snapshot => reports.Snapshot;

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
