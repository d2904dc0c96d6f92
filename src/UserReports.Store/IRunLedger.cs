using UserReports.Core.Reports;

namespace UserReports.Store;

/// <summary>Runs, their ranges, and who works on which.</summary>
/// <remarks>
/// Fencing: a worker's token travels inside the very statement that changes a range. A worker whose lease has passed,
/// or whose work somebody else took over, gets false back and has written nothing. Every member throws
/// <see cref="StoreUnavailableException"/> when the store cannot be read or written; the message says why and what to
/// do.
/// </remarks>
public interface IRunLedger
{
    /// <summary>The run in progress, or null. There is never more than one.</summary>
    Task<Run?> FindInProgressAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes up the run in progress, as a start does; null, with nothing begun, if there is none. Whether there is one
    /// is decided in the same step: it may end at any time.
    /// </summary>
    Task<Run?> ResumeAsync(CancellationToken cancellationToken);

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

    /// <summary>Ends the run in progress without using it.</summary>
    Task AbortAsync(Guid run, string reason, CancellationToken cancellationToken);

    /// <summary>All runs, the newest first.</summary>
    Task<IReadOnlyList<Run>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One run, or null.</summary>
    Task<Run?> FindAsync(Guid run, CancellationToken cancellationToken);
}
