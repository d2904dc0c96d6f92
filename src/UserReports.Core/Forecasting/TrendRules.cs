using UserReports.Core.Figures;
using UserReports.Core.Reports;

namespace UserReports.Core.Forecasting;

/// <summary>The rules by which figures are compared with those of some time ago.</summary>
public static class TrendRules
{
    /// <summary>The trend of a row.</summary>
    /// <param name="known">The account's own activity.</param>
    /// <param name="storageBytes">Stored now.</param>
    /// <param name="storage">How it went on.</param>
    /// <param name="now">The row's computation.</param>
    public static Trend Of(AccountActivity known, long storageBytes, in StorageTrend storage, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var (week, month) = (storage.Past.WeekAgo(today), storage.Past.MonthAgo(today));
        var before = known.ByWeek?[^2] ?? 0;
        if (week is null && month is null && before == 0 && known.Last30DaysBefore <= 0)
            return Trend.None;
        return new(
            week is { } weekAgo ? Saturating.Subtract(storageBytes, weekAgo) : null,
            month is { } monthAgo ? Saturating.Subtract(storageBytes, monthAgo) : null,
            before,
            PercentOf(known.Last30Days, known.Last30DaysBefore)
        );
    }

    private static long? PercentOf(long last, long before)
    {
        if (before <= 0)
            return null;
        // Halves round up: floor(100·last / before + 1/2).
        var (quotient, rest) = Int128.DivRem((200 * (Int128)last) + before, 2 * (Int128)before);
        return Saturating.Of(rest < 0 ? quotient - 1 : quotient);
    }
}
