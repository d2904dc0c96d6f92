using UserReports.Core.Reports;

namespace UserReports.Core.Forecasting;

/// <summary>A forecast of each metric, where most rows have no limit at all.</summary>
internal static class MetricForecasts
{
    /// <summary>Of a row without limits; shared, so not to be changed.</summary>
    public static readonly MetricValues<Forecast?> Unlimited = NewUnlimited();

    /// <summary>The same, to be changed.</summary>
    public static MetricValues<Forecast?> NewUnlimited()
    {
        var forecasts = new MetricValues<Forecast?>(Metric.All);
        for (var index = 0; index < Metric.All.Count; index++)
            forecasts[index] = Forecast.Unlimited;
        return forecasts;
    }
}
