using UserReports.Feed;
using UserReports.Feed.Ledger;
using UserReports.Refresh.Following;
using UserReports.Sources.Load;

namespace UserReports.Server.Api.Following;

/// <summary>How the sources are followed, as the runs route shows it.</summary>
/// <param name="Mode">feed, poll or off.</param>
/// <param name="LagSeconds">Up to so many seconds ago every change is visible; null while that is not known.</param>
/// <param name="Dirty">Accounts and organisations that wait to be computed anew.</param>
/// <param name="RequestedRuns">Why runs over all accounts are asked for.</param>
/// <param name="Problem">Why nothing can be computed anew just now, or null.</param>
/// <param name="Accuracy">What the last sample of published rows showed, or null before the first.</param>
public sealed record FollowEntry(
    string Mode,
    double? LagSeconds,
    long Dirty,
    IReadOnlyList<FollowedDatabaseEntry> Databases,
    IReadOnlyList<string> RequestedRuns,
    string? Problem,
    AccuracyEntry? Accuracy
)
{
    internal static FollowEntry Of(FollowState state) =>
        new(
            FollowStatus.NameOf(state.Mode),
            SecondsOf(state.Lag),
            state.Dirty,
            [.. state.Databases.Select(FollowedDatabaseEntry.Of)],
            [.. state.Runs.Select(run => run.Reason)],
            state.Problem,
            state.Accuracy is { } accuracy ? AccuracyEntry.Of(accuracy) : null
        );

    internal static double? SecondsOf(TimeSpan? span) => span is { } of ? Math.Round(of.TotalSeconds, 1) : null;
}

/// <summary>How one source database is followed.</summary>
/// <param name="WhyNotFeed">Why it is polled and not told, or null.</param>
/// <param name="Problem">Why it is not followed just now, or null.</param>
/// <param name="LastLoss">Why following had to begin anew the last time, or null.</param>
/// <param name="Questions">What polling asks, and what it does not ask.</param>
public sealed record FollowedDatabaseEntry(
    string Database,
    string Mode,
    double? LagSeconds,
    string? WhyNotFeed,
    string? Problem,
    string? LastLoss,
    IReadOnlyList<QuestionEntry> Questions
)
{
    internal static FollowedDatabaseEntry Of(DatabaseFollowState state) =>
        new(
            state.Database,
            FollowStatus.NameOf(state.Mode),
            FollowEntry.SecondsOf(state.Lag),
            state.WhyNotFeed,
            state.Problem,
            state.LastLoss,
            [.. state.Questions.Select(QuestionEntry.Of)]
        );
}

/// <summary>Something that polling asks a source.</summary>
/// <param name="EverySeconds">Null for what is not asked.</param>
/// <param name="Reason">Why it is asked so, or what waits for the next run because it is not.</param>
public sealed record QuestionEntry(string Subject, double? EverySeconds, string Reason)
{
    internal static QuestionEntry Of(FeedQuestion question) =>
        new(question.Subject, FollowEntry.SecondsOf(question.Every), question.Reason);
}

/// <summary>How right published rows were when some were computed anew and compared.</summary>
/// <param name="Differing">Rows that differed in some field.</param>
public sealed record AccuracyEntry(
    DateTimeOffset At,
    int Rows,
    int Differing,
    IReadOnlyList<DifferingFieldEntry> Fields
)
{
    internal static AccuracyEntry Of(PublishedAccuracy accuracy) =>
        new(
            accuracy.SampledAt,
            accuracy.Rows,
            accuracy.DifferingRows,
            [.. accuracy.Fields.Select(field => new DifferingFieldEntry(field.Path, field.Rows, field.Since))]
        );
}

/// <summary>A field that differed.</summary>
/// <param name="Since">The first sample in a row that showed it.</param>
public sealed record DifferingFieldEntry(string Path, int Rows, DateTimeOffset Since);

/// <summary>What the service costs the sources, since it started.</summary>
public sealed record SourcesEntry(BudgetEntry Budget, IReadOnlyList<LoadEntry> Load)
{
    internal static SourcesEntry Of(SourceLoad load) =>
        new(BudgetEntry.Of(load.Budget.State), [.. load.Figures.Select(LoadEntry.Of)]);
}

/// <summary>How much of a source's server may be kept busy.</summary>
/// <param name="Share">Of one core, as it applies now.</param>
/// <param name="Used">Of one core, in the last minute.</param>
/// <param name="DelayedSeconds">How long runs have waited for their share.</param>
/// <param name="Skipped">Polls that were left out for want of a share.</param>
/// <param name="Reason">Why less than the setting applies, or null.</param>
public sealed record BudgetEntry(double Share, double Used, double DelayedSeconds, long Skipped, string? Reason)
{
    internal static BudgetEntry Of(BudgetState state) =>
        new(
            Math.Round(state.Share, 4),
            Math.Round(state.Used, 4),
            FollowEntry.SecondsOf(state.Delayed)!.Value,
            state.Skipped,
            state.Reason
        );
}

/// <summary>What one kind of work has asked of a source.</summary>
/// <param name="Work">run, poll, feed, accounts, sign_in or inspection.</param>
/// <param name="BusySeconds">From sending each statement to its last row, all together.</param>
/// <param name="LongestMilliseconds">The longest statement.</param>
/// <param name="LockWaits">How often a statement was seen waiting for a lock.</param>
public sealed record LoadEntry(
    string Source,
    string Work,
    long Statements,
    long Rows,
    double BusySeconds,
    double LongestMilliseconds,
    long LockWaits
)
{
    internal static LoadEntry Of(SourceFigures figures) =>
        new(
            figures.Source,
            NameOf(figures.Work),
            figures.Statements,
            figures.Rows,
            Math.Round(figures.Busy.TotalSeconds, 3),
            Math.Round(figures.Longest.TotalMilliseconds, 1),
            figures.LockWaits
        );

    internal static string NameOf(SourceWork work) =>
        work == SourceWork.SignIn ? "sign_in" : work.ToString().ToLowerInvariant();
}
