using System.Diagnostics;
using System.Globalization;
using UserReports.Bench.Serving;
using UserReports.Store.ClickHouse;

namespace UserReports.Bench.Clusters;

/// <summary>The ClickHouse servers that bench/run has started.</summary>
internal sealed class BenchServers : IDisposable
{
    private const string ConnectionVariable = "USERREPORTS_BENCH_CLICKHOUSE";
    private const string ProcessesVariable = "USERREPORTS_BENCH_CLICKHOUSE_PIDS";
    private const string Database = "bench";

    private readonly HttpClient http = new();
    private readonly IReadOnlyList<Process> processes;
    private readonly ClickHouseSettings settings;

    private BenchServers(string connection, IReadOnlyList<Process> processes)
    {
        Connection = $"{connection};Database={Database}";
        settings = new(Connection);
        this.processes = processes;
    }

    /// <summary>With a database.</summary>
    public string Connection { get; }

    public string Name => settings.Cluster is null ? "one" : Text($"{processes.Count} shards");

    /// <summary>Of all of them since their start.</summary>
    public TimeSpan ProcessorTime =>
        processes.Aggregate(
            TimeSpan.Zero,
            (sum, process) => sum + (ProcessStatus.ProcessorTime(process) ?? TimeSpan.Zero)
        );

    public long MemoryBytes => processes.Sum(process => ProcessStatus.Bytes(process.Id, "VmRSS") ?? 0);

    public static BenchServers Started() =>
        new(
            Environment.GetEnvironmentVariable(ConnectionVariable)
                ?? throw new InvalidOperationException($"{ConnectionVariable} is not set; use ./dev bench cluster."),
            [
                .. (Environment.GetEnvironmentVariable(ProcessesVariable) ?? "")
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(id => Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture))),
            ]
        );

    public async Task CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        foreach (var host in settings.Hosts)
            await AskAsync(host, $"create database {Database}", cancellationToken);
    }

    public async Task<long> BytesOnDiskAsync(CancellationToken cancellationToken)
    {
        long sum = 0;
        foreach (var host in settings.Hosts)
        {
            var bytes = await AskAsync(
                host,
                $"select sum(bytes_on_disk) from system.parts where active and database = '{Database}'",
                cancellationToken
            );
            sum += long.Parse(bytes, CultureInfo.InvariantCulture);
        }

        return sum;
    }

    public void Dispose()
    {
        http.Dispose();
        foreach (var process in processes)
            process.Dispose();
    }

    private async Task<string> AskAsync(string host, string sql, CancellationToken cancellationToken)
    {
        var port = settings.Server.Split(':')[^1];
        using var answer = await http.PostAsync(
            new Uri(Text($"http://{host}:{port}/")),
            new StringContent(sql),
            cancellationToken
        );
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync(cancellationToken);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
