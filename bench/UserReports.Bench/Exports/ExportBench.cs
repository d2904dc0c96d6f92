using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Bench.Queries;
using UserReports.Bench.Results;
using UserReports.Bench.Serving;
using UserReports.Sources.Generating;
using UserReports.Store.DuckDb;

namespace UserReports.Bench.Exports;

/// <summary>
/// How fast all rows leave the service over HTTP in each format, and what that costs in memory: with a client that
/// takes what comes, and with one that reads slowly and then leaves.
/// </summary>
/// <remarks>Every figure is of a service that was started for it and has answered one page of the list.</remarks>
internal static class ExportBench
{
    private const string Topic = "export";
    private const int ReadBytes = 256 * 1024;
    private static readonly TimeSpan SlowFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SlowPause = TimeSpan.FromMilliseconds(100);

    /// <summary>The first is what the others are compared with.</summary>
    private static readonly (string Name, string Parameters)[] Cases =
    [
        ("ndjson", "format=ndjson"),
        ("csv", "format=csv"),
        ("parquet", "format=parquet"),
        ("xlsx", "format=xlsx"),
        ("ndjson by username", "format=ndjson&ordering=username"),
        ("csv by username", "format=csv&ordering=username"),
        ("parquet by username", "format=parquet&ordering=username"),
        ("csv, a tenth of the rows", "format=csv&q=is_active:true AND mfa_is_active:true"),
    ];

    /// <param name="folder">Where the store is kept, to be used again.</param>
    /// <param name="only">What the names of the wanted cases begin with, or null for all.</param>
    public static async Task<IReadOnlyList<Measurement>> RunAsync(
        string folder,
        int accounts,
        IReadOnlyCollection<string>? only,
        CancellationToken cancellationToken
    )
    {
        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        await FillAsync(folder, accounts, cancellationToken);
        await PrepareAsync(folder, cancellationToken);
        var measurements = new List<Measurement>();
        var jsonBytesPerRow = 0.0;
        foreach (var (name, parameters) in Cases)
        {
            if (only is not null && name != Cases[0].Name && !only.Any(start => name.StartsWith(start, Ordinal)))
                continue;
            var fast = await DownloadAsync(folder, parameters, slow: false, cancellationToken);
            if (name == Cases[0].Name)
                jsonBytesPerRow = (double)fast.Bytes / fast.Rows;
            var slow = await DownloadAsync(folder, parameters, slow: true, cancellationToken);
            var rate = fast.Rows / fast.Seconds;
            measurements.AddRange([
                new(Topic, $"{name}, rows", "rows/s", rate, Rows: fast.Rows),
                new(Topic, $"{name}, bytes", "MB/s", fast.Bytes / fast.Seconds / 1e6, Rows: fast.Rows),
                new(Topic, $"{name}, bytes of JSON", "MB/s", rate * jsonBytesPerRow / 1e6, Rows: fast.Rows),
                new(Topic, $"{name}, processor time", "s", fast.ProcessorSeconds, Rows: fast.Rows),
                new(Topic, $"{name}, memory growth", "MB", fast.GrowthBytes / 1e6, Rows: fast.Rows),
                new(Topic, $"{name}, memory growth, slow client", "MB", slow.GrowthBytes / 1e6),
            ]);
        }

        return measurements;
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static async Task FillAsync(string folder, int accounts, CancellationToken cancellationToken)
    {
        await using var store = DuckDbStore.Open(
            new(Path.Combine(folder, "reports.duckdb")),
            TimeProvider.System,
            NullLogger<DuckDbStore>.Instance
        );
        if (store.Reader.Snapshot?.Rows != accounts)
            await PageBench.FillAsync(store, accounts, cancellationToken);
    }

    /// <summary>A few accounts to sign in with, once; the reports come from elsewhere.</summary>
    private static async Task PrepareAsync(string folder, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(folder, "usage.duckdb")))
            return;
        await SourceGenerator.GenerateAsync(
            Source(folder, "platform"),
            Source(folder, "usage"),
            new(100, TimeProvider.System.GetUtcNow()) { AdminToken = ReportServer.Token },
            null,
            cancellationToken
        );
    }

    private static string Source(string folder, string name) => "Data Source=" + Path.Combine(folder, name + ".duckdb");

    private static async Task<Download> DownloadAsync(
        string folder,
        string parameters,
        bool slow,
        CancellationToken cancellationToken
    )
    {
        // Nothing to compute reports from: no refresh replaces those of the benchmark.
        await using var server = await ReportServer.StartAsync(
            new(Source(folder, "platform"), Source(folder, "none"), Path.Combine(folder, "reports.duckdb")),
            cancellationToken
        );
        await server.AskAsync($"limit={Question.PageSize}", cancellationToken);
        var memory = server.MemoryBytes;
        var processor = server.ProcessorTime;
        server.ForgetPeak();
        var start = Stopwatch.GetTimestamp();
        using var answer = await server.Client.GetAsync(
            $"export/?{parameters}",
            HttpCompletionOption.ResponseHeadersRead,
            cancellationToken
        );
        answer.EnsureSuccessStatusCode();
        var rows = long.Parse(answer.Headers.GetValues("X-Total-Count").First(), CultureInfo.InvariantCulture);
        await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[ReadBytes];
        var bytes = 0L;
        while (!slow || Stopwatch.GetElapsedTime(start) < SlowFor)
        {
            var read = await content.ReadAsync(buffer, cancellationToken);
            if (read == 0)
                break;
            bytes += read;
            if (slow)
                await Task.Delay(SlowPause, cancellationToken);
        }

        return new(
            rows,
            bytes,
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            (server.ProcessorTime - processor).TotalSeconds,
            server.PeakMemoryBytes - memory
        );
    }

    /// <param name="GrowthBytes">By how much the service's memory was larger at its peak than before.</param>
    private sealed record Download(long Rows, long Bytes, double Seconds, double ProcessorSeconds, long GrowthBytes);
}
