using System.Diagnostics;
using System.Text.Json;

namespace UserReports.Architecture.Tests;

/// <summary><c>./dev bench compare</c>: what it names, and what it ends with.</summary>
public sealed class BenchCompareTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Compare_SomeGotSlower_NamesThemAndEndsWithOne()
    {
        var before = Results(
            new("query", "a page", "ms", 10),
            new("query", "a fifth slower", "ms", 10),
            new("query", "twice as slow, but in the noise", "ms", 0.9),
            new("query", "other rows", "ms", 10, 5),
            new("query", "gone", "ms", 10),
            new("export", "csv", "rows/s", 130_000),
            new("export", "parquet", "rows/s", 130_000),
            new("export", "memory growth", "MB", 100)
        );
        var after = Results(
            new("query", "a page", "ms", 12.1),
            new("query", "a fifth slower", "ms", 12),
            new("query", "twice as slow, but in the noise", "ms", 1.8),
            new("query", "other rows", "ms", 10, 6),
            new("export", "csv", "rows/s", 100_000),
            new("export", "parquet", "rows/s", 200_000),
            new("export", "memory growth", "MB", 150),
            new("query", "new", "ms", 1000)
        );

        var (exitCode, output) = await CompareAsync(before, after);

        Assert.Equal(
            [
                "query · a page: 12.1 ms instead of 10 (1.21 times)",
                "query · other rows: finds 6 rows instead of 5",
                "query · gone: no longer measured",
                "export · csv: 100000 rows/s instead of 130000 (1.30 times)",
                "export · memory growth: 150 MB instead of 100 (1.50 times)",
                "5 got worse.",
            ],
            output
        );
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task Compare_NothingGotSlower_SaysSoAndEndsWithZero()
    {
        var before = Results(new("query", "a page", "ms", 10, 5), new("export", "csv", "rows/s", 100_000));
        // Another day has other rows.
        var after = Results(new("query", "a page", "ms", 11.9, 6), new("export", "csv", "rows/s", 90_000)) with
        {
            Date = "2026-01-02",
        };

        var (exitCode, output) = await CompareAsync(before, after);

        Assert.Equal(["Nothing got slower by more than 20 %."], output);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Compare_OtherNumbersOfAccounts_IsRefused()
    {
        var before = Results(new Figure("query", "a page", "ms", 10));

        var (exitCode, output) = await CompareAsync(before, before with { Accounts = 2000 });

        Assert.Equal("not comparable: 1000 accounts before, 2000 after", output[0]);
        Assert.Equal(1, exitCode);
    }

    private static Run Results(params Figure[] measurements) => new("m", "2026-01-01", "c", 1000, measurements);

    private async Task<(int ExitCode, string[] Output)> CompareAsync(Run before, Run after)
    {
        var files = new[] { Path.Combine(folder, "before.json"), Path.Combine(folder, "after.json") };
        await File.WriteAllTextAsync(files[0], JsonSerializer.Serialize(before, JsonSerializerOptions.Web));
        await File.WriteAllTextAsync(files[1], JsonSerializer.Serialize(after, JsonSerializerOptions.Web));
        // Its output lies where ours does: bin, configuration, framework.
        var output = Path.Combine(AppContext.BaseDirectory.TrimEnd('/').Split('/')[^3..]);
        var program = Path.Combine(Checkout.Root, "bench/UserReports.Bench", output, "UserReports.Bench.dll");
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [program, "compare", .. files]) { RedirectStandardOutput = true }
        )!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>As the benchmark writes it.</summary>
    private sealed record Run(string Machine, string Date, string Commit, int Accounts, Figure[] Measurements);

    private sealed record Figure(string Topic, string Case, string Unit, double Value, long? Rows = null);
}
