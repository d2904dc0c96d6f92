using UserReports.Core.Forecasting;
using UserReports.Core.Reports;

namespace UserReports.Bench.Forecasting;

/// <summary>Accounts with what they do for 36 weeks, seen at 12 instants a week apart.</summary>
internal static class ForecastCases
{
    private const int Origins = 12;
    private const int Days = 36 * 7;
    private const int FirstOrigin = Days / 3;
    private const int PeriodDays = 30;

    /// <summary>Metrics with a period: what is left of a limit that counts anew every 30 days.</summary>
    public static IEnumerable<ForecastCase> OfPeriods(Behaviour behaviour, Random random)
    {
        var use = BehaviourGenerator.Use(behaviour, Days, random);
        var usual = use.Average() * PeriodDays;
        var limit = (long)(usual * (0.4 + (random.NextDouble() * 1.6)));
        var anchor = random.Next(PeriodDays);
        if (limit < 1)
            yield break;
        for (var i = 0; i < Origins; i++)
        {
            var today = FirstOrigin + (7 * i);
            var (soFar, rest) = Halves(use[today]);
            var first = today - ((today - anchor) % PeriodDays);
            var used = use[first..today].Sum() + soFar;
            if (used > limit)
                continue;
            var left = first + PeriodDays - today;
            yield return new(
                behaviour,
                limit,
                (long)used,
                today - first + 0.5,
                use[(today - 6)..today].Sum() + soFar,
                Weeks(use, today, soFar),
                default,
                left,
                Truth(limit - used, rest, use, today, left)
            );
        }
    }

    /// <summary>Storage: what adds up, but for a clean-up of one account in four.</summary>
    public static IEnumerable<ForecastCase> OfStorage(Behaviour behaviour, Random random)
    {
        // Some 200 kB a submission.
        var added = BehaviourGenerator.Use(behaviour, Days, random);
        var begun = 30 + random.Next(700);
        var stored = new double[Days];
        var level = added.Average() * begun * random.NextDouble();
        var cleanUp = random.Next(4) == 0 ? random.Next(Days) : -1;
        for (var day = 0; day < Days; day++)
        {
            if (day == cleanUp)
                level *= 0.2 + (random.NextDouble() * 0.5);
            stored[day] = level = level + (added[day] * 200_000);
        }

        var limit = (long)stored[FirstOrigin + random.Next(Days - FirstOrigin)];
        for (var i = 0; i < Origins; i++)
        {
            var today = FirstOrigin + (7 * i);
            var (soFar, rest) = Halves(added[today] * 200_000);
            var used = stored[today] - rest;
            // A clean-up that is to come is no forecast's fault.
            if (used > limit || used < 1 || cleanUp > today)
                continue;
            yield return new(
                behaviour,
                limit,
                (long)used,
                begun + today + 0.5,
                used - stored[today - 7],
                [],
                Trend(stored, today - 1),
                null,
                Truth(limit - used, rest, [.. added.Select(x => x * 200_000)], today, ForecastCase.StorageDays)
            );
        }
    }

    private static (double SoFar, double StillToCome) Halves(double use) =>
        (Math.Floor(use / 2), use - Math.Floor(use / 2));

    private static long[] Weeks(double[] use, int today, double soFar)
    {
        var weeks = new long[Activity.Weeks];
        for (var week = 0; week < weeks.Length; week++)
        {
            var end = today - (7 * (weeks.Length - 1 - week));
            weeks[week] = (long)use[(end - 6)..end].Sum() + (long)(end == today ? soFar : use[end]);
        }

        return weeks;
    }

    /// <summary>Snapshots as they are kept: daily for 35 days, weekly before that.</summary>
    private static StorageTrend Trend(double[] stored, int latest)
    {
        var day = DateOnly.FromDateTime(ForecastCase.Now.UtcDateTime).AddDays(-1);
        var kept = Enumerable
            .Range(0, latest + 1)
            .Select(at => (At: at, Before: latest - at))
            .Where(at => at.Before is >= 0 and < 35 || (at.Before < 84 && at.At % 7 == 0))
            .Select(at => new StoredBytes(day.AddDays(-at.Before), (long)stored[at.At]));
        return StorageTrends.Of(day, [.. kept]);
    }

    private static int? Truth(double left, double rest, double[] use, int today, int days)
    {
        left -= rest;
        for (var day = 0; day < days; day++)
        {
            if (day > 0)
                left -= today + day < use.Length ? use[today + day] : 0;
            if (left <= 0)
                return day;
        }

        return null;
    }
}
