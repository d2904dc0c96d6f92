using UserReports.Core.Reports;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>One process's hold on a run: its fencing token travels in everything that it asks of the store.</summary>
/// <param name="duration">For how long a range is claimed, and prolonged.</param>
internal sealed class RunLease(IReportStore store, Guid run, TimeSpan duration)
{
    private readonly string token = Guid.NewGuid().ToString("N");

    /// <summary>For how long a range is claimed, and prolonged.</summary>
    public TimeSpan Duration => duration;

    /// <summary>The run as it stands now, or null if it is gone.</summary>
    public Task<Run?> FindAsync(CancellationToken cancellationToken) => store.Runs.FindAsync(run, cancellationToken);

    /// <summary>A range to work on, or null if there is none now.</summary>
    public async Task<ClaimedRange?> ClaimAsync(CancellationToken cancellationToken) =>
        (await store.Runs.ClaimAsync(run, token, 1, duration, cancellationToken)) is [var claimed, ..] ? claimed : null;

    /// <summary>Prolongs the lease of all that is claimed.</summary>
    public Task ProlongAsync(CancellationToken cancellationToken) =>
        store.Runs.HeartbeatAsync(run, token, duration, cancellationToken);

    /// <summary>Gives a range back after a failure.</summary>
    public Task FailAsync(AccountRange range, string error, CancellationToken cancellationToken) =>
        store.Runs.FailAsync(run, token, range, error, cancellationToken);

    /// <summary>Gives everything back that is not committed.</summary>
    public Task ReleaseAsync() => store.Runs.ReleaseAsync(run, token, CancellationToken.None);

    /// <summary>False, with nothing written, if one of the ranges is no longer held.</summary>
    public Task<bool> CommitAsync(IReadOnlyList<ComputedRange> ranges, CancellationToken cancellationToken) =>
        store.Writer.CommitAsync(run, token, ranges, cancellationToken);

    /// <summary>Replaces the rows of single accounts in the run's own rows.</summary>
    public Task CorrectAsync(
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    ) => store.Corrections.CorrectAsync(run, token, accountIds, reports, cancellationToken);

    /// <summary>Switches readers over to the run's rows; false if something of it is missing.</summary>
    public Task<bool> CompleteAsync(CancellationToken cancellationToken) =>
        store.Writer.CompleteAsync(run, token, cancellationToken);
}
