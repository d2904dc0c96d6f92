namespace UserReports.Core.Reports;

/// <summary>Whether anybody is still there: what the account itself did, whatever its organisation does.</summary>
public sealed class Activity
{
    /// <summary>How many weeks <see cref="SubmissionsByWeek"/> has.</summary>
    public const int Weeks = 12;

    /// <summary>An account that never did anything.</summary>
    public static readonly Activity None = new();

    /// <summary>
    /// The latest of the last sign-in, the platform's note of the last change in a project, and the last second of the
    /// last day with a submission to the account's own projects, which may be today; null for none of them.
    /// </summary>
    public DateTimeOffset? LastActivity { get; init; }

    /// <summary>
    /// Whole days from <see cref="LastActivity"/>, or from when the account was made, to the row's computation; 0 for
    /// what lies ahead, null where neither is known.
    /// </summary>
    public long? InactiveDays { get; init; }

    /// <summary>The last day, UTC, within retention with a submission to the account's own projects; its
    /// midnight.</summary>
    public DateTimeOffset? LastSubmissionDate { get; init; }

    /// <summary>Submissions to the account's own projects on the last 7 days, today included.</summary>
    public long SubmissionsLast7Days { get; init; }

    /// <summary>The same of 30 days.</summary>
    public long SubmissionsLast30Days { get; init; }

    /// <summary>Sums of 7 days each, the oldest first; the last one ends today.</summary>
    public IReadOnlyList<long> SubmissionsByWeek { get; init; } = new long[Weeks];

    /// <summary>True if the platform takes no submissions for the account; null where it does not say.</summary>
    public bool? SubmissionsSuspended { get; init; }
}

/// <summary>What the sources know of an account's doing, beside the account itself.</summary>
/// <param name="LastSubmissionDay">Within retention; null for none.</param>
/// <param name="ByWeek"><see cref="Activity.Weeks"/> sums of 7 days, the oldest first; null for none at all.</param>
/// <param name="Last30Days">Today included.</param>
/// <param name="Suspended">Null where the platform does not say.</param>
/// <param name="Last30DaysBefore">The 30 days before those.</param>
public sealed record AccountActivity(
    DateOnly? LastSubmissionDay,
    IReadOnlyList<long>? ByWeek,
    long Last30Days,
    bool? Suspended,
    long Last30DaysBefore = 0
)
{
    /// <summary>Nothing is known.</summary>
    public static readonly AccountActivity None = new(null, null, 0, null);
}
