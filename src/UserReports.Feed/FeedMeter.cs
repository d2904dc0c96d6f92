using System.Diagnostics.Metrics;

namespace UserReports.Feed;

/// <summary>What being told costs the sources' servers, as OpenTelemetry metrics.</summary>
internal static class FeedMeter
{
    private static readonly Meter Meter = new("UserReports.Feed");

    /// <summary>By <c>database</c>: <c>platform</c> or <c>usage</c>.</summary>
    public static readonly Gauge<long> Retained = Meter.CreateGauge<long>(
        "user_reports.feed.retained",
        "By",
        "Write-ahead log that the source's server holds back for this service's slot."
    );
}
