namespace UserReports.Core.Forecasting;

/// <summary>When usage reaches a limit if it goes on as it did, or why that is not said.</summary>
/// <param name="DaysToLimit">Whole days from today, rounded up; null unless <see
/// cref="ForecastState.Projected"/>.</param>
/// <param name="DaysToLimitEarliest">The same for the most that is to be expected; given too where only the most that
/// is to be expected comes before the period's end.</param>
/// <param name="LimitDate">The day, UTC, of <paramref name="DaysToLimit"/>; its midnight.</param>
public sealed record Forecast(
    ForecastState State,
    long? DaysToLimit = null,
    long? DaysToLimitEarliest = null,
    DateTimeOffset? LimitDate = null
)
{
    /// <summary>There is no limit.</summary>
    public static readonly Forecast Unlimited = new(ForecastState.Unlimited);

    /// <inheritdoc cref="ForecastState.Over"/>
    internal static readonly Forecast Over = new(ForecastState.Over);

    /// <inheritdoc cref="ForecastState.Idle"/>
    internal static readonly Forecast Idle = new(ForecastState.Idle);

    /// <inheritdoc cref="ForecastState.TooNew"/>
    internal static readonly Forecast TooNew = new(ForecastState.TooNew);

    /// <inheritdoc cref="ForecastState.Irregular"/>
    internal static readonly Forecast Irregular = new(ForecastState.Irregular);

    /// <inheritdoc cref="ForecastState.PeriodEndsFirst"/>
    internal static readonly Forecast PeriodEndsFirst = new(ForecastState.PeriodEndsFirst);
}
