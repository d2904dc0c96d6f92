using UserReports.Core.LimitsFiles;
using UserReports.Core.Reports;

namespace UserReports.Refresh.OwnLimits;

/// <summary>What is known of the operator's file of limits.</summary>
/// <param name="Path">Null without such a file.</param>
/// <param name="ReadAt">When the file that counts was read; null if none was right yet.</param>
/// <param name="Entries">How many accounts and organisations it names.</param>
/// <param name="Faults">What is wrong with the file as it stands now; then an earlier one counts.</param>
/// <param name="Warnings">Names in it that are not on the platform.</param>
public sealed record LimitsState(
    string? Path,
    DateTimeOffset? ReadAt,
    int Entries,
    IReadOnlyList<LimitsFault> Faults,
    IReadOnlyList<DataWarning> Warnings
)
{
    /// <summary>SHA-256 of the file that counts, by which nodes compare theirs; null if none was right yet.</summary>
    public string? Digest { get; init; }

    /// <summary>What is wrong, in one line; null if nothing is.</summary>
    public string? Problem =>
        Faults is [var first, ..]
            ? $"{Path}, {first.Words}{(Faults.Count > 1 ? $" (and {Faults.Count - 1} more)" : "")}"
            : null;
}

/// <summary>The operator's file of limits was never right, so nothing can be computed.</summary>
public sealed class LimitsException(string message) : Exception(message);

/// <summary>By what a file is seen to be another one.</summary>
internal sealed record LimitsStamp(DateTime WrittenAt, long Length)
{
    /// <summary>That of a file, or one of its own where there is none.</summary>
    public static LimitsStamp Of(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return new(default, -1);
        // What a link leads to: a mounted map of settings is replaced by switching one.
        var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return target.Exists ? new(target.LastWriteTimeUtc, target.Length) : new(default, -1);
    }
}
