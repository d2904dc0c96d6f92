using Microsoft.Extensions.Logging;

namespace UserReports.Store.DuckDb;

/// <summary>Everything that the store says in the log.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(
        1001,
        LogLevel.Error,
        "A generation of reports cannot be used: {Problem} It is now {Path}; delete it when it is of no more use. Readers "
            + "see the generation before it, if there is one, until the next refresh has written all reports anew."
    )]
    public static partial void SetAside(ILogger logger, string path, string problem);

    [LoggerMessage(1002, LogLevel.Information, "Readers now see generation {Generation} with {Rows} rows.")]
    public static partial void Switched(ILogger logger, int generation, long rows);

    [LoggerMessage(
        1003,
        LogLevel.Warning,
        "The ranges that the last process had claimed could not be freed; they are when their leases pass: {Problem}"
    )]
    public static partial void ClaimsStay(ILogger logger, string problem);

    [LoggerMessage(1004, LogLevel.Warning, "The pointer to the present generation could not be written: {Problem}")]
    public static partial void PointerStays(ILogger logger, string problem);

    [LoggerMessage(
        1005,
        LogLevel.Warning,
        "What answers pages from memory could not be worked out, statements find them: {Problem}"
    )]
    public static partial void MemoryFailed(ILogger logger, string problem);

    [LoggerMessage(
        1006,
        LogLevel.Warning,
        "The trends {Path} cannot be used: {Problem}. Until the next day's are worked out, rows tell no trend of storage "
            + "and no days to its limit."
    )]
    public static partial void NoTrends(ILogger logger, string path, string problem);
}
