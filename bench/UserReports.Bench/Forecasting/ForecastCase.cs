using UserReports.Core.Forecasting;

namespace UserReports.Bench.Forecasting;

/// <summary>One account seen at one instant, noon of a day, with what then came.</summary>
/// <param name="Used">Of the limit, so far.</param>
/// <param name="DaysPassed">In which that was used, today's half among them.</param>
/// <param name="Last7Days">Used in the last 7 days, of which today is but half.</param>
/// <param name="Weeks">Sums of 12 weeks; empty for storage.</param>
/// <param name="Storage">How storage went on; the default for metrics with a period.</param>
/// <param name="PeriodDaysLeft">Null for storage.</param>
/// <param name="Truth">In how many days the limit was reached; null if not before the period's end, or within the time
/// that is looked at.</param>
internal sealed record ForecastCase(
    Behaviour Behaviour,
    long Limit,
    long Used,
    double DaysPassed,
    double Last7Days,
    long[] Weeks,
    StorageTrend Storage,
    int? PeriodDaysLeft,
    int? Truth
)
{
    /// <summary>Storage is looked at for so long; what takes longer takes as long as this.</summary>
    public const int StorageDays = 120;

    /// <summary>Noon of the day that the account is seen on: cases have their own days, this is where they
    /// meet.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public bool IsStorage => PeriodDaysLeft is null;

    /// <summary>Days that stand for not at all.</summary>
    public int Never => PeriodDaysLeft ?? StorageDays;

    /// <summary>The first midnight that is no longer the period's.</summary>
    public DateTimeOffset? PeriodEnd =>
        PeriodDaysLeft is { } days ? new DateTimeOffset(Now.UtcDateTime.Date, TimeSpan.Zero).AddDays(days) : null;
}
