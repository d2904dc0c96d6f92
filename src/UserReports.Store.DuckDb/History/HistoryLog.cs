using Microsoft.Extensions.Logging;

namespace UserReports.Store.DuckDb.History;

/// <summary>Everything that the history says in the log.</summary>
internal static partial class HistoryLog
{
    [LoggerMessage(1101, LogLevel.Information, "The snapshot of {Day} is kept: {Rows} rows in {Bytes} bytes.")]
    public static partial void Kept(ILogger logger, DateOnly day, long rows, long bytes);

    [LoggerMessage(
        1102,
        LogLevel.Error,
        "A snapshot is damaged and left out; other days answer. Put a good copy of {Path} in its place and start again, or delete it: {Problem}"
    )]
    public static partial void Damaged(ILogger logger, string path, string problem);

    [LoggerMessage(1103, LogLevel.Information, "{Count} snapshots are kept no longer: {Days}.")]
    public static partial void ThinnedOut(ILogger logger, int count, string days);

    [LoggerMessage(
        1104,
        LogLevel.Information,
        "{Rows} rows of accounts that are gone were taken out of the snapshot of {Day}."
    )]
    public static partial void Erased(ILogger logger, DateOnly day, long rows);

    [LoggerMessage(
        1105,
        LogLevel.Warning,
        "The present reports have no account, so none was taken out of snapshots: check that the sources are the right ones."
    )]
    public static partial void NobodyPresent(ILogger logger);
}
