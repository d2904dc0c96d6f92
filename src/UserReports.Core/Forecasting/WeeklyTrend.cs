using System.Numerics;
using UserReports.Core.Reports;

namespace UserReports.Core.Forecasting;

/// <summary>
/// Moves weeks to where the coming one is expected. Most accounts do not grow from week to week, and a line through
/// their weeks would follow chance; those that do are far behind by their median, which is six weeks old. So a line (by
/// Theil and Sen) is drawn where most pairs of weeks agree on where it goes (Kendall's tau of a half or more).
/// </summary>
internal static class WeeklyTrend
{
    /// <summary>In fewer weeks pairs agree by chance.</summary>
    private const int WeeksMin = 8;

    /// <summary>What all distances between weeks divide: slopes are exact in these parts.</summary>
    private const int Parts = 27_720;

    private const int PairsMax = Activity.Weeks * (Activity.Weeks - 1) / 2;

    /// <summary>Writes what each week would be as the coming one, at least 0.</summary>
    /// <param name="weeks">The oldest first.</param>
    /// <returns>What <paramref name="coming"/> is multiplied by.</returns>
    public static T Continue<T>(ReadOnlySpan<long> weeks, Span<T> coming)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!IsSteady(weeks))
        {
            for (var i = 0; i < weeks.Length; i++)
                coming[i] = T.CreateChecked(weeks[i]);
            return T.One;
        }

        Span<T> slopes = stackalloc T[PairsMax];
        var count = 0;
        for (var i = 1; i < weeks.Length; i++)
        {
            for (var k = 0; k < i; k++)
                slopes[count++] =
                    (T.CreateChecked(weeks[i]) - T.CreateChecked(weeks[k])) * T.CreateChecked(Parts / (i - k));
        }

        slopes = slopes[..count];
        slopes.Sort();
        var slope = Quantile.Times<T>(slopes, 1, 2);
        var scale = T.CreateChecked(2 * Parts);
        for (var i = 0; i < weeks.Length; i++)
            coming[i] = T.Max(
                T.Zero,
                (T.CreateChecked(weeks[i]) * scale) + (slope * T.CreateChecked(weeks.Length - i))
            );
        return scale;
    }

    private static bool IsSteady(ReadOnlySpan<long> weeks)
    {
        if (weeks.Length < WeeksMin)
            return false;
        var agreed = 0;
        for (var i = 1; i < weeks.Length; i++)
        {
            for (var k = 0; k < i; k++)
                agreed += weeks[i].CompareTo(weeks[k]);
        }

        return 4 * Math.Abs(agreed) >= weeks.Length * (weeks.Length - 1);
    }
}
