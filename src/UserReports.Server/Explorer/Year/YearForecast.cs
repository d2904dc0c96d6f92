using System.Text.Json;
using UserReports.Core.Reports;
using UserReports.Server.Explorer.Table;

namespace UserReports.Server.Explorer.Year;

/// <summary>When a metric's limit is reached, as its chart shows it.</summary>
/// <param name="Days">At the usual pace; null where that is not said.</param>
/// <param name="EarliestDays">At the fastest pace to be expected, likewise.</param>
/// <param name="State">Of the forecast; null where the plan does not include the metric.</param>
public sealed record YearForecast(long? Days, long? EarliestDays, string? State)
{
    /// <summary>Whether there is a day to point at.</summary>
    public bool IsSaid => Days is not null || EarliestDays is not null;

    /// <summary>Of a row's document.</summary>
    public static YearForecast Of(JsonElement row, Metric metric) =>
        row.GetProperty("forecast").GetProperty(metric.Key) is { ValueKind: JsonValueKind.Object } forecast
            ? new(
                Number(forecast, "days_to_limit"),
                Number(forecast, "days_to_limit_earliest"),
                forecast.GetProperty("state").GetString()
            )
            : new(null, null, null);

    /// <summary>In a sentence; empty where there is no limit to speak of.</summary>
    public string Words(ReaderFormat format) =>
        State switch
        {
            "projected" when Days is { } days =>
                $"If use goes on as it did, the limit is reached in {format.Count(days, "day")}"
                    + (EarliestDays is { } earliest && earliest < days ? $", at the earliest in {earliest}." : "."),
            "over" => "The limit is exceeded.",
            "idle" => "Too little is used to say when the limit is reached.",
            "too_new" => "There are too few days to say when the limit is reached.",
            "irregular" => "Use is too irregular to say when the limit is reached.",
            "period_ends_first" => "The period ends before the limit is reached"
                + (
                    EarliestDays is { } earliest
                        ? $", unless use is as fast as ever: then in {format.Count(earliest, "day")}."
                        : "."
                ),
            _ => "",
        };

    private static long? Number(JsonElement forecast, string name) =>
        forecast.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;
}
