using System.Numerics;
using UserReports.Core.Reports;

namespace UserReports.Core.Forecasting;

/// <summary>
/// When a limit is reached that counts anew with each billing period: by what was used in each of the last weeks, of
/// which the median says what is likely and the nine tenths' quantile what is to be expected at the most.
/// </summary>
/// <remarks>
/// Where weeks go up or down steadily, each counts as what it would be as the coming one. Days are whole and counted
/// from today's midnight, so that the answer does not move within a day while nothing is used.
/// </remarks>
public static class PeriodForecast
{
    /// <summary>So many weeks without use are idle, and fewer than that since the first use are too few.</summary>
    private const int WeeksMin = 4;

    private const int DaysOfWeek = 7;

    /// <summary>Below it 64 bits hold every step.</summary>
    private const long SmallMax = 1_000_000_000_000;

    /// <summary>The forecast of a metric.</summary>
    /// <param name="limit">Null for unlimited, 0 for not included.</param>
    /// <param name="usage">In the present period.</param>
    /// <param name="weeks">At most 12 sums of 7 days each, the oldest first, the last one ending today, at least 4 of
    /// them; null for no use at all. Weeks before the first use are no data: they say when it began, not how it goes
    /// on.</param>
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

        Span<long> known = stackalloc long[Activity.Weeks];
        known = known[..(weeks.Count - first)];
        var largest = 0L;
        for (var i = 0; i < known.Length; i++)
        {
            known[i] = Math.Max(0, weeks[first + i]);
            largest = Math.Max(largest, known[i]);
        }

        return usage > -SmallMax && most < SmallMax && largest < SmallMax
            ? Project<long>(known, most - usage, periodEnd, now)
            : Project<Int128>(known, (Int128)most - usage, periodEnd, now);
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

    private static Forecast Project<T>(ReadOnlySpan<long> weeks, T left, DateTimeOffset? periodEnd, DateTimeOffset now)
        where T : unmanaged, IBinaryInteger<T>
    {
        Span<T> coming = stackalloc T[weeks.Length];
        var scale = WeeklyTrend.Continue(weeks, coming);
        var last = coming[^1];
        coming.Sort();
        var median = Quantile.Times<T>(coming, 1, 2);
        var spread = Quantile.Times<T>(coming, 3, 4) - Quantile.Times<T>(coming, 1, 4);
        // Here are four times the quartiles' distance, and twice the median. What the last week does not go on with by
        // far has just changed: it ended, or something else began.
        if (
            median == T.Zero
            || spread > T.CreateChecked(6) * median
            || T.CreateChecked(6) * last < median
            || T.CreateChecked(2) * last > T.CreateChecked(3) * median
        )
            return Forecast.Irregular;
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var daysMax = T.CreateChecked(DaysBefore(periodEnd, today));
        var days = DaysUntil(left * scale, median, 2);
        var earliest = DaysUntil(left * scale, Quantile.Times<T>(coming, 9, 10), 10);
        long? earliestDays = earliest > daysMax ? null : long.CreateChecked(earliest);
        if (days > daysMax)
            return earliestDays is null
                ? Forecast.PeriodEndsFirst
                : new(ForecastState.PeriodEndsFirst, null, earliestDays);
        var whole = long.CreateChecked(days);
        return new(ForecastState.Projected, whole, earliestDays, today.AddDays(whole));
    }

    /// <summary>The last whole day that begins before the period's end; without one, of any calendar.</summary>
    private static long DaysBefore(DateTimeOffset? end, DateTimeOffset today)
    {
        var left = (end ?? DateTimeOffset.MaxValue) - today;
        return left <= TimeSpan.Zero ? -1 : (left.Ticks - 1) / TimeSpan.TicksPerDay;
    }

    /// <summary>Rounded up: on that day the limit is reached.</summary>
    /// <param name="week">What a week uses, times <paramref name="times"/>.</param>
    private static T DaysUntil<T>(T left, T week, int times)
        where T : IBinaryInteger<T> => ((left * T.CreateChecked(times * DaysOfWeek)) + week - T.One) / week;
}
