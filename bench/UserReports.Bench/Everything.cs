using UserReports.Bench.Baseline;
using UserReports.Bench.Databases;
using UserReports.Bench.Exports;
using UserReports.Bench.Floor;
using UserReports.Bench.Results;

namespace UserReports.Bench;

/// <summary>The whole benchmark, in the order of its table.</summary>
public static class Everything
{
    public static async Task<BenchResults> MeasureAsync(
        int accounts,
        int runs,
        IReadOnlyCollection<string>? topics,
        CancellationToken cancellationToken
    )
    {
        var measurements = new List<Measurement>();
        var databases = await BenchDatabases.CreateAsync(cancellationToken);
        measurements.Add(
            await Timing.OnceAsync(
                "generate",
                "both databases",
                async () =>
                {
                    await databases.FillAsync(accounts, cancellationToken);
                    return accounts;
                }
            )
        );
        var email = await databases.SomeEmailAsync(cancellationToken);

        if (Wanted("floor"))
            measurements.AddRange(await ReadFloor.RunAsync(databases, cancellationToken));
        if (Wanted("export"))
            measurements.AddRange(
                await ExportBench.RunAsync("artifacts/bench/export", accounts, null, cancellationToken)
            );
        // The view comes last: it leaves tables of its own beside the platform's.
        if (Wanted("baseline"))
            measurements.AddRange(await new MaterializedView(databases, email, runs).RunAsync(cancellationToken));
        return BenchResults.Of(
            accounts,
            Environment.GetEnvironmentVariable("USERREPORTS_BENCH_COMMIT") ?? "unknown",
            measurements
        );

        bool Wanted(string topic)
        {
            if (topics is not null && !topics.Contains(topic))
                return false;
            Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {topic}");
            return true;
        }
    }
}
