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

    private long[]? byWeek;
    private long last30Days;
    private DateOnly? lastDay;

    /// <summary>Within retention.</summary>
    public long Cumulative { get; private set; }

    /// <summary>In the period that was asked for.</summary>
    public long InPeriod { get; private set; }

    /// <summary>True if some counters are null.</summary>
    public bool HasNulls { get; private set; }

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

    /// <summary>
    /// Takes a row: group, sum, sum within the period, sum of the last 30 days, last day with a counter above 0,
    /// number of nulls, from column 1 on.
    /// </summary>
    public void Take(SourceRow row)
    {
        var week = (int)row.Integer(1);
        var sum = row.Integer(2);
        Cumulative = CounterSums.Plus(Cumulative, sum);
        InPeriod = CounterSums.Plus(InPeriod, row.Integer(3));
        last30Days = CounterSums.Plus(last30Days, row.Integer(4));
        if (week != NoWeek)
            (byWeek ??= new long[Activity.Weeks])[Activity.Weeks - 1 - week] = sum;
        if (!row.IsNull(5) && UsageWindow.DayOf(row.Integer(5)) is var day && (lastDay is null || day > lastDay))
            lastDay = day;
        HasNulls |= row.Integer(6) > 0;
    }

    /// <summary>What they say of the account's activity.</summary>
    public AccountActivity ActivityOf(bool? suspended) => new(lastDay, byWeek, last30Days, suspended);
}
