using System.Diagnostics.Metrics;

namespace UserReports.Refresh;

/// <summary>The refresh as OpenTelemetry metrics.</summary>
internal static class RefreshMeter
{
    /// <summary>The name to subscribe to.</summary>
    public const string Name = "UserReports.Refresh";

    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> Accounts = Meter.CreateCounter<long>(
        "user_reports.refresh.accounts",
        "{account}",
        "Accounts read and written."
    );

    public static readonly Counter<long> Rows = Meter.CreateCounter<long>(
        "user_reports.refresh.rows",
        "{row}",
        "Report rows written."
    );

    public static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "user_reports.refresh.range_failures",
        "{range}",
        "Ranges that failed and were given back."
    );

    public static readonly Counter<long> Runs = Meter.CreateCounter<long>(
        "user_reports.refresh.runs",
        "{run}",
        "Runs completed."
    );
}
