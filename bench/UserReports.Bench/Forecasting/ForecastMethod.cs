using UserReports.Core.Forecasting;

namespace UserReports.Bench.Forecasting;

/// <summary>A way to say in how many days a limit is reached.</summary>
internal sealed record ForecastMethod(string Name, Func<ForecastCase, Forecast> Of)
{
    /// <summary>What the service does.</summary>
    public static readonly ForecastMethod Shipped = new("shipped", Forecasted);

    /// <summary>Used so far by the days that it took.</summary>
    public static readonly ForecastMethod SoFar = new(
        "used so far ÷ days passed",
        one => AtPace(one, one.Used / one.DaysPassed)
    );

    /// <summary>What the last 7 days used.</summary>
    public static readonly ForecastMethod LastWeek = new(
        "mean of the last 7 days",
        one => AtPace(one, one.Last7Days / 7)
    );

    /// <summary>What else was tried: fewer weeks, for metrics with a period.</summary>
    public static ForecastMethod OfWeeks(int weeks) =>
        new(
            $"median of {weeks} weeks",
            one => PeriodForecast.Of(one.Limit, one.Used, one.Weeks[^weeks..], one.PeriodEnd, ForecastCase.Now)!
        );

    private static Forecast Forecasted(ForecastCase one) =>
        one.IsStorage
            ? StorageForecast.Of(one.Limit, one.Used, one.Storage, ForecastCase.Now)!
            : PeriodForecast.Of(one.Limit, one.Used, one.Weeks, one.PeriodEnd, ForecastCase.Now)!;

    private static Forecast AtPace(ForecastCase one, double aDay)
    {
        var days = aDay <= 0 ? double.PositiveInfinity : Math.Ceiling((one.Limit - one.Used) / aDay);
        return days >= one.Never
            ? new(ForecastState.PeriodEndsFirst)
            : new(ForecastState.Projected, (long)days, (long)days);
    }
}
