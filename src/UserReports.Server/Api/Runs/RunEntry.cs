using UserReports.Store;

namespace UserReports.Server.Api.Runs;

/// <summary>A refresh run as the runs routes show it.</summary>
/// <param name="Status">in_progress, completed or aborted.</param>
/// <param name="Progress">From 0 to 1, by accounts.</param>
/// <param name="Cursor">How far the run is in its ranges: <c>17/20</c>; ranges are done in any order.</param>
/// <param name="LastError">The last failure, or null.</param>
/// <param name="Warnings">Odd data that was met, each subject once, without personal details.</param>
public sealed record RunEntry(
    Guid Uid,
    string Status,
    double Progress,
    string Cursor,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? HeartbeatAt,
    long AccountsTotal,
    long AccountsDone,
    long RowsWritten,
    int RangesTotal,
    int RangesDone,
    string? LastError,
    long WarningCount,
    IReadOnlyList<WarningEntry> Warnings
)
{
    internal static RunEntry Of(Run run) =>
        new(
            run.Uid,
            run.Status switch
            {
                RunStatus.InProgress => "in_progress",
                RunStatus.Completed => "completed",
                _ => "aborted",
            },
            run.Status == RunStatus.Completed
                ? 1
                : Math.Round(Math.Min(1, run.AccountsDone / Math.Max(1.0, run.AccountsTotal)), 4),
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{run.RangesDone}/{run.RangesTotal}"),
            run.StartedAt,
            run.FinishedAt,
            run.HeartbeatAt,
            run.AccountsTotal,
            run.AccountsDone,
            run.RowsWritten,
            run.RangesTotal,
            run.RangesDone,
            run.LastError,
            run.WarningCount,
            [.. run.Warnings.Select(warning => new WarningEntry(warning.Subject, warning.Problem))]
        );
}

/// <summary>A value of a source that broke a rule.</summary>
public sealed record WarningEntry(string Subject, string Problem);

/// <summary>Runs, page by page.</summary>
public sealed record RunPage(long Count, string? Next, string? Previous, IReadOnlyList<RunEntry> Results);
