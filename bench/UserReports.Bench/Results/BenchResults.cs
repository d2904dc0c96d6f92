using System.Globalization;
using System.Text.Json;

namespace UserReports.Bench.Results;

/// <summary>What one run of the benchmark measured, and on what.</summary>
public sealed record BenchResults(
    string Machine,
    string Date,
    string Commit,
    int Accounts,
    IReadOnlyList<Measurement> Measurements
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Results of this machine, now, of the commit that bench/run names.</summary>
    public static BenchResults Of(int accounts, IReadOnlyList<Measurement> measurements) =>
        new(
            ThisMachine(),
            TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Environment.GetEnvironmentVariable("USERREPORTS_BENCH_COMMIT") ?? "unknown",
            accounts,
            measurements
        );

    public static BenchResults Load(string file) =>
        JsonSerializer.Deserialize<BenchResults>(File.ReadAllText(file), Json)
        ?? throw new InvalidDataException($"{file} holds no results.");

    public void Save(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, JsonSerializer.Serialize(this, Json) + "\n");
    }

    /// <summary>One Markdown table, fit for a terminal and for docs/performance.md.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{Machine}, {Date}, commit {Commit}, {Accounts:N0} accounts")
        );
        output.WriteLine();
        output.WriteLine("| topic | case | median | p95 | unit | rows |");
        output.WriteLine("| --- | --- | ---: | ---: | --- | ---: |");
        foreach (var m in Measurements)
        {
            output.WriteLine(
                $"| {m.Topic} | {m.Case.Replace("|", "\\|", StringComparison.Ordinal)} | {Shown(m.Value)} "
                    + $"| {(m.P95 is { } p95 ? Shown(p95) : "")} | {m.Unit} "
                    + $"| {m.Rows?.ToString("N0", CultureInfo.InvariantCulture)} |"
            );
        }
    }

    private static string Shown(double value) =>
        value.ToString(
            value >= 100 ? "N0"
                : value >= 10 ? "N1"
                : "N2",
            CultureInfo.InvariantCulture
        );

    private static string ThisMachine()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
        var name = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':', 2)[1]
                .Trim()
            : null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({name ?? "unknown"}), {memory:N0} GiB"
        );
    }
}
