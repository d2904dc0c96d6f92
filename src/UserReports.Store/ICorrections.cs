using UserReports.Core.Reports;

namespace UserReports.Store;

/// <summary>Changes of single accounts between and beside the runs.</summary>
/// <remarks>Failures are those of <see cref="IRunLedger"/>.</remarks>
public interface ICorrections
{
    /// <summary>
    /// Whether so much has changed since the last completed run that the next one should begin: it writes everything
    /// anew, and what changes leave behind is gone. False before the first completed run.
    /// </summary>
    bool NeedsRun { get; }

    /// <summary>
    /// Replaces the rows of these accounts, in place, in what readers see, with <paramref name="reports"/>; an account
    /// without a report loses its rows. While a run is in progress the ids are remembered, and
    /// <see cref="TouchedAsync"/> returns them.
    /// </summary>
    /// <exception cref="NoSnapshotException">There is no completed run yet.</exception>
    Task ReplaceAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Accounts replaced in place since the run in progress began: they are to be computed again before it completes.
    /// </summary>
    Task<IReadOnlyList<long>> TouchedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// In the run's rows (not in what readers see): replaces the rows of these accounts. Those that were replaced in
    /// place again after the last <see cref="TouchedAsync"/> stay to be corrected. False if the run is not in progress.
    /// </summary>
    Task<bool> CorrectAsync(
        Guid run,
        string ownerToken,
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Accounts of which some row's billing period ended before <paramref name="now"/> and which were not computed
    /// since, at most <paramref name="max"/>.
    /// </summary>
    /// <exception cref="NoSnapshotException">There is no completed run yet.</exception>
    Task<IReadOnlyList<long>> DueAsync(DateTimeOffset now, int max, CancellationToken cancellationToken);
}
