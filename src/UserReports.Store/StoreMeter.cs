using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace UserReports.Store;

/// <summary>What questions cost a store, whatever engine it has, as OpenTelemetry metrics and traces.</summary>
/// <remarks>Neither holds what was asked or found: a question's words are personal details.</remarks>
public static class StoreMeter
{
    /// <summary>The name of the meter and of the source of activities.</summary>
    public const string Name = "UserReports.Store";

    private static readonly Meter Meter = new(Name);

    private static readonly ActivitySource Activities = new(Name);

    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        "user_reports.query.duration",
        "s",
        "How long statements of questions took in the store, waiting for a turn left out.",
        advice: new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] }
    );

    private static readonly Histogram<double> Waits = Meter.CreateHistogram<double>(
        "user_reports.query.wait",
        "s",
        "How long questions waited for their turn at the store.",
        advice: new() { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30] }
    );

    /// <summary>Begins to measure a question, until it is disposed of.</summary>
    public static QueryMeasure Measure() => new();

    /// <summary>One question's measure.</summary>
    public sealed class QueryMeasure : IDisposable
    {
        private readonly Activity? activity = Activities.StartActivity("store.query");
        private readonly long askedAt = Stopwatch.GetTimestamp();
        private long beganAt;

        internal QueryMeasure() { }

        /// <summary>It has its turn; if nobody says so it had it from the beginning.</summary>
        public void Begin()
        {
            beganAt = Stopwatch.GetTimestamp();
            var waited = Stopwatch.GetElapsedTime(askedAt, beganAt).TotalSeconds;
            Waits.Record(waited);
            activity?.SetTag("user_reports.query.wait", waited);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Durations.Record(Stopwatch.GetElapsedTime(beganAt == 0 ? askedAt : beganAt).TotalSeconds);
            activity?.Dispose();
        }
    }
}
