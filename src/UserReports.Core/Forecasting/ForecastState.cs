namespace UserReports.Core.Forecasting;

/// <summary>What can be said of when a limit is reached.</summary>
public enum ForecastState
{
    /// <summary>There is no limit.</summary>
    Unlimited,

    /// <summary>At the present pace the limit is reached, in storage at some time, else within the billing
    /// period.</summary>
    Projected,

    /// <summary>Usage is over the limit.</summary>
    Over,

    /// <summary>Nothing was used in 28 days; of storage, it does not grow.</summary>
    Idle,

    /// <summary>There are less than 28 days to go by.</summary>
    TooNew,

    /// <summary>Use is too uneven for a date: the quartiles are further apart than three times the median.</summary>
    Irregular,

    /// <summary>At the present pace the billing period ends before the limit is reached.</summary>
    PeriodEndsFirst,
}

/// <summary>How states are called in reports.</summary>
public static class ForecastStates
{
    /// <summary>Every name, the most usual first.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        NameOf(ForecastState.Unlimited),
        NameOf(ForecastState.Idle),
        NameOf(ForecastState.PeriodEndsFirst),
        NameOf(ForecastState.Projected),
        NameOf(ForecastState.Over),
        NameOf(ForecastState.Irregular),
        NameOf(ForecastState.TooNew),
    ];

    /// <summary>The name of one, such as <c>period_ends_first</c>.</summary>
    public static string NameOf(ForecastState state) =>
        state switch
        {
            ForecastState.Projected => "projected",
            ForecastState.Over => "over",
            ForecastState.Idle => "idle",
            ForecastState.TooNew => "too_new",
            ForecastState.Irregular => "irregular",
            ForecastState.PeriodEndsFirst => "period_ends_first",
            _ => "unlimited",
        };
}
