using BenchmarkDotNet.Attributes;
using UserReports.Core.Billing;
using UserReports.Core.Documents;
using UserReports.Core.Reports;

namespace UserReports.Bench.Loops;

/// <summary>Computing and writing reports, per account.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class ReportLoops : IDisposable
{
    private readonly ReportComputation computation = new(366);
    private readonly ReportJson json = new();
    private SourceBatch batch = null!;
    private IReadOnlyList<Report> reports = [];

    [GlobalSetup]
    public async Task SetUp()
    {
        batch = await GeneratedBatch.ReadAsync();
        reports = computation.Compute(batch, OperatorLimits.None, static _ => { });
    }

    [Benchmark(OperationsPerInvoke = GeneratedBatch.Accounts)]
    public int Compute() => computation.Compute(batch, OperatorLimits.None, static _ => { }).Count;

    [Benchmark(OperationsPerInvoke = GeneratedBatch.Accounts)]
    public int WriteDocuments()
    {
        var bytes = 0;
        foreach (var report in reports)
            bytes += json.Write(report).Length;
        return bytes;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        json.Dispose();
        GC.SuppressFinalize(this);
    }
}
