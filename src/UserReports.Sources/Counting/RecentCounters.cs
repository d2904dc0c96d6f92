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
    /// then those of the last 30 days and of the 30 before.
    /// </summary>
    /// <param name="counter">A counter, in SQL.</param>
    /// <param name="day">Its day, in SQL.</param>
    /// <param name="first">The number of the first of the parameters <see cref="Days"/>.</param>
    public static string Sums(string counter, string day, int first) =>
        Sums(counter, day, first, [.. Weeks, (Activity.Weeks + 1, 0), (Activity.Weeks + 2, Activity.Weeks + 1)]);

    /// <summary>Those of the weeks alone, which are read by <see cref="ReadWeeks"/>.</summary>
    /// <inheritdoc cref="Sums(string, string, int)"/>
    public static string SumsOfWeeks(string counter, string day, int first) => Sums(counter, day, first, Weeks);

    /// <summary>
    /// The days for <see cref="Sums(string, string, int)"/>: those of <see cref="DaysOfWeeks"/>, and where the last 30
    /// days begin and the 30 before.
    /// </summary>
    public static IReadOnlyList<object> Days(DateOnly today) =>
        [.. DaysOfWeeks(today), today.AddDays(1 - DaysOfMonth), today.AddDays(1 - (2 * DaysOfMonth))];

    /// <summary>
    /// The days for <see cref="SumsOfWeeks"/>: tomorrow, and where each of the weeks begins, the latest first.
    /// </summary>
    /// <param name="first">The first day that counts, where the statement reads older ones, too.</param>
    public static IReadOnlyList<object> DaysOfWeeks(DateOnly today, DateOnly first = default) =>
        [
            .. Enumerable
                .Range(0, Activity.Weeks + 1)
                .Select(week => today.AddDays(1 - (DaysOfWeek * week)))
                .Select(day => day < first ? first : day),
        ];

    /// <summary>What the columns from a place on say.</summary>
    public static (long[] ByWeek, long Last30Days, long Last30DaysBefore) Read(SourceRow row, int first) =>
        (ReadWeeks(row, first), row.Integer(first + Activity.Weeks), row.Integer(first + Activity.Weeks + 1));

    /// <summary>What the weeks' columns from a place on say.</summary>
    public static long[] ReadWeeks(SourceRow row, int first)
    {
        var byWeek = new long[Activity.Weeks];
        for (var i = 0; i < byWeek.Length; i++)
            byWeek[i] = row.Integer(first + i);
        return byWeek;
    }

    /// <summary>The oldest first; numbers of days as <see cref="Days"/> has them.</summary>
    private static IEnumerable<(int From, int Until)> Weeks =>
        Enumerable.Range(0, Activity.Weeks).Reverse().Select(week => (week + 1, week));

    private static string Sums(string counter, string day, int first, IEnumerable<(int From, int Until)> spans) =>
        string.Join(
            ", ",
            spans
                .Select(days => $"{day} >= {Parameter(first + days.From)} and {day} < {Parameter(first + days.Until)}")
                .Select(condition => CounterSums.Sum(counter, condition))
        );

    private static string Parameter(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"cast(${number} as date)");
}
