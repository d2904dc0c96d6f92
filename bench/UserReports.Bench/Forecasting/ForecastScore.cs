using UserReports.Core.Forecasting;

namespace UserReports.Bench.Forecasting;

/// <summary>How right a method was.</summary>
/// <param name="Answered">Share of all cases of which it said a date, or that the period ends first.</param>
/// <param name="Within">Share of true dates that lie between its earliest and twice its usual days, of those that it
/// gave both for.</param>
/// <param name="Precision">Share of those that it said reach the limit within 7 days which did.</param>
/// <param name="Recall">Share of those that did which it said so of; refusals are misses.</param>
/// <param name="Error">Mean absolute error in days over the cases that the service answers, the same for each
/// method; not at all counts as the period's end.</param>
internal sealed record ForecastScore(double Answered, double Within, double Precision, double Recall, double Error)
{
    private const int Soon = 7;

    public static ForecastScore Of(ForecastMethod method, IReadOnlyList<ForecastCase> cases)
    {
        var (answered, dated, within, said, right, soon, errors, compared) = (0, 0, 0, 0, 0, 0, 0.0, 0);
        foreach (var one in cases)
        {
            var forecast = method.Of(one);
            var isSoon = one.Truth <= Soon;
            var saidSoon = forecast.DaysToLimit <= Soon;
            soon += isSoon ? 1 : 0;
            said += saidSoon ? 1 : 0;
            right += isSoon && saidSoon ? 1 : 0;
            if (one.Truth is { } truth && forecast is { DaysToLimit: { } usual, DaysToLimitEarliest: { } earliest })
            {
                dated++;
                within += truth >= earliest && truth <= 2 * usual ? 1 : 0;
            }

            answered += Answers(forecast) ? 1 : 0;
            if (!Answers(ForecastMethod.Shipped.Of(one)) || !Answers(forecast))
                continue;
            compared++;
            errors += Math.Abs(Math.Min(one.Never, forecast.DaysToLimit ?? one.Never) - (one.Truth ?? one.Never));
        }

        return new(
            (double)answered / cases.Count,
            (double)within / dated,
            (double)right / said,
            (double)right / soon,
            errors / compared
        );
    }

    private static bool Answers(Forecast forecast) =>
        forecast.State is ForecastState.Projected or ForecastState.PeriodEndsFirst;
}
