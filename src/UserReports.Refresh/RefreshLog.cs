using Microsoft.Extensions.Logging;

namespace UserReports.Refresh;

/// <summary>Everything that the refresh says in the log.</summary>
internal static partial class RefreshLog
{
    [LoggerMessage(2001, LogLevel.Information, "Run {Run}: {Done} of {Total} accounts are done.")]
    public static partial void Started(ILogger logger, Guid run, long done, long total);

    [LoggerMessage(2015, LogLevel.Information, "Run {Run}: this node joins with {Done} of {Total} accounts done.")]
    public static partial void Joined(ILogger logger, Guid run, long done, long total);

    [LoggerMessage(
        2014,
        LogLevel.Information,
        "Stripe is off: reports have no subscriptions, calendar months, and the limits of Limits:File."
    )]
    public static partial void WithoutStripe(ILogger logger);

    [LoggerMessage(2002, LogLevel.Information, "Run {Run} is complete: {Rows} rows, {Warnings} warnings.")]
    public static partial void Completed(ILogger logger, Guid run, long rows, long warnings);

    [LoggerMessage(2003, LogLevel.Warning, "Accounts {First} to {Last} failed (attempt {Attempt}): {Problem}")]
    public static partial void RangeFailed(
        ILogger logger,
        Exception? exception,
        long first,
        long last,
        int attempt,
        string problem
    );

    [LoggerMessage(
        2004,
        LogLevel.Warning,
        "This worker was silent for longer than its lease, and {Ranges} ranges were lost; nothing of them was written."
    )]
    public static partial void LeaseLost(ILogger logger, int ranges);

    [LoggerMessage(
        2005,
        LogLevel.Warning,
        "Run {Run} waits: {Ranges} ranges failed too often. The next start takes up just these."
    )]
    public static partial void Incomplete(ILogger logger, Guid run, int ranges);

    [LoggerMessage(2006, LogLevel.Information, "Run {Run} was stopped; the next start resumes it.")]
    public static partial void Stopped(ILogger logger, Guid run);

    [LoggerMessage(2007, LogLevel.Error, "{Work} failed, and is tried again until it succeeds: {Problem}")]
    public static partial void Failed(ILogger logger, Exception? exception, string work, string problem);

    [LoggerMessage(2009, LogLevel.Information, "{Work} works again.")]
    public static partial void WorksAgain(ILogger logger, string work);

    [LoggerMessage(2010, LogLevel.Warning, "The lease could not be prolonged: {Problem}")]
    public static partial void BeatFailed(ILogger logger, string problem);

    [LoggerMessage(
        2013,
        LogLevel.Warning,
        "This process stood still for {Silent:F0} s, which is longer than its lease of {Lease:F0} s: what it had in work is "
            + "read anew."
    )]
    public static partial void Overslept(ILogger logger, double silent, double lease);

    [LoggerMessage(
        2011,
        LogLevel.Warning,
        "Ranges could not be given back; they are free when their lease of {Seconds} s passes: {Problem}"
    )]
    public static partial void NotGivenBack(ILogger logger, double seconds, string problem);

    [LoggerMessage(
        2012,
        LogLevel.Information,
        "{Accounts} billing periods or more have ended, which a run computes sooner than one by one."
    )]
    public static partial void ManyPeriodsEnded(ILogger logger, int accounts);

    [LoggerMessage(
        2008,
        LogLevel.Information,
        "{Accounts} accounts were computed anew because their billing period ended."
    )]
    public static partial void PeriodsEnded(ILogger logger, int accounts);
}
