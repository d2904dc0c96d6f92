using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace UserReports.Refresh;

/// <summary>The refresh as OpenTelemetry metrics and traces.</summary>
/// <remarks>
/// A trace is a run: its ranges, each with its reading, and the commits, which are within the range whose worker did
/// them. They have counts, and no numbers of accounts.
/// </remarks>
public static class RefreshMeter
{
    /// <summary>The name to subscribe to.</summary>
    public const string Name = "UserReports.Refresh";

    private static readonly Meter Meter = new(Name);

    internal static readonly ActivitySource Activities = new(Name);

    internal static readonly Counter<long> Accounts = Meter.CreateCounter<long>(
        "user_reports.refresh.accounts",
        "{account}",
        "Accounts read and written."
    );

    internal static readonly Counter<long> Rows = Meter.CreateCounter<long>(
        "user_reports.refresh.rows",
        "{row}",
        "Report rows written."
    );

    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "user_reports.refresh.range_failures",
        "{range}",
        "Ranges that failed and were given back."
    );

    internal static readonly Counter<long> Runs = Meter.CreateCounter<long>(
        "user_reports.refresh.runs",
        "{run}",
        "Runs completed."
    );

    internal static readonly Counter<long> SampledRows = Meter.CreateCounter<long>(
        "user_reports.accuracy.sampled_rows",
        "{row}",
        "Published rows compared with the sources."
    );

    internal static readonly Counter<long> DifferingRows = Meter.CreateCounter<long>(
        "user_reports.accuracy.differing_rows",
        "{row}",
        "Published rows that differed."
    );

    /// <summary>Lets every counter stand at its present value: an alert cannot tell one that is missing from one that
    /// stands.</summary>
    public static void Begin()
    {
        foreach (var counter in (Counter<long>[])[Accounts, Rows, Failures, Runs, SampledRows, DifferingRows])
            counter.Add(0);
    }
}
