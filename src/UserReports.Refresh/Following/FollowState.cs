using UserReports.Feed;
using UserReports.Feed.Ledger;

namespace UserReports.Refresh.Following;

/// <summary>How following stands at an instant, for whoever shows it.</summary>
/// <param name="Databases">How each source database is followed; empty where nothing is.</param>
/// <param name="Dirty">Accounts and organisations that wait to be computed anew.</param>
/// <param name="Runs">Runs that are asked for, and why.</param>
/// <param name="Problem">Why nothing can be computed or written just now; null if all is well.</param>
/// <param name="Accuracy">What the last sample of published rows showed; null before the first.</param>
public sealed record FollowState(
    IReadOnlyList<DatabaseFollowState> Databases,
    long Dirty,
    IReadOnlyList<RequestedRun> Runs,
    string? Problem,
    PublishedAccuracy? Accuracy
)
{
    /// <summary>Nothing is followed.</summary>
    public static readonly FollowState Off = new([], 0, [], null, null);

    /// <summary>The feed if every database has one; polling if some database is polled; else off.</summary>
    public FollowMode Mode => Databases.Count == 0 ? FollowMode.Off : Databases.Min(database => database.Mode);

    /// <summary>Of the database that is furthest behind; null if some database is not followed yet.</summary>
    public TimeSpan? Lag =>
        Databases.Count == 0 || Databases.Any(database => database.Lag is null)
            ? null
            : Databases.Max(database => database.Lag);
}

/// <summary>How one source database is followed.</summary>
/// <param name="Database"><c>platform</c> or <c>usage</c>.</param>
/// <param name="Mode">Off until a feed has begun.</param>
/// <param name="Lag">Now less the instant up to which every change is visible; null until a feed has begun.</param>
/// <param name="Questions">What is asked and what is not.</param>
/// <param name="WhyNotFeed">Why it is polled rather than told; null if nobody wants otherwise.</param>
/// <param name="Problem">Why it is not followed just now; null if all is well.</param>
/// <param name="LastLoss">Why a feed had to begin anew the last time; null if none had to.</param>
public sealed record DatabaseFollowState(
    string Database,
    FollowMode Mode,
    TimeSpan? Lag,
    IReadOnlyList<FeedQuestion> Questions,
    string? WhyNotFeed,
    string? Problem,
    string? LastLoss
);
