using System.Diagnostics;
using System.Globalization;
using UserReports.Bench.Databases;
using UserReports.Core.Billing;
using UserReports.Core.Documents;
using UserReports.Core.Reports;
using UserReports.Sources.Reading;

namespace UserReports.Bench.Refreshing;

/// <summary>
/// What a pass spends its time on: reading alone, then with the rules, then with documents, each over all accounts.
/// </summary>
internal static class RefreshPhases
{
    private const int AccountsPerRange = 10_000;

    public static async Task RunAsync(int accounts, TextWriter output, CancellationToken cancellationToken)
    {
        var databases = await BenchDatabases.CreateAsync(cancellationToken);
        await databases.FillAsync(accounts, cancellationToken);
        var time = TimeProvider.System;
        await using var source = new ReportSource(new(databases.Platform, databases.Usage), time);
        var inspection = await source.InspectAsync(cancellationToken);
        var cut = Stopwatch.StartNew();
        var ranges = await source.CutRangesAsync(AccountsPerRange, cancellationToken);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cut {cut.Elapsed.TotalSeconds:F2} s"));
        foreach (var phase in new[] { "read", "compute", "render" })
        {
            var processor = Environment.CpuUsage.TotalTime;
            var collections = GC.CollectionCount(0);
            var pauses = GC.GetTotalPauseDuration();
            var allocated = GC.GetTotalAllocatedBytes();
            var watch = Stopwatch.StartNew();
            long bytes = 0;
            await Parallel.ForEachAsync(
                ranges,
                new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken },
                async (range, token) =>
                {
                    var batch = await source.ReadRangeAsync(range.Range, time.GetUtcNow(), token);
                    if (phase == "read")
                        return;
                    var reports = new ReportComputation(366).Compute(batch, OperatorLimits.None, _ => { });
                    if (phase == "compute")
                        return;
                    using var json = new ReportJson();
                    long own = 0;
                    foreach (var report in reports)
                        own += json.Write(report).Length;

                    Interlocked.Add(ref bytes, own);
                }
            );
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{phase}: {watch.Elapsed.TotalSeconds:F1} s, "
                        + $"processor {(Environment.CpuUsage.TotalTime - processor).TotalSeconds:F1} s, "
                        + $"{GC.CollectionCount(0) - collections} collections that paused it for "
                        + $"{(GC.GetTotalPauseDuration() - pauses).TotalSeconds:F1} s, "
                        + $"allocated {(GC.GetTotalAllocatedBytes() - allocated) >> 20} MB, documents {bytes >> 20} MB"
                )
            );
        }
    }
}
