using UserReports.Core.Forecasting;
using UserReports.Core.Tests.Billing;

namespace UserReports.Core.Tests.Forecasting;

public sealed class PeriodForecastTests
{
    private static readonly DateTimeOffset Now = Given.Utc("2026-11-10T15:30:00");
    private static readonly DateTimeOffset End = Given.Utc("2026-12-01");

    [Theory]
    // 70 a week are 10 a day.
    [InlineData(1000L, 900, "70 70 70 70 70 70 70 70 70 70 70 70", "projected", 10, 10, "2026-11-20")]
    [InlineData(1000L, 899, "70 70 70 70 70 70 70 70 70 70 70 70", "projected", 11, 11, "2026-11-21")]
    // The last of the 20 days that begin before the period's end, and the one after it.
    [InlineData(1000L, 800, "70 70 70 70 70 70 70 70 70 70 70 70", "projected", 20, 20, "2026-11-30")]
    [InlineData(1000L, 799, "70 70 70 70 70 70 70 70 70 70 70 70", "period_ends_first", null, null, null)]
    // Nine tenths of twelve weeks lie below 119, a half below 70.
    [InlineData(1000L, 760, "70 60 70 80 70 60 70 120 70 110 60 70", "period_ends_first", null, 16, null)]
    [InlineData(1000L, 860, "70 60 70 80 70 60 70 120 70 110 60 70", "projected", 14, 10, "2026-11-24")]
    // At the limit, and not over it.
    [InlineData(1000L, 1000, "70 70 70 70 70 70 70 70 70 70 70 70", "projected", 0, 0, "2026-11-10")]
    [InlineData(1000L, 1001, "70 70 70 70 70 70 70 70 70 70 70 70", "over", null, null, null)]
    [InlineData(1000L, 1001, null, "over", null, null, null)]
    [InlineData(-5L, 0, null, "over", null, null, null)]
    [InlineData(null, 5000, "70 70 70 70 70 70 70 70 70 70 70 70", "unlimited", null, null, null)]
    [InlineData(1000L, 0, null, "idle", null, null, null)]
    [InlineData(1000L, 0, "0 0 0 0 0 0 0 0 0 0 0 0", "idle", null, null, null)]
    [InlineData(1000L, 900, "70 70 70 70 70 70 70 70 0 0 0 0", "idle", null, null, null)]
    // Weeks before the first use are no data.
    [InlineData(1000L, 900, "0 0 0 0 0 0 0 0 0 70 70 70", "too_new", null, null, null)]
    [InlineData(1000L, 900, "0 0 0 0 0 0 0 0 70 70 70 70", "projected", 10, 10, "2026-11-20")]
    [InlineData(1000L, 900, "70 0 0 0 0 0 0 0 0 0 0 70", "irregular", null, null, null)]
    [InlineData(1000L, 900, "1 90 2 80 1 99 2 95 1 90 2 50", "irregular", null, null, null)]
    [InlineData(1000L, 900, "0 20 3 90 4 99 0 95 0 90 2 15", "irregular", null, null, null)]
    // It ended, or something else began.
    [InlineData(1000L, 900, "70 70 70 70 70 70 70 70 70 70 70 23", "irregular", null, null, null)]
    [InlineData(1000L, 900, "70 70 70 70 70 70 70 70 70 70 70 24", "projected", 10, 10, "2026-11-20")]
    [InlineData(1000L, 900, "70 70 70 70 70 70 70 70 70 70 70 210", "projected", 10, 10, "2026-11-20")]
    [InlineData(1000L, 900, "70 70 70 70 70 70 70 70 70 70 70 211", "irregular", null, null, null)]
    // By ten more each week: the coming one is 130.
    [InlineData(1000L, 870, "10 20 30 40 50 60 70 80 90 100 110 120", "projected", 7, 7, "2026-11-17")]
    [InlineData(1000L, 980, "230 220 210 200 190 180 170 160 150 140 130 120", "projected", 2, 2, "2026-11-12")]
    // Of seven weeks that rise the median counts as it is.
    [InlineData(1000L, 870, "0 0 0 0 0 30 40 50 60 70 80 90", "projected", 16, 11, null)]
    // Odd counters.
    [InlineData(1000L, 900, "-5 70 70 70 70 -70 70 70 70 70 70 70", "projected", 10, 10, "2026-11-20")]
    [InlineData(
        long.MaxValue,
        long.MaxValue - 10,
        "9223372036854775807 9223372036854775807 9223372036854775807 9223372036854775807",
        "projected",
        1,
        1,
        "2026-11-11"
    )]
    [InlineData(long.MaxValue, long.MinValue, "1 1 1 1 1 1 1 1 1 1 1 1", "period_ends_first", null, null, null)]
    public void Of_WeeksAndWhatIsLeft_SaysDaysOrWhyNot(
        long? limit,
        long usage,
        string? weeks,
        string state,
        int? days,
        int? earliest,
        string? date
    )
    {
        var forecast = PeriodForecast.Of(limit, usage, Weeks(weeks), End, Now)!;

        Assert.Equal(
            (state, days, earliest),
            (ForecastStates.NameOf(forecast.State), forecast.DaysToLimit, forecast.DaysToLimitEarliest)
        );
        if (date is not null)
            Assert.Equal(Given.Utc(date), forecast.LimitDate);
        Assert.Equal(days is null, forecast.LimitDate is null);
    }

    [Fact]
    public void Of_MetricThatIsNotIncluded_IsNull() =>
        Assert.Null(PeriodForecast.Of(0, 5, Weeks("70 70 70 70"), End, Now));

    [Fact]
    public void Of_NoPeriod_NothingEndsFirst()
    {
        var forecast = PeriodForecast.Of(1_000_000, 0, Weeks("70 70 70 70"), null, Now)!;
        Assert.Equal((ForecastState.Projected, 100_000L), (forecast.State, forecast.DaysToLimit));
        Assert.Equal(
            ForecastState.PeriodEndsFirst,
            PeriodForecast.Of(long.MaxValue, 0, Weeks("1 1 1 1"), null, Now)!.State
        );
    }

    [Fact]
    public void Of_PeriodThatIsOver_EndsFirst() =>
        Assert.Equal(
            Forecast.Unlimited with
            {
                State = ForecastState.PeriodEndsFirst,
            },
            PeriodForecast.Of(1000, 999, Weeks("70 70 70 70"), Now.AddDays(-3), Now)
        );

    [Fact]
    public void Of_LargeAndSmallNumbers_AreComputedAlike()
    {
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            long[] weeks = [.. Enumerable.Range(0, 12).Select(week => (long)random.Next(1 + (week * 20), 300))];
            var limit = random.Next(50, 2000);
            const long Times = 10_000_000_000_000;
            Assert.Equal(
                PeriodForecast.Of(limit, 20, weeks, End, Now),
                PeriodForecast.Of(limit * Times, 20 * Times, [.. weeks.Select(week => week * Times)], End, Now)
            );
        }
    }

    private static long[]? Weeks(string? text) => text?.Split(' ').Select(week => long.Parse(week, null)).ToArray();
}
