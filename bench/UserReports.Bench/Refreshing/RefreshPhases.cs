using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Sources.Reading;
using UserReports.Store;

namespace UserReports.Bench.Refreshing;

/// <summary>
/// What a pass spends its time on: reading alone, then with the rules, then with documents, each over all accounts.
/// </summary>
internal static class RefreshPhases
{
    public static async Task RunAsync(string platform, string usage, int perRange, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        await using var source = new ReportSource(new(platform, usage), time);
        var inspection = await source.InspectAsync(cancellationToken);
        var cut = Stopwatch.StartNew();
        var ranges = await source.CutRangesAsync(perRange, cancellationToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cut {cut.Elapsed.TotalSeconds:F2} s"));
        foreach (var phase in new[] { "read", "compute", "render" })
        {
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var gcs = GC.CollectionCount(0);
            var pause = GC.GetTotalPauseDuration();
            var allocated = GC.GetTotalAllocatedBytes();
            var watch = Stopwatch.StartNew();
            long bytes = 0;
            await Parallel.ForEachAsync(
                ranges,
                new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken },
                async (range, token) =>
                {
                    var now = time.GetUtcNow();
                    var batch = await source.ReadRangeAsync(
                        range.Range,
                        o => BillingPeriods.Of(o, inspection.HasStripe, now),
                        token
                    );
                    if (phase == "read")
                        return;
                    var reports = new ReportComputation(366).Compute(batch, now, _ => { });
                    if (phase == "compute")
                        return;
                    using var json = new ReportJson();
                    var output = new ArrayBufferWriter<byte>(8192);
                    long own = 0;
                    foreach (var report in reports)
                    {
                        output.ResetWrittenCount();
                        json.Write(report, output);
                        own += output.WrittenCount;
                    }

                    Interlocked.Add(ref bytes, own);
                }
            );
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{phase}: {watch.Elapsed.TotalSeconds:F1} s, cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds:F1} s, gc pause {(GC.GetTotalPauseDuration() - pause).TotalSeconds:F1} s, gen0 {GC.CollectionCount(0) - gcs}, allocated {(GC.GetTotalAllocatedBytes() - allocated) >> 20} MB, documents {bytes >> 20} MB, columns {ReportColumns.All.Count}"
                )
            );
        }
    }
}
