using UserReports.Core.Forecasting;
using UserReports.Core.Reports;
using UserReports.Core.Tests.Billing;

namespace UserReports.Core.Tests.Forecasting;

public sealed class TrendRulesTests
{
    private static readonly DateTimeOffset Now = Given.Utc("2026-11-10T15:30:00");

    [Theory]
    [InlineData(150, 100, 150L)]
    [InlineData(0, 100, 0L)]
    [InlineData(1, 200, 1L)]
    [InlineData(1, 201, 0L)]
    [InlineData(5, 0, null)]
    [InlineData(5, -3, null)]
    [InlineData(long.MaxValue, 1, long.MaxValue)]
    public void Of_Submissions_AreComparedInPercent(long last, long before, long? percent) =>
        Assert.Equal(
            percent,
            TrendRules
                .Of(new(null, [.. Enumerable.Range(0, 12)], last, null, before), 0, default, Now)
                .SubmissionsPercent
        );

    [Fact]
    public void Of_Weeks_TheOneBeforeTheLastCounts() =>
        Assert.Equal(
            10,
            TrendRules.Of(new(null, [.. Enumerable.Range(0, 12)], 0, null), 0, default, Now).Submissions7DaysBefore
        );

    [Theory]
    [InlineData("2026-11-10", 90L, 70L)]
    [InlineData("2026-11-09", 80L, null)]
    [InlineData("2026-11-08", null, null)]
    [InlineData("2026-11-11", null, null)]
    public void Of_Storage_IsComparedWithTheDayThatIsMeant(string day, long? week, long? month)
    {
        var storage = default(StorageTrend) with { Past = new(DateOnly.Parse(day, null), 10, 20, 30, null) };
        var trend = TrendRules.Of(AccountActivity.None, 100, storage, Now);
        Assert.Equal((week, month), (trend.StorageBytes7Days, trend.StorageBytes30Days));
    }

    [Fact]
    public void Of_NothingAtAll_IsNone() =>
        Assert.Same(Trend.None, TrendRules.Of(AccountActivity.None, 100, default, Now));
}
