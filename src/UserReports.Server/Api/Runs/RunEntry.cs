using UserReports.Server.Api.Following;
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
            run.Status == RunStatus.Completed ? 1 : Math.Round(run.Progress, 4),
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
/// <param name="Following">How the sources are followed between runs.</param>
/// <param name="Sources">What all of it costs the sources.</param>
/// <param name="Leader">Which node begins runs and follows; null while that cannot be found out.</param>
/// <param name="Nodes">All that share the workspace; null as the leader.</param>
/// <param name="NodeWarnings">What is wrong with nodes beside each other; null as the leader.</param>
public sealed record RunPage(
    long Count,
    string? Next,
    string? Previous,
    IReadOnlyList<RunEntry> Results,
    FollowEntry Following,
    SourcesEntry Sources,
    LeaderEntry? Leader,
    IReadOnlyList<NodeEntry>? Nodes,
    IReadOnlyList<string>? NodeWarnings
);

/// <summary>The node that keeps the schedule and follows the sources.</summary>
/// <param name="Node">The machine's name and the number of the process there; null while none leads.</param>
/// <param name="Since">Null where no other node could.</param>
/// <param name="IsThisNode">True if it is the one that answers.</param>
public sealed record LeaderEntry(string? Node, DateTimeOffset? Since, bool IsThisNode);
