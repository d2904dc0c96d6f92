using Microsoft.Extensions.Logging;

namespace UserReports.Refresh.Following;

/// <summary>Everything that following says in the log.</summary>
internal static partial class FollowLog
{
    [LoggerMessage(2201, LogLevel.Information, "The {Database} database is followed: {Mode}.")]
    public static partial void Begun(ILogger logger, string database, string mode);

    [LoggerMessage(2202, LogLevel.Warning, "The {Database} database is polled, not told: {Reason}")]
    public static partial void Polled(ILogger logger, string database, string reason);

    [LoggerMessage(
        2203,
        LogLevel.Warning,
        "The feed of the {Database} database begins anew, and a run follows: {Reason}"
    )]
    public static partial void Lost(ILogger logger, string database, string reason);

    [LoggerMessage(2204, LogLevel.Information, "A run is asked for: {Reason}")]
    public static partial void RunAsked(ILogger logger, string reason);

    [LoggerMessage(2205, LogLevel.Debug, "{Accounts} accounts were computed anew because they changed.")]
    public static partial void Computed(ILogger logger, int accounts);

    [LoggerMessage(
        2206,
        LogLevel.Warning,
        "Of {Rows} published rows {Differing} differ from the sources, in {Fields}. The next run puts that right."
    )]
    public static partial void Differing(ILogger logger, int rows, int differing, string fields);

    [LoggerMessage(
        2207,
        LogLevel.Information,
        "{Accounts} accounts or more changed, which a run computes sooner than one by one."
    )]
    public static partial void LeftToRun(ILogger logger, long accounts);

    [LoggerMessage(
        2208,
        LogLevel.Warning,
        "Account {Account} changed and could not be computed anew. Its row stays as it is until the next run."
    )]
    public static partial void Failed(ILogger logger, Exception failure, long account);
}
