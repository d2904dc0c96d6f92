using UserReports.Core.Reports;

namespace UserReports.Store;

/// <summary>Where runs, their ranges and the rows that they compute are kept.</summary>
/// <remarks>
/// Fencing: a worker's token travels inside the very statement that commits a range and inside every write to a run. A
/// worker whose lease has passed, or whose work somebody else took over, gets false back and has written nothing. Rows
/// of a run that is not completed are invisible to <see cref="IReportReader"/> until <see cref="CompleteAsync"/>.
/// Every member throws <see cref="StoreException"/> when the store cannot be read or written; the message says why and
/// what to do.
/// </remarks>
public interface IRunStore
{
    /// <summary>The run in progress, or null. There is never more than one.</summary>
    Task<Run?> FindInProgressAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Starts a run over these ranges, or returns the one in progress (then <paramref name="ranges"/> is not used).
    /// </summary>
    Task<Run> StartAsync(
        IReadOnlyList<(AccountRange Range, long Accounts)> ranges,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Claims up to <paramref name="max"/> ranges that are pending or whose lease has passed, for
    /// <paramref name="lease"/>. Empty if there is nothing to claim now.
    /// </summary>
    Task<IReadOnlyList<ClaimedRange>> ClaimAsync(
        Guid run,
        string ownerToken,
        int max,
        TimeSpan lease,
        CancellationToken cancellationToken
    );

    /// <summary>Prolongs every lease that the token holds. False if it holds none any more.</summary>
    Task<bool> HeartbeatAsync(Guid run, string ownerToken, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>
    /// In one transaction: replaces every row of these ranges and marks them done. False, with nothing written, if the
    /// token does not hold a live lease on every one of them.
    /// </summary>
    Task<bool> CommitAsync(
        Guid run,
        string ownerToken,
        IReadOnlyList<ComputedRange> ranges,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Gives a range back after a failure; <paramref name="error"/> becomes the run's last error. False if it was lost
    /// before.
    /// </summary>
    Task<bool> FailAsync(
        Guid run,
        string ownerToken,
        AccountRange range,
        string error,
        CancellationToken cancellationToken
    );

    /// <summary>Gives every range of the token back, untouched, for a clean stop.</summary>
    Task ReleaseAsync(Guid run, string ownerToken, CancellationToken cancellationToken);

    /// <summary>
    /// Completes the run if all its ranges are done, and switches readers over to its rows. False if ranges are
    /// missing, or if <see cref="TouchedAsync"/> still has accounts to correct.
    /// </summary>
    Task<bool> CompleteAsync(Guid run, string ownerToken, CancellationToken cancellationToken);

    /// <summary>Ends the run in progress without using it.</summary>
    Task AbortAsync(Guid run, string reason, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the rows of these accounts, in place, in what readers see, with <paramref name="reports"/>; an account
    /// without a report loses its rows. While a run is in progress the ids are remembered, and
    /// <see cref="TouchedAsync"/> returns them.
    /// </summary>
    Task ReplaceAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Accounts replaced in place since the run in progress began: they are to be computed again before it completes.
    /// </summary>
    Task<IReadOnlyList<long>> TouchedAsync(CancellationToken cancellationToken);

    /// <summary>In the run's rows (not in what readers see): replaces the rows of these accounts.</summary>
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
    Task<IReadOnlyList<long>> DueAsync(DateTimeOffset now, int max, CancellationToken cancellationToken);

    /// <summary>All runs, the newest first.</summary>
    Task<IReadOnlyList<Run>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One run, or null.</summary>
    Task<Run?> FindAsync(Guid run, CancellationToken cancellationToken);
}

/// <summary>Where a run stands.</summary>
public enum RunStatus
{
    /// <summary>Ranges are missing; the next start goes on with them.</summary>
    InProgress,

    /// <summary>Every range is done and readers see its rows.</summary>
    Completed,

    /// <summary>Given up; its rows are gone.</summary>
    Aborted,
}

/// <summary>One pass over all accounts.</summary>
/// <param name="LastError">The last failure of a range, or null.</param>
/// <param name="Warnings">Data warnings, each subject once, at most <see cref="WarningsMax"/>;
/// <paramref name="WarningCount"/> counts all.</param>
public sealed record Run(
    Guid Uid,
    RunStatus Status,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    long AccountsTotal,
    long AccountsDone,
    long RowsWritten,
    int RangesTotal,
    int RangesDone,
    DateTimeOffset? HeartbeatAt,
    string? LastError,
    long WarningCount,
    IReadOnlyList<DataWarning> Warnings
)
{
    /// <summary>How many warnings a run keeps in full.</summary>
    public const int WarningsMax = 1000;
}

/// <summary>A range that a worker may work on until its lease passes.</summary>
/// <param name="Attempts">How often it has failed since the run was taken up.</param>
public sealed record ClaimedRange(AccountRange Range, long Accounts, int Attempts);

/// <summary>A range with the rows that belong there.</summary>
/// <param name="Reports">The rows; whoever made them disposes of them, once they are committed or given up.</param>
public sealed record ComputedRange(
    AccountRange Range,
    long Accounts,
    PackedReports Reports,
    IReadOnlyList<DataWarning> Warnings
)
{
    /// <summary>Packs the reports.</summary>
    public ComputedRange(
        AccountRange range,
        long accounts,
        IReadOnlyList<Report> reports,
        IReadOnlyList<DataWarning> warnings
    )
        : this(range, accounts, PackedReports.Of(reports), warnings) { }
}
