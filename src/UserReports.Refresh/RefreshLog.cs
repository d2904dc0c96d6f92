using Microsoft.Extensions.Logging;

namespace UserReports.Refresh;

/// <summary>Everything that the refresh says in the log.</summary>
internal static partial class RefreshLog
{
    [LoggerMessage(1, LogLevel.Information, "Run {Run}: {Done} of {Total} accounts are done.")]
    public static partial void Started(ILogger logger, Guid run, long done, long total);

    [LoggerMessage(2, LogLevel.Information, "Run {Run} is complete: {Rows} rows, {Warnings} warnings.")]
    public static partial void Completed(ILogger logger, Guid run, long rows, long warnings);

    [LoggerMessage(3, LogLevel.Warning, "Accounts {First} to {Last} failed (attempt {Attempt}): {Problem}")]
    public static partial void RangeFailed(ILogger logger, long first, long last, int attempt, string problem);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "This worker was silent for longer than its lease, and {Ranges} ranges were lost; nothing of them was written."
    )]
    public static partial void LeaseLost(ILogger logger, int ranges);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "Run {Run} waits: {Ranges} ranges failed too often. The next start takes up just these."
    )]
    public static partial void Incomplete(ILogger logger, Guid run, int ranges);

    [LoggerMessage(6, LogLevel.Information, "Run {Run} was stopped; the next start resumes it.")]
    public static partial void Stopped(ILogger logger, Guid run);

    [LoggerMessage(7, LogLevel.Error, "The refresh could not run: {Problem}")]
    public static partial void CouldNotRun(ILogger logger, string problem);

    [LoggerMessage(
        8,
        LogLevel.Information,
        "{Accounts} accounts were computed anew because their billing period ended."
    )]
    public static partial void PeriodsEnded(ILogger logger, int accounts);
}
