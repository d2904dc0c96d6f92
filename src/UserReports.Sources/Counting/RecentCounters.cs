using System.Globalization;
using UserReports.Core.Reports;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Counting;

/// <summary>Sums of an account's counters of the last weeks, by which it counts as active.</summary>
/// <remarks>
/// A condition for each sum costs the database a third of groups by account and week: accounts' counters lie in the
/// order of an index, so that nothing has to be hashed or sorted. The days are parameters: a prepared statement would
/// work out each day from others again for each counter.
/// </remarks>
internal static class RecentCounters
{
    private const int DaysOfWeek = 7;
    private const int DaysOfMonth = 30;

    /// <summary>
    /// The columns, which are read by <see cref="Read"/>: sums of <see cref="Activity.Weeks"/> weeks, the oldest first,
    /// then that of the last 30 days.
    /// </summary>
    /// <param name="counter">A counter, in SQL.</param>
    /// <param name="day">Its day, in SQL.</param>
    /// <param name="first">The number of the first of the parameters <see cref="Days"/>.</param>
    public static string Sums(string counter, string day, int first) =>
        string.Join(
            ", ",
            Enumerable
                .Range(0, Activity.Weeks)
                .Reverse()
                .Select(week => (From: week + 1, Until: week))
                .Append((From: Activity.Weeks + 1, Until: 0))
                .Select(days => $"{day} >= {Parameter(first + days.From)} and {day} < {Parameter(first + days.Until)}")
                .Select(condition => CounterSums.Sum(counter, condition))
        );

    /// <summary>
    /// The days for <see cref="Sums"/>: tomorrow, where each of the weeks begins, the latest first, and where the 30
    /// days do.
    /// </summary>
    public static IReadOnlyList<object> Days(DateOnly today) =>
        [
            .. Enumerable.Range(0, Activity.Weeks + 1).Select(week => today.AddDays(1 - (DaysOfWeek * week))),
            today.AddDays(1 - DaysOfMonth),
        ];

    /// <summary>What the columns from a place on say.</summary>
    public static (long[] ByWeek, long Last30Days) Read(SourceRow row, int first)
    {
        var byWeek = new long[Activity.Weeks];
        for (var i = 0; i < byWeek.Length; i++)
            byWeek[i] = row.Integer(first + i);
        return (byWeek, row.Integer(first + byWeek.Length));
    }

    private static string Parameter(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"cast(${number} as date)");
}
