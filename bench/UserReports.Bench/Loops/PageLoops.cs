using BenchmarkDotNet.Attributes;
using UserReports.Core.Billing;
using UserReports.Core.Documents;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Documents;

namespace UserReports.Bench.Loops;

/// <summary>Fetching the documents of a page of 100 by their addresses, close together and scattered.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class PageLoops : IDisposable
{
    private const int PageSize = 100;
    private const int Copies = 50;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("user-reports-loops-");
    private readonly List<long> addresses = [];
    private DocumentFile documents = null!;
    private IReadOnlyList<long> close = [];
    private IReadOnlyList<long> scattered = [];

    [GlobalSetup]
    public async Task SetUp()
    {
        documents = DocumentFile.Open(Path.Combine(folder.FullName, "documents"), 0);
        var reports = new ReportComputation(366).Compute(
            await GeneratedBatch.ReadAsync(),
            OperatorLimits.None,
            static _ => { }
        );
        using var json = new ReportJson();
        using var packer = new DocumentPacker();
        foreach (var report in Enumerable.Repeat(reports, Copies).SelectMany(copy => copy))
            addresses.Add(packer.Add(json.Write(report)));

        documents.Append(packer);
        documents.Flush();
        close = [.. addresses.Take(PageSize)];
        scattered = [.. addresses.Where((_, place) => place % (addresses.Count / PageSize) == 0).Take(PageSize)];
    }

    [Benchmark]
    public int Close() => documents.Read(close).Count;

    [Benchmark]
    public int Scattered() => documents.Read(scattered).Count;

    [GlobalCleanup]
    public void Dispose()
    {
        documents.Dispose();
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
