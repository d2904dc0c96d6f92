using System.Diagnostics;

namespace UserReports.Bench.Results;

/// <summary>Times what is done often.</summary>
public static class Timing
{
    private const int RoundsMin = 5;
    private static readonly TimeSpan CaseMax = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Runs warm-ups, then <paramref name="runs"/> timed rounds, fewer of what takes long; the action returns how many
    /// rows it found.
    /// </summary>
    public static async Task<Measurement> OfAsync(
        string topic,
        string name,
        int runs,
        Func<CancellationToken, Task<long?>> action,
        CancellationToken cancellationToken
    )
    {
        long? rows = null;
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < Math.Max(1, runs / 10) && Stopwatch.GetElapsedTime(begun) < CaseMax / 5; i++)
            rows = await action(cancellationToken);
        var times = new List<double>(runs);
        while (times.Count < runs && (times.Count < RoundsMin || Stopwatch.GetElapsedTime(begun) < CaseMax))
        {
            var start = Stopwatch.GetTimestamp();
            rows = await action(cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return Summary(topic, name, [.. times], rows);
    }

    /// <summary>One long action, in seconds.</summary>
    public static async Task<Measurement> OnceAsync(string topic, string name, Func<Task<long?>> action)
    {
        var start = Stopwatch.GetTimestamp();
        var rows = await action();
        return new(topic, name, "s", Stopwatch.GetElapsedTime(start).TotalSeconds, Rows: rows);
    }

    /// <summary>Median and 95th percentile of times in milliseconds.</summary>
    public static Measurement Summary(string topic, string name, double[] times, long? rows)
    {
        Array.Sort(times);
        return new(topic, name, "ms", At(times, 0.5), At(times, 0.95), rows);
    }

    /// <summary>A percentile of values in ascending order, as one of them.</summary>
    public static double At(IReadOnlyList<double> sorted, double share) =>
        sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];
}
