namespace UserReports.Store.History;

/// <summary>The reports as they were at the end of days: one snapshot a day, read as the present is.</summary>
/// <remarks>
/// One caller at a time keeps, thins out and erases; readers may come at any moment, and what they read stays until
/// they have ended. Failures are those of <see cref="IRunLedger"/>.
/// </remarks>
public interface IReportHistory
{
    /// <summary>Every snapshot, the newest first, damaged ones among them.</summary>
    Task<IReadOnlyList<DailySnapshot>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The reports as the last whole snapshot before an instant has them.</summary>
    /// <param name="before">Not included.</param>
    /// <exception cref="NoHistoryException">There is no such snapshot.</exception>
    Task<IReportReader> AtAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>One account in every whole snapshot of a span of days, the oldest first.</summary>
    /// <param name="accountId">The platform's number.</param>
    /// <param name="last">Included.</param>
    /// <param name="account">In whose turn; null for the service's own.</param>
    /// <returns>A day for each snapshot that could be read; one that turns out damaged is left out.</returns>
    Task<IReadOnlyList<AccountDay>> FindAccountAsync(
        long accountId,
        DateOnly first,
        DateOnly last,
        long? account,
        CancellationToken cancellationToken
    );

    /// <summary>The state that the run before the present one left.</summary>
    /// <exception cref="NoHistoryException">Its rows are not at hand any more, or never were.</exception>
    Task<SnapshotInfo> PreviousAsync(CancellationToken cancellationToken);

    /// <summary>One page of what differs between two moments, with the counts of all.</summary>
    /// <param name="page">How many rows, and after which; no offset, and not backward.</param>
    /// <param name="account">In whose turn; null for the service's own.</param>
    /// <exception cref="NoHistoryException">There is no snapshot of one of the moments, or the run before is not at
    /// hand.</exception>
    /// <exception cref="ChangedFieldException">A field had another type then.</exception>
    Task<ComparisonPage> CompareAsync(
        ComparisonQuery query,
        PageRequest page,
        long? account,
        CancellationToken cancellationToken
    );

    /// <summary>All of what differs, from the same two states.</summary>
    /// <inheritdoc cref="CompareAsync"/>
    Task<ComparisonExport> ExportComparisonAsync(
        ComparisonQuery query,
        long? account,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Keeps the present rows as the snapshot of the UTC day on which their run completed, unless that day has one. The
    /// work is done on the thread that calls, which is to be one of low priority; nobody waits for it.
    /// </summary>
    /// <returns>What was kept; null if there is nothing to keep.</returns>
    DailySnapshot? Keep(CancellationToken cancellationToken);

    /// <summary>Removes the snapshots that are kept no longer; whoever reads one ends first.</summary>
    /// <returns>The days that are no more.</returns>
    IReadOnlyList<DateOnly> ThinOut(HistoryKeep keep, CancellationToken cancellationToken);

    /// <summary>
    /// Writes snapshots anew without the accounts that have no row now, each so early that no account stays longer than
    /// that after its rows have gone. The work is done on the thread that calls.
    /// </summary>
    /// <param name="within">How long an account may stay in a snapshot.</param>
    /// <returns>Rows that were taken out.</returns>
    long Erase(TimeSpan within, CancellationToken cancellationToken);

    /// <summary>Reads every snapshot from its beginning to its end.</summary>
    /// <returns>The snapshots, with what is wrong with each.</returns>
    Task<IReadOnlyList<DailySnapshot>> ExamineAsync(CancellationToken cancellationToken);
}
