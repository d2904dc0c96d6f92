using UserReports.Core.Reports;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>How far a run is.</summary>
/// <param name="AccountsPerSecond">Since this process took the run up.</param>
/// <param name="TimeLeft">At that rate, or null before anything is done.</param>
public sealed record RefreshProgress(
    Guid Run,
    long AccountsDone,
    long AccountsTotal,
    double AccountsPerSecond,
    TimeSpan? TimeLeft
);

/// <summary>How a run ended.</summary>
/// <param name="Run">The run as it stands now.</param>
/// <param name="Missing">Ranges that failed too often; the next start takes up just these.</param>
public sealed record RefreshOutcome(Run Run, IReadOnlyList<AccountRange> Missing)
{
    /// <summary>True if readers see the rows of this run.</summary>
    public bool IsCompleted => Run.Status == RunStatus.Completed;
}
