using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Bench.Databases;
using UserReports.Core.Query;
using UserReports.Refresh;
using UserReports.Refresh.OwnLimits;
using UserReports.Sources.Reading;
using UserReports.Store.DuckDb;

namespace UserReports.Bench.Refreshing;

/// <summary>The operator's own limits: how long a large file takes, and how soon a change is seen.</summary>
public static class LimitsBench
{
    private const int Entries = 100_000;
    private const int Changes = 20;

    public static async Task RunAsync(int accounts, TextWriter output, CancellationToken cancellationToken)
    {
        var databases = await BenchDatabases.CreateAsync(cancellationToken);
        await databases.FillAsync(accounts, cancellationToken);
        var folder = Directory.CreateTempSubdirectory("user-reports-limits-");
        try
        {
            var path = Path.Combine(folder.FullName, "limits.json");
            await using var source = new ReportSource(new(databases.Platform, databases.Usage), TimeProvider.System);
            var names = await NamesAsync(source, accounts, cancellationToken);
            await WriteAsync(path, names, 1, cancellationToken);
            await MeasureLoadingAsync(path, source, output, cancellationToken);
            await using var store = DuckDbStore.Open(
                new(Path.Combine(folder.FullName, "store", "reports.duckdb")),
                TimeProvider.System,
                NullLogger<DuckDbStore>.Instance
            );
            await MeasureChangesAsync(path, names, source, store, output, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureLoadingAsync(
        string path,
        ReportSource source,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        List<double> seconds = [];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 5; i++)
        {
            using var limits = new CurrentLimits(path, source, TimeProvider.System, NullLogger<CurrentLimits>.Instance);
            var watch = Stopwatch.StartNew();
            await limits.ResolveAsync(cancellationToken);
            seconds.Add(watch.Elapsed.TotalSeconds);
            if (i == 4)
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{limits.State.Entries} entries, {new FileInfo(path).Length / 1e6:F1} MB of JSON: read and looked up in "
                            + $"{seconds.Order().ElementAt(2):F2} s (median of 5); held {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6:F0} MB"
                    )
                );
        }
    }

    private static async Task MeasureChangesAsync(
        string path,
        IReadOnlyList<string> names,
        ReportSource source,
        DuckDbStore store,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        var settings = new RefreshSettings { Interval = TimeSpan.FromDays(1), OnStart = false };
        using var limits = new CurrentLimits(path, source, TimeProvider.System, NullLogger<CurrentLimits>.Instance);
        using var engine = new RefreshEngine(
            source,
            store,
            settings,
            limits,
            366,
            TimeProvider.System,
            NullLogger<RefreshEngine>.Instance
        );
        if (!(await engine.RunAsync(null, cancellationToken)).IsCompleted)
            throw new InvalidOperationException("The first run was not completed.");
        using var schedule = new RefreshSchedule(
            engine,
            store,
            settings,
            TimeProvider.System,
            NullLogger<RefreshSchedule>.Instance
        );
        using var watch = new LimitsWatch(
            limits,
            engine,
            schedule,
            source,
            store,
            settings,
            TimeProvider.System,
            NullLogger<LimitsWatch>.Instance
        );
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var working = Task.WhenAll(schedule.RunAsync(over.Token), watch.RunAsync(over.Token));
        List<double> seconds = [];
        for (var i = 0; i < Changes; i++)
        {
            await WriteAsync(path, names, 1_000_000 + i, cancellationToken);
            var waiting = Stopwatch.StartNew();
            await SeenAsync(store, names[0], 1_000_000 + i, cancellationToken);
            seconds.Add(waiting.Elapsed.TotalSeconds);
        }

        var runs = (await store.Runs.ListAsync(cancellationToken)).Count;
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Changes} changes of one account's limit: seen after {seconds.Order().ElementAt(Changes / 2):F2} s at p50, "
                    + $"{seconds.Max():F2} s at most, in {runs} run"
            )
        );
        await over.CancelAsync();
        await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task SeenAsync(
        DuckDbStore store,
        string username,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var query = QueryCompiler
            .Compile($"username:\"{username}\" service_usage__balances__submission__effective_limit:{limit}", null)
            .Query!;
        while ((await store.Reader.FindAsync(query, new(1), cancellationToken)).Documents.Count == 0)
            await Task.Delay(20, cancellationToken);
    }

    /// <summary>The first of them owns an organisation; its limit is the one that changes.</summary>
    private static async Task<IReadOnlyList<string>> NamesAsync(
        ReportSource source,
        int accounts,
        CancellationToken cancellationToken
    )
    {
        List<string> names = [];
        for (long first = 1; names.Count < Math.Min(Entries, accounts / 2); first += 10_000)
        {
            var batch = await source.ReadRangeAsync(
                new(first, first + 9_999),
                TimeProvider.System.GetUtcNow(),
                cancellationToken
            );
            names.AddRange(
                batch.Accounts.Where(a => a.Memberships.Any(m => m.IsOwner)).Select(a => a.Account.Username)
            );
        }

        return [.. names.Take(Entries)];
    }

    private static async Task WriteAsync(
        string path,
        IReadOnlyList<string> names,
        int limitOfTheFirst,
        CancellationToken cancellationToken
    )
    {
        await using (var file = new StreamWriter(path + ".new"))
        {
            await file.WriteAsync(
                "{ \"default\": { \"submission\": 10000, \"storage_bytes\": \"5 GB\" }, \"accounts\": {\n"
            );
            foreach (var (i, name) in names.Index())
            {
                var limit = i == 0 ? limitOfTheFirst : 20_000 + i;
                await file.WriteLineAsync(
                    $"  {System.Text.Json.JsonSerializer.Serialize(name)}: {{ \"submission\": {limit}, \"storage_bytes\": \"50 GB\" }},".AsMemory(),
                    cancellationToken
                );
            }

            await file.WriteAsync("} }\n");
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
