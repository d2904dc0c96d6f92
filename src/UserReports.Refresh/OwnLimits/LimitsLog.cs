using Microsoft.Extensions.Logging;

namespace UserReports.Refresh.OwnLimits;

/// <summary>What is said in the log of the operator's file of limits.</summary>
internal static partial class LimitsLog
{
    [LoggerMessage(
        2101,
        LogLevel.Information,
        "Limits were read from {Path}: {Accounts} accounts and {Organizations} organisations are named."
    )]
    public static partial void Read(ILogger logger, string path, int accounts, int organizations);

    [LoggerMessage(2102, LogLevel.Error, "{Problem} {Consequence}.")]
    public static partial void Wrong(ILogger logger, string problem, string consequence);

    [LoggerMessage(2103, LogLevel.Information, "{Accounts} accounts were computed anew because their limits changed.")]
    public static partial void Recomputed(ILogger logger, int accounts);

    [LoggerMessage(2104, LogLevel.Information, "Limits changed for everybody or for many: a run computes them.")]
    public static partial void LeftToARun(ILogger logger);
}
