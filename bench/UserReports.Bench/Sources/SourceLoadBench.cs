using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Bench.Databases;
using UserReports.Refresh;
using UserReports.Refresh.OwnLimits;
using UserReports.Sources.Identities;
using UserReports.Sources.Reading;
using UserReports.Store.DuckDb;

namespace UserReports.Bench.Sources;

/// <summary>One pass, with people signing in meanwhile, and what it asked of the sources.</summary>
public static class SourceLoadBench
{
    public static async Task RunAsync(int accounts, TextWriter output, CancellationToken cancellationToken)
    {
        var databases = await BenchDatabases.CreateAsync(cancellationToken);
        await databases.FillAsync(accounts, cancellationToken);
        SourceLoadFigures figures;
        await using (var load = await SourceLoad.BeginAsync(databases, cancellationToken))
        {
            await PassAsync(databases, accounts, cancellationToken);
            figures = await load.EndAsync(cancellationToken);
        }

        output.WriteLine($"One pass over {accounts} accounts:");
        figures.Print(output);
    }

    private static async Task PassAsync(BenchDatabases databases, int accounts, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-load-");
        try
        {
            await using var source = new ReportSource(new(databases.Platform, databases.Usage), TimeProvider.System);
            await using var store = DuckDbStore.Open(
                new(Path.Combine(folder.FullName, "reports.duckdb")),
                TimeProvider.System,
                NullLogger<DuckDbStore>.Instance
            );
            var settings = new RefreshSettings { Workers = Math.Max(2, Environment.ProcessorCount) };
            using var engine = new RefreshEngine(
                source,
                store,
                settings,
                new CurrentLimits(null, source, TimeProvider.System, NullLogger<CurrentLimits>.Instance),
                366,
                TimeProvider.System,
                NullLogger<RefreshEngine>.Instance
            );
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var people = Enumerable
                .Range(0, 8)
                .Select(person => SignInAsync(new IdentitySource(source.Platform), accounts, person, over.Token))
                .ToList();
            var outcome = await engine.RunAsync(null, cancellationToken);
            await over.CancelAsync();
            await Task.WhenAll(people);
            if (!outcome.IsCompleted)
                throw new InvalidOperationException($"The pass was not completed: {outcome.Run.LastError}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task SignInAsync(IdentitySource source, int accounts, int person, CancellationToken token)
    {
        var random = new Random(person);
        while (!token.IsCancellationRequested)
        {
            await source.FindByIdAsync(random.Next(1, accounts + 1), CancellationToken.None);
            await Task.Delay(50, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
