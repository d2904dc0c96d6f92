namespace UserReports.Sources.Load;

/// <summary>What one kind of work has asked of a source since the service started.</summary>
/// <param name="Source"><c>platform</c> or <c>usage</c>.</param>
/// <param name="Busy">How long statements took, from sending to their last row, all together.</param>
/// <param name="Longest">The longest of the statements.</param>
/// <param name="LockWaits">How often a look at the server, one every few seconds, found a statement of ours waiting for
/// a lock; kept for runs alone.</param>
public sealed record SourceFigures(
    string Source,
    SourceWork Work,
    long Statements,
    long Rows,
    TimeSpan Busy,
    TimeSpan Longest,
    long LockWaits
);

/// <summary>How the budget stands.</summary>
/// <param name="Share">The share of one core of a source's server that applies now, backing off included.</param>
/// <param name="Used">The share that was used in the last minute.</param>
/// <param name="Delayed">How long runs have waited for their share since the service started.</param>
/// <param name="Skipped">Polls that were skipped for want of a share since then.</param>
/// <param name="Reason">Why less than the budget applies, as words for an operator; null while all of it does.</param>
public sealed record BudgetState(double Share, double Used, TimeSpan Delayed, long Skipped, string? Reason);
