namespace UserReports.Core.Forecasting;

/// <summary>When stored bytes reach their limit: they add up, so no period ends first.</summary>
public static class StorageForecast
{
    private const int DaysMin = 28;

    /// <summary>What takes longer than ten years at this pace does not grow.</summary>
    private const int DaysMax = 3650;

    /// <summary>The forecast.</summary>
    /// <param name="limit">Null for unlimited, 0 for not included.</param>
    /// <param name="usage">Bytes stored now.</param>
    /// <returns>Null for a limit of 0, as its balance is.</returns>
    public static Forecast? Of(long? limit, long usage, in StorageTrend trend, DateTimeOffset now)
    {
        if (limit is not { } most)
            return Forecast.Unlimited;
        if (most == 0)
            return null;
        if (usage > most)
            return Forecast.Over;
        // What was cleaned up since the latest snapshot has no trend yet.
        if (trend.Days < DaysMin || StorageTrends.IsCleanUp(trend.Latest, usage))
            return Forecast.TooNew;
        if ((trend.StillDays >= DaysMin && usage == trend.Latest) || trend.SlopeUpper <= 0)
            return Forecast.Idle;
        if (trend.SlopeUpper - trend.SlopeLower > 3 * trend.Slope || HasJustChanged(trend))
            return Forecast.Irregular;

        var left = (double)most - usage;
        var days = Math.Ceiling(left / trend.Slope);
        if (days > DaysMax)
            return Forecast.Idle;
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        return new(
            ForecastState.Projected,
            (long)days,
            (long)Math.Ceiling(left / trend.SlopeUpper),
            today.AddDays(days)
        );
    }

    /// <summary>The last week grew by less than a third, or more than three times, of what is usual.</summary>
    private static bool HasJustChanged(in StorageTrend trend)
    {
        if (trend.Past.WeekBefore is not { } before)
            return false;
        var (grown, usual) = ((double)trend.Latest - before, 7 * trend.Slope);
        return grown * 3 < usual || grown > 3 * usual;
    }
}
