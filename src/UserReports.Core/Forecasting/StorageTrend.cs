namespace UserReports.Core.Forecasting;

/// <summary>How the stored bytes of a row have gone on, by the snapshots of past days; the default knows
/// nothing.</summary>
/// <param name="Latest">Bytes in the latest snapshot.</param>
/// <param name="Days">Days from the first snapshot since the last clean-up to the latest one, both included.</param>
/// <param name="StillDays">Days from the last change to the latest snapshot.</param>
/// <param name="Slope">Bytes a day: the median of the slopes between every two snapshots (Theil and Sen), which one
/// large upload or a gap does not move.</param>
/// <param name="SlopeLower">The lower quartile of these slopes.</param>
/// <param name="SlopeUpper">The upper one.</param>
/// <param name="Past">What was stored then.</param>
public readonly record struct StorageTrend(
    long Latest,
    int Days,
    int StillDays,
    double Slope,
    double SlopeLower,
    double SlopeUpper,
    StoragePast Past
);

/// <summary>
/// Bytes that were stored a week and a month before a day, and before the day after it, whose first run comes before
/// its snapshot.
/// </summary>
/// <param name="Day">The day of the latest snapshot.</param>
/// <param name="WeekBefore">7 days before; null without a snapshot of that day.</param>
/// <param name="WeekBeforeNext">6 days before.</param>
/// <param name="MonthBefore">30 days before.</param>
/// <param name="MonthBeforeNext">29 days before.</param>
public readonly record struct StoragePast(
    DateOnly Day,
    long? WeekBefore,
    long? WeekBeforeNext,
    long? MonthBefore,
    long? MonthBeforeNext
)
{
    /// <summary>What was stored 7 days before a day; null where that is not known.</summary>
    public long? WeekAgo(DateOnly today) => Of(today, WeekBefore, WeekBeforeNext);

    /// <summary>What was stored 30 days before a day; null where that is not known.</summary>
    public long? MonthAgo(DateOnly today) => Of(today, MonthBefore, MonthBeforeNext);

    private long? Of(DateOnly today, long? ofDay, long? ofNext) =>
        (today.DayNumber - Day.DayNumber) switch
        {
            0 => ofDay,
            1 => ofNext,
            _ => null,
        };
}
