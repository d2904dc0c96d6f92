using System.Numerics;
using UserReports.Core.Reports;

namespace UserReports.Core.Forecasting;

/// <summary>
/// When a limit is reached that counts anew with each billing period: by what was used in each of the last weeks, of
/// which the median says what is likely and the nine tenths' quantile what is to be expected at the most.
/// </summary>
/// <remarks>
/// Days are whole and counted from today's midnight, so that the answer does not move within a day while nothing is
/// used.
/// </remarks>
public static class PeriodForecast
{
    /// <summary>So many weeks without use are idle, and fewer than that since the first use are too few.</summary>
    private const int WeeksMin = 4;

    private const int DaysOfWeek = 7;

    /// <summary>Below it 64 bits hold every step.</summary>
    private const long SmallMax = long.MaxValue / 1000;

    /// <summary>The forecast of a metric.</summary>
    /// <param name="limit">Null for unlimited, 0 for not included.</param>
    /// <param name="usage">In the present period.</param>
    /// <param name="weeks">Sums of 7 days each, the oldest first, the last one ending today, at least 4 of them; null
    /// for no use at all. Weeks before the first use are no data: they say when it began, not how it goes on.</param>
    /// <param name="periodEnd">Null if there is no period: then nothing ends first.</param>
    /// <returns>Null for a limit of 0, as its balance is.</returns>
    public static Forecast? Of(
        long? limit,
        long usage,
        IReadOnlyList<long>? weeks,
        DateTimeOffset? periodEnd,
        DateTimeOffset now
    )
    {
        if (limit is not { } most)
            return Forecast.Unlimited;
        if (most == 0)
            return null;
        if (usage > most)
            return Forecast.Over;
        if (weeks is null || IsIdle(weeks))
            return Forecast.Idle;
        var first = 0;
        while (weeks[first] <= 0)
            first++;
        if (weeks.Count - first < WeeksMin)
            return Forecast.TooNew;

        Span<long> sorted = stackalloc long[Activity.Weeks];
        sorted = sorted[..(weeks.Count - first)];
        for (var i = 0; i < sorted.Length; i++)
            sorted[i] = Math.Max(0, weeks[first + i]);
        sorted.Sort();
        return usage > -SmallMax && most < SmallMax && sorted[^1] < SmallMax
            ? Project<long>(sorted, most - usage, periodEnd, now)
            : Project<Int128>(sorted, (Int128)most - usage, periodEnd, now);
    }

    private static bool IsIdle(IReadOnlyList<long> weeks)
    {
        for (var i = 1; i <= WeeksMin; i++)
        {
            if (weeks[^i] > 0)
                return false;
        }

        return true;
    }

    private static Forecast Project<T>(ReadOnlySpan<long> sorted, T left, DateTimeOffset? periodEnd, DateTimeOffset now)
        where T : IBinaryInteger<T>
    {
        var median = Quantile.Times<T>(sorted, 1, 2);
        var spread = Quantile.Times<T>(sorted, 3, 4) - Quantile.Times<T>(sorted, 1, 4);
        // Four times the quartiles' distance against three times the median, of which there are two.
        if (median == T.Zero || spread > T.CreateChecked(6) * median)
            return Forecast.Irregular;
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var daysMax = T.CreateChecked(DaysBefore(periodEnd, today));
        var days = DaysUntil(left, median, T.CreateChecked(2));
        var earliest = DaysUntil(left, Quantile.Times<T>(sorted, 9, 10), T.CreateChecked(10));
        long? earliestDays = earliest > daysMax ? null : long.CreateChecked(earliest);
        if (days > daysMax)
            return earliestDays is null
                ? Forecast.PeriodEndsFirst
                : new(ForecastState.PeriodEndsFirst, null, earliestDays);
        var whole = long.CreateChecked(days);
        return new(ForecastState.Projected, whole, earliestDays, today.AddDays(whole));
    }

    /// <summary>The last whole day that begins before the period's end; without one, of any calendar.</summary>
    private static long DaysBefore(DateTimeOffset? end, DateTimeOffset today) =>
        ((end ?? DateTimeOffset.MaxValue) - today).Ticks <= 0
            ? -1
            : (((end ?? DateTimeOffset.MaxValue) - today).Ticks - 1) / TimeSpan.TicksPerDay;

    /// <summary>Rounded up: on that day the limit is reached.</summary>
    /// <param name="week">What a week uses, times <paramref name="times"/>.</param>
    private static T DaysUntil<T>(T left, T week, T times)
        where T : IBinaryInteger<T> => ((left * times * T.CreateChecked(DaysOfWeek)) + week - T.One) / week;
}
