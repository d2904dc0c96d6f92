using UserReports.Core.Reports;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Counting;

/// <summary>
/// What an account's own counters of submissions add up to. The database gives them by week, so that one reading of
/// them serves the organisation's usage and the account's activity.
/// </summary>
internal sealed class AccountCounters
{
    /// <summary>Days of which sums by week are made.</summary>
    public const int RecentDays = 7 * Activity.Weeks;

    /// <summary>The group of everything that is not among these days.</summary>
    private const int NoWeek = Activity.Weeks;

    private readonly long[]? byWeek;
    private readonly long last30Days;
    private readonly DateOnly? lastDay;

    /// <summary>
    /// What a row says, from column 1 on: sum, sum within the period, sum of the last 30 days, last day with a counter
    /// above 0, number of nulls, groups, and the sums of these groups.
    /// </summary>
    public AccountCounters(SourceRow row)
    {
        Cumulative = row.Integer(1);
        InPeriod = row.Integer(2);
        last30Days = row.Integer(3);
        lastDay = row.IsNull(4) ? null : UsageWindow.DayOf(row.Integer(4));
        HasNulls = row.Integer(5) > 0;
        var (weeks, sums) = (row.Integers(6), row.Integers(7));
        for (var i = 0; i < weeks.Count; i++)
        {
            if (weeks[i] != NoWeek)
                (byWeek ??= new long[Activity.Weeks])[Activity.Weeks - 1 - weeks[i]] = sums[i];
        }
    }

    /// <summary>Within retention.</summary>
    public long Cumulative { get; }

    /// <summary>In the period that was asked for.</summary>
    public long InPeriod { get; }

    /// <summary>True if some counters are null.</summary>
    public bool HasNulls { get; }

    /// <summary>True if some sum does not fit 64 bits.</summary>
    public bool IsCut => CounterSums.IsCut(Cumulative) || CounterSums.IsCut(InPeriod);

    /// <summary>
    /// The group of a counter: how many whole weeks ago its day is. A division by seven by way of a multiplication,
    /// which both engines make of whole numbers alike.
    /// </summary>
    /// <param name="day">A day, in SQL.</param>
    /// <param name="today">Today, in SQL.</param>
    public static string GroupOf(string day, string today) =>
        $"case when {day} between {today} - {RecentDays - 1} and {today} then ((({today}) - {day}) * 37) >> 8 else {NoWeek} end";

    /// <summary>What they say of the account's activity.</summary>
    public AccountActivity ActivityOf(bool? suspended) => new(lastDay, byWeek, last30Days, suspended);
}
