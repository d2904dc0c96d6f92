using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using UserReports.Bench.Queries;
using UserReports.Bench.Results;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Server.Export;
using UserReports.Server.Export.Csv;
using UserReports.Store.ClickHouse;
using UserReports.Workspace;

namespace UserReports.Bench.Clusters;

/// <summary>
/// A store on a ClickHouse server or cluster that was started for it: loading, pages, counts, summaries, exports,
/// changes, bytes on disk.
/// </summary>
/// <remarks>
/// All servers are processes of this machine: that tells what spreading costs, not how much faster it is. So every row
/// has the processor time of the servers beside the time that passed.
/// </remarks>
internal static class ClusterBench
{
    private const int PageRows = 100;

    /// <summary>Of docs/performance.md, one for each way in which a page is found.</summary>
    private static readonly string[] Pages =
    [
        "no filter",
        "substring of username, hits 4 in 100",
        "exact e-mail",
        "storage, wide",
        "storage, narrow",
        "nested list, product",
        "free-form country",
        "and, or, not",
        "order by storage",
        "offset 500 000",
    ];

    private static readonly (string Name, string Groups, string Metrics)[] Summaries =
    [
        ("summary by country", "extra_details__data__country", "count"),
        (
            "summary by role, with percentiles",
            "organization__role",
            "count,service_usage__total_storage_bytes__sum,service_usage__total_storage_bytes__p95"
        ),
    ];

    /// <summary>How rows leave: as they lie, in another order, and parts of them.</summary>
    private static readonly (string Name, string Q, string Ordering)[] Exports =
    [
        ("export", "", ""),
        ("export by username", "", "username"),
        ("export of a filter, many rows", "is_active:true", ""),
        ("export of a filter, few rows", "username__icontains:amina1", ""),
        ("export of a filter, few rows, by username", "username__icontains:amina1", "username"),
    ];

    /// <summary>What <c>--only</c> may name.</summary>
    public static readonly IReadOnlyList<string> Topics = ["pages", "exports", "changes"];

    /// <param name="topics">What is measured after the load.</param>
    public static async Task RunAsync(
        int accounts,
        int rounds,
        IReadOnlyCollection<string> topics,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        using var servers = BenchServers.Started();
        await servers.CreateDatabaseAsync(cancellationToken);
        var folder = Directory.CreateTempSubdirectory("user-reports-bench-").FullName;
        try
        {
            await using var workspace = new WorkspaceDatabase(
                $"Data Source={Path.Combine(folder, "workspace.sqlite")}",
                TimeProvider.System
            );
            await using var store = ClickHouseStore.Open(
                new(servers.Connection) { QueryTime = TimeSpan.FromMinutes(5) },
                workspace.SharedLedger(ClickHouseStore.Layout),
                TimeProvider.System
            );
            var bench = new Bench(store, servers, output);
            await bench.LoadAsync(accounts, cancellationToken);
            if (topics.Contains("pages"))
                await bench.ReadAsync(rounds, cancellationToken);
            if (topics.Contains("exports"))
                await bench.ExportAsync(cancellationToken);
            if (topics.Contains("changes"))
                await bench.ChangeAsync(accounts, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Bench(ClickHouseStore store, BenchServers servers, TextWriter output)
    {
        public async Task LoadAsync(int accounts, CancellationToken cancellationToken)
        {
            output.WriteLine("| servers | what | p50 ms | p95 ms | servers' processor ms | |");
            output.WriteLine("| --- | --- | ---: | ---: | ---: | --- |");
            var before = servers.ProcessorTime;
            var written = await PageBench.FillAsync(store, accounts, cancellationToken);
            Print(
                "load",
                [written.TotalMilliseconds],
                servers.ProcessorTime - before,
                1,
                Invariant($"{accounts / written.TotalSeconds:0} rows/s without making them up")
            );
            var bytes = await servers.BytesOnDiskAsync(cancellationToken);
            Print(
                "disk",
                [],
                TimeSpan.Zero,
                1,
                Invariant($"{bytes / 1e6:0} MB, {bytes / (double)accounts:0} bytes a row")
            );
            Print("memory", [], TimeSpan.Zero, 1, Invariant($"{servers.MemoryBytes / 1e6:0} MB of all servers"));
        }

        public async Task ReadAsync(int rounds, CancellationToken cancellationToken)
        {
            foreach (var (name, ask) in PageBench.Pages.Where(page => Pages.Contains(page.Name)))
            {
                await TimeAsync(
                    name,
                    rounds,
                    async i =>
                    {
                        var query = PageBench.Compile(ask(i), out long offset);
                        var page = await store.Reader.FindAsync(query, new(PageRows, offset), cancellationToken);
                        return Invariant($"{page.Count} rows");
                    }
                );
            }

            await TimeAsync(
                "count alone, substring",
                rounds,
                async i =>
                {
                    var query = Compile(Invariant($"username__icontains:{i % 10}amina"));
                    await using var export = await store.Reader.ExportAsync(query, cancellationToken);
                    return Invariant($"{export.Count} rows");
                }
            );
            foreach (var (name, groups, metrics) in Summaries)
            {
                var compiled = SummaryCompiler.Compile("", groups, metrics);
                var query = compiled.Query ?? throw new InvalidOperationException(compiled.Errors[0].Message);
                await TimeAsync(
                    name,
                    rounds,
                    async _ =>
                    {
                        var summary = await store.Reader.SummarizeAsync(query, cancellationToken);
                        return Invariant($"{summary.Groups.Count} groups");
                    }
                );
            }
        }

        /// <summary>As lines of JSON, which nobody keeps.</summary>
        public async Task ExportAsync(CancellationToken cancellationToken)
        {
            foreach (var (name, q, ordering) in Exports)
            {
                var watch = Stopwatch.StartNew();
                var before = servers.ProcessorTime;
                var own = Environment.CpuUsage.TotalTime;
                await using var export = await store.Reader.ExportAsync(Compile(q, ordering), cancellationToken);
                await ReportExporter.WriteAsync(
                    export,
                    ExportFormat.NdJson,
                    ExportColumns.All,
                    CsvStyle.Plain,
                    null,
                    PipeWriter.Create(Stream.Null),
                    null,
                    cancellationToken
                );
                var taken = Environment.CpuUsage.TotalTime - own;
                Print(
                    name,
                    [watch.Elapsed.TotalMilliseconds],
                    servers.ProcessorTime - before,
                    1,
                    Invariant(
                        $"{export.Count} rows, {export.Count / watch.Elapsed.TotalSeconds:0} rows/s, {taken.TotalMilliseconds:0} ms of processor here"
                    )
                );
            }
        }

        /// <summary>From the moment when an account's new values are known until whoever asks sees them.</summary>
        public async Task ChangeAsync(int accounts, CancellationToken cancellationToken)
        {
            foreach (var many in new[] { 1, 100, 1000 })
            {
                await TimeAsync(
                    Invariant($"{many} accounts changed and seen"),
                    10,
                    async i =>
                    {
                        List<long> ids =
                        [
                            .. Enumerable
                                .Range(0, many)
                                .Select(k => 1 + ((k * 9973L) + (i * 31L)) % accounts)
                                .Distinct(),
                        ];
                        List<Report> reports = [.. ids.Select(id => PlatformReports.Make(id, edition: i + 1))];
                        await store.Corrections.ReplaceAccountsAsync(ids, reports, cancellationToken);
                        var seen = await store.Reader.FindAccountsAsync([ids[0]], cancellationToken);
                        return Invariant($"{seen.Count} row seen");
                    }
                );
            }

            var (_, filter) = PageBench.Pages.First(page => page.Name == "storage, wide");
            await TimeAsync(
                "storage, wide, beside the changes",
                10,
                async i =>
                {
                    var query = PageBench.Compile(filter(i + 1000), out long offset);
                    var page = await store.Reader.FindAsync(query, new(PageRows, offset), cancellationToken);
                    return Invariant($"{page.Count} rows, {page.Snapshot.Changed} changed");
                }
            );
        }

        /// <param name="what">Tells what it found.</param>
        private async Task TimeAsync(string name, int rounds, Func<int, Task<string>> what)
        {
            var found = await what(rounds);
            var times = new double[rounds];
            var before = servers.ProcessorTime;
            for (var i = 0; i < rounds; i++)
            {
                var start = Stopwatch.GetTimestamp();
                found = await what(i);
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            Print(name, times, servers.ProcessorTime - before, rounds, found);
        }

        private void Print(string name, double[] times, TimeSpan processor, int rounds, string found)
        {
            Array.Sort(times);
            var (p50, p95) = times.Length == 0 ? ("", "") : (Of(times, 0.5), Of(times, 0.95));
            var each = processor == TimeSpan.Zero ? "" : Invariant($"{processor.TotalMilliseconds / rounds:0}");
            output.WriteLine($"| {servers.Name} | {name} | {p50} | {p95} | {each} | {found} |");
        }

        private static string Of(double[] times, double share) => Invariant($"{Timing.At(times, share):0.0}");
    }

    private static ReportQuery Compile(string q, string ordering = "")
    {
        var result = QueryCompiler.Compile(q, ordering);
        return result.Query ?? throw new InvalidOperationException(result.Errors[0].Message);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
