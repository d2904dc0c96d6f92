using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Bench.Databases;
using UserReports.Bench.Queries;
using UserReports.Bench.Serving;
using UserReports.Store.DuckDb;

namespace UserReports.Bench.Refreshing;

/// <summary>Many full passes into one store: it must neither grow nor grow slow.</summary>
internal static class PassesBench
{
    private const int Rounds = 10;

    public static async Task RunAsync(int accounts, int passes, TextWriter output, CancellationToken cancellationToken)
    {
        var databases = await BenchDatabases.CreateAsync(cancellationToken);
        await databases.FillAsync(accounts, cancellationToken);
        var email = await databases.SomeEmailAsync(cancellationToken);
        var places = databases.WithStore(BenchFolder.Empty("passes"));
        var firstBytes = 0L;
        output.WriteLine("| pass | s | peak memory, MB | store, MB | of the first | query p50, ms | query p95, ms |");
        output.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (var pass = 1; pass <= passes; pass++)
        {
            var figures = await RefreshProcess.RunAsync(places, cancellationToken);
            if (pass == 1)
                firstBytes = figures.StoreBytes;
            await using var store = DuckDbStore.Open(
                new(places.StoreFile),
                TimeProvider.System,
                NullLogger<DuckDbStore>.Instance
            );
            var pages = await new QueryBench(store.Reader, email, Rounds).TogetherAsync(cancellationToken);
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {pass} | {figures.Seconds:F1} | {figures.PeakBytes / 1e6:F0} | {figures.StoreBytes / 1e6:F1} "
                        + $"| {(double)figures.StoreBytes / firstBytes:F2} | {pages.Value:F1} | {pages.P95:F1} |"
                )
            );
        }
    }
}
