namespace UserReports.Core.Reports;

/// <summary>The rules by which an account counts as active.</summary>
public static class ActivityRules
{
    /// <summary>The activity of an account.</summary>
    /// <param name="now">The row's computation.</param>
    public static Activity Of(Account account, AccountActivity known, DateTimeOffset now)
    {
        DateTimeOffset? last = account.LastLogin;
        last = Later(last, account.LastProjectActivity);
        if (known.LastSubmissionDay is { } day)
            last = Later(last, EndOf(day));
        return new()
        {
            LastActivity = last,
            InactiveDays = (last ?? account.DateJoined) is { } since
                ? Math.Max(0, (now - since).Ticks / TimeSpan.TicksPerDay)
                : null,
            LastSubmissionDate = known.LastSubmissionDay is { } lastDay ? StartOf(lastDay) : null,
            SubmissionsLast7Days = known.ByWeek?[^1] ?? 0,
            SubmissionsLast30Days = known.Last30Days,
            SubmissionsByWeek = known.ByWeek ?? Activity.None.SubmissionsByWeek,
            SubmissionsSuspended = known.Suspended,
        };
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other : one;

    private static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    /// <summary>The last second that is that day's: reports show whole seconds.</summary>
    private static DateTimeOffset EndOf(DateOnly day) => new(day.ToDateTime(new(23, 59, 59)), TimeSpan.Zero);
}
