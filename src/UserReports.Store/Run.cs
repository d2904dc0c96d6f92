using UserReports.Core.Reports;

namespace UserReports.Store;

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

/// <summary>One refresh of all accounts.</summary>
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

    /// <summary>The part of the accounts that is done: 0 to 1.</summary>
    public double Progress => Math.Min(1, AccountsDone / Math.Max(1.0, AccountsTotal));
}

/// <summary>A range that a worker may work on until its lease passes.</summary>
/// <param name="Attempts">How often it has failed since the run was taken up.</param>
public sealed record ClaimedRange(AccountRange Range, long Accounts, int Attempts);
