using UserReports.Core.Reports;

namespace UserReports.Store;

/// <summary>Where a run's rows are written.</summary>
/// <remarks>
/// Rows of a run that is not completed are invisible to <see cref="IReportReader"/> until <see cref="CompleteAsync"/>.
/// Fencing and failures are those of <see cref="IRunLedger"/>.
/// </remarks>
public interface IReportWriter
{
    /// <summary>
    /// An empty batch, which belongs to whoever asks and is filled on his own thread, beside other batches.
    /// </summary>
    IReportBatch NewBatch();

    /// <summary>
    /// In one transaction: replaces every row of these ranges and marks them done. False, with nothing written, if the
    /// token does not hold a live lease on every one of them.
    /// </summary>
    /// <param name="ranges">Their batches are finished, were made by this writer, and stay the caller's.</param>
    Task<bool> CommitAsync(
        Guid run,
        string ownerToken,
        IReadOnlyList<ComputedRange> ranges,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Completes the run if all its ranges are done, and switches readers over to its rows. False if ranges are
    /// missing, or if <see cref="ICorrections.TouchedAsync"/> still has accounts to correct.
    /// </summary>
    Task<bool> CompleteAsync(Guid run, string ownerToken, CancellationToken cancellationToken);
}

/// <summary>
/// Reports in the form in which a store takes them. Whoever computes reports fills batches on threads of his own;
/// committing then costs the store little more than copying.
/// </summary>
public interface IReportBatch : IDisposable
{
    /// <summary>How many reports.</summary>
    int Count { get; }

    /// <summary>Takes more reports; not after <see cref="Finish"/>.</summary>
    void Add(IReadOnlyList<Report> reports);

    /// <summary>To be called after the last report, on the thread that fills: the one that commits has enough to
    /// do.</summary>
    void Finish();
}

/// <summary>A range with the rows that belong there.</summary>
/// <param name="Reports">The rows; whoever made them disposes of them, once they are committed or given up.</param>
public sealed record ComputedRange(
    AccountRange Range,
    long Accounts,
    IReportBatch Reports,
    IReadOnlyList<DataWarning> Warnings
);
