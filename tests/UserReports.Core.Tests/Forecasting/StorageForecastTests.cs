using UserReports.Core.Forecasting;
using UserReports.Core.Tests.Billing;

namespace UserReports.Core.Tests.Forecasting;

public sealed class StorageForecastTests
{
    private static readonly DateTimeOffset Now = Given.Utc("2026-11-10T15:30:00");
    private static readonly DateOnly Latest = new(2026, 11, 9);

    [Theory]
    // Each day's bytes of 40 days, the last one yesterday: from, step.
    [InlineData(1000L, 500, 110, 10, "projected", 50, 50)]
    [InlineData(1000L, 505, 110, 10, "projected", 50, 50)]
    [InlineData(1000L, 1000, 110, 10, "projected", 0, 0)]
    [InlineData(1000L, 1001, 110, 10, "over", null, null)]
    [InlineData(null, 500, 110, 10, "unlimited", null, null)]
    [InlineData(1000L, 500, 500, 0, "idle", null, null)]
    [InlineData(1000L, 110, 500, -10, "idle", null, null)]
    [InlineData(100_000_000_000L, 500, 110, 10, "idle", null, null)]
    // Cleaned up since yesterday.
    [InlineData(1000L, 390, 110, 10, "too_new", null, null)]
    [InlineData(1000L, 400, 110, 10, "projected", 60, 60)]
    public void Of_StorageOf40Days_SaysDaysOrWhyNot(
        long? limit,
        long usage,
        long from,
        long step,
        string state,
        int? days,
        int? earliest
    )
    {
        var forecast = StorageForecast.Of(limit, usage, Trend(40, day => from + (step * day)), Now)!;

        Assert.Equal(
            (state, days, earliest),
            (ForecastStates.NameOf(forecast.State), forecast.DaysToLimit, forecast.DaysToLimitEarliest)
        );
        Assert.Equal(days is { } known ? Given.Utc("2026-11-10").AddDays(known) : null, forecast.LimitDate);
    }

    [Fact]
    public void Of_MetricThatIsNotIncluded_IsNull() => Assert.Null(StorageForecast.Of(0, 5, default, Now));

    [Fact]
    public void Of_NoHistory_IsTooNew() =>
        Assert.Equal(ForecastState.TooNew, StorageForecast.Of(10, 5, default, Now)!.State);

    [Theory]
    [InlineData(27, ForecastState.TooNew)]
    [InlineData(28, ForecastState.Projected)]
    public void Of_FewDays_AreTooNew(int days, ForecastState state) =>
        Assert.Equal(state, StorageForecast.Of(1000, 500, Trend(days, day => 400 + day), Now)!.State);

    [Fact]
    public void Of_GrowthThatHasEnded_IsIdleAfter28DaysAndIrregularBefore()
    {
        ForecastState After(int stillDays) =>
            StorageForecast
                .Of(100_000, 60_000, Trend(80, day => 60_000 - (100 * Math.Max(0, 79 - stillDays - day))), Now)!
                .State;
        Assert.Equal(
            [ForecastState.Projected, ForecastState.Irregular, ForecastState.Irregular, ForecastState.Idle],
            [After(1), After(7), After(27), After(28)]
        );
    }

    [Fact]
    public void Of_OneLargeUploadAmongNone_IsIrregular() =>
        Assert.Equal(
            ForecastState.Irregular,
            StorageForecast.Of(100_000, 50_000, Trend(60, day => day < 40 ? 100 : 50_000), Now)!.State
        );

    private static StorageTrend Trend(int days, Func<int, long> bytes) =>
        StorageTrends.Of(
            Latest,
            [.. Enumerable.Range(0, days).Select(day => new StoredBytes(Latest.AddDays(day - days + 1), bytes(day)))]
        );
}
