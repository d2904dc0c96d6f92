namespace UserReports.Bench.Forecasting;

/// <summary>How a made-up account uses the platform, day by day.</summary>
internal enum Behaviour
{
    /// <summary>About as much every day.</summary>
    Steady,

    /// <summary>On weekdays, little on Saturdays, next to nothing on Sundays.</summary>
    Weekly,

    /// <summary>By 3 to 10 % more each week.</summary>
    Growing,

    /// <summary>On three days of ten, and then anything between little and very much.</summary>
    Bursty,

    /// <summary>For 10 to 40 days, and then hardly for 30 to 90.</summary>
    Campaign,

    /// <summary>Like a steady or weekly one, until some day after which there is nothing.</summary>
    Stopped,
}

/// <summary>Makes up what accounts use. Nothing here knows how it will be forecast.</summary>
internal static class BehaviourGenerator
{
    /// <summary>Use of each day, and the mean of all of them without chance.</summary>
    /// <param name="days">How many days; origins lie between a third and two thirds of them.</param>
    public static double[] Use(Behaviour behaviour, int days, Random random)
    {
        // Between 1 and 300 a day, a tenfold as often as the next.
        var rate = Math.Pow(10, random.NextDouble() * 2.5);
        var use = new double[days];
        var growth = 1 + (behaviour == Behaviour.Growing ? 0.03 + (random.NextDouble() * 0.07) : 0);
        var weekday = random.Next(7);
        var isWeekly = behaviour == Behaviour.Weekly || (behaviour == Behaviour.Stopped && random.Next(2) == 0);
        var stopsAt = behaviour == Behaviour.Stopped ? (days / 3) + random.Next(days / 3) : int.MaxValue;
        var campaignUntil = random.Next(40);
        var quietUntil = campaignUntil + 30 + random.Next(60);
        for (var day = 0; day < days; day++)
        {
            if (day >= quietUntil)
            {
                campaignUntil = day + 10 + random.Next(30);
                quietUntil = campaignUntil + 30 + random.Next(60);
            }

            var expected = rate * Math.Pow(growth, (day - (days / 2)) / 7.0);
            if (isWeekly)
                expected *= ((day + weekday) % 7) switch
                {
                    5 => 0.4,
                    6 => 0.1,
                    _ => 1.3,
                };
            if (behaviour == Behaviour.Bursty)
                expected *= random.Next(10) < 3 ? Math.Exp(Normal(random)) * 2 : 0;
            if (behaviour == Behaviour.Campaign && day >= campaignUntil)
                expected *= 0.02;
            use[day] = day >= stopsAt ? 0 : Poisson(random, expected);
        }

        return use;
    }

    private static double Poisson(Random random, double mean)
    {
        if (mean > 50)
            return Math.Max(0, Math.Round(mean + (Math.Sqrt(mean) * Normal(random))));
        var (count, left, end) = (0, 1.0, Math.Exp(-mean));
        while ((left *= random.NextDouble()) > end)
            count++;
        return count;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
