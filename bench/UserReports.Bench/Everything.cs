using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Bench.Baseline;
using UserReports.Bench.Databases;
using UserReports.Bench.Exports;
using UserReports.Bench.Floor;
using UserReports.Bench.Queries;
using UserReports.Bench.Refreshing;
using UserReports.Bench.Results;
using UserReports.Bench.Serving;
using UserReports.Store.DuckDb;

namespace UserReports.Bench;

/// <summary>The whole benchmark, in the order of its table.</summary>
public static class Everything
{
    /// <summary>What <c>--only</c> may name.</summary>
    public static readonly IReadOnlyList<string> Topics = ["floor", "refresh", "query", "server", "export", "baseline"];

    public static async Task<BenchResults> MeasureAsync(
        int accounts,
        int runs,
        IReadOnlyCollection<string>? topics,
        CancellationToken cancellationToken
    )
    {
        var measurements = new List<Measurement>();
        var databases = await BenchDatabases.CreateAsync(cancellationToken);
        Say("generate");
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

        double? floor = null;
        if (Wanted("floor"))
        {
            var found = await ReadFloor.RunAsync(databases, cancellationToken);
            measurements.AddRange(found);
            floor = found[^1].Value;
        }

        measurements.AddRange(await AskServiceAsync());
        if (Wanted("export"))
            measurements.AddRange(
                await ExportBench.RunAsync("artifacts/bench/export", accounts, null, cancellationToken)
            );
        // The view comes last: it leaves tables of its own beside the platform's.
        if (Wanted("baseline"))
        {
            measurements.AddRange(await new MaterializedView(databases, email, runs).RunAsync(cancellationToken));
            measurements.AddRange(Ratios(measurements));
        }

        return BenchResults.Of(accounts, measurements);

        async Task<List<Measurement>> AskServiceAsync()
        {
            List<Measurement> found = [];
            var places = databases.WithStore(BenchFolder.Empty("store"));
            if (Wanted("refresh"))
                found.AddRange(await RefreshBench.RunAsync(databases, places, accounts, floor, cancellationToken));
            else if (Named("query") || Named("server"))
                await RefreshProcess.RunAsync(places, cancellationToken);
            if (Wanted("query"))
            {
                await using var store = DuckDbStore.Open(
                    new(places.StoreFile),
                    TimeProvider.System,
                    NullLogger<DuckDbStore>.Instance
                );
                found.AddRange(await new QueryBench(store.Reader, email, runs).RunAsync(cancellationToken));
            }

            if (Wanted("server"))
                found.AddRange(await ServerBench.RunAsync(places, cancellationToken));
            return found;
        }

        bool Named(string topic) => topics is null || topics.Contains(topic);

        bool Wanted(string topic)
        {
            if (Named(topic))
                Say(topic);
            return Named(topic);
        }
    }

    /// <summary>How much faster than the view with the best indexes, page and count by page and count.</summary>
    private static List<Measurement> Ratios(List<Measurement> measurements)
    {
        var view = measurements.ToDictionary(measurement => measurement.Key, StringComparer.Ordinal);
        return
        [
            .. from own in measurements
            where own.Topic == MaterializedView.Compared
            let other = view.GetValueOrDefault(MaterializedView.KeyWithBestIndexes(own.Case))
            where other is not null
            select new Measurement(
                "beside the view with the best indexes",
                own.Case,
                Measurement.TimesAsFast,
                other.Value / own.Value
            ),
        ];
    }

    private static void Say(string topic) =>
        Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {topic}");
}
