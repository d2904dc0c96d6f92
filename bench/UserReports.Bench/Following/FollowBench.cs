using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using UserReports.Bench.Databases;
using UserReports.Bench.Refreshing;
using UserReports.Bench.Results;
using UserReports.Bench.Serving;

namespace UserReports.Bench.Following;

/// <summary>
/// The whole way from a commit in a source to the list, while a platform goes on: how soon changes show, what pages
/// take beside that, what it costs the sources, and whether every row equals a run's in the end.
/// </summary>
internal static class FollowBench
{
    private const string MetricsToken = "bench-metrics-token";
    private static readonly TimeSpan Peace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BeginningMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync(FollowCase asked, TextWriter output, CancellationToken cancellationToken)
    {
        var databases = await BenchDatabases.CreateAsync(cancellationToken);
        await databases.FillAsync(asked.Accounts, cancellationToken);
        await FollowedSources.AddKeysAsync(databases, cancellationToken);
        var feeds = await FollowedSources.PublishAsync(databases, cancellationToken);
        var folder = BenchFolder.Empty("follow");
        var places = databases.WithStore(folder);
        await RefreshProcess.RunAsync(places, cancellationToken);
        var storeBefore = BenchFolder.Bytes(folder);
        await using var server = await ReportServer.StartAsync(
            places,
            cancellationToken,
            [
                $"Refresh:Follow={asked.Mode}",
                "Sources:Budget=0.5",
                $"Metrics:Token={MetricsToken}",
                .. asked.Mode == "feed"
                    ? (string[])[$"Sources:PlatformFeed={feeds.Platform}", $"Sources:UsageFeed={feeds.Usage}"]
                    : [],
            ]
        );
        // A feed that begins asks for a run.
        await Task.Delay(BeginningMax, cancellationToken);
        await UntilAsync(
            server,
            state => state.Mode == asked.Mode && state is { Dirty: 0, Runs: 0, IsRunning: false },
            cancellationToken
        );
        var pages = new PagesBeside(
            server,
            await databases.SomeEmailAsync(cancellationToken),
            asked.Accounts,
            cancellationToken
        );
        await pages.AskAsync(TimeSpan.FromSeconds(10));
        output.WriteLine("| pages over HTTP | asked | p50 ms | p95 ms | filters p50 | p95 |");
        output.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        var peace = await pages.AskAsync(Peace);
        output.WriteLine(peace.Row("in peace"));
        await using var changes = await PlatformChanges.CreateAsync(databases, cancellationToken);
        foreach (var rate in asked.Rates)
            await MeasureAsync(rate);
        output.WriteLine();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"store {storeBefore / 1e6:F0} MB before, {BenchFolder.Bytes(folder) / 1e6:F0} MB after {changes.Commits} commits"
            )
        );
        await UntilAsync(server, state => state is { Dirty: 0, Runs: 0, Lag: < 20 }, cancellationToken);
        if (asked.Mode == "poll")
            return;
        var followed = await PublishedRows.ReadAsync(server, cancellationToken);
        await RefreshAsync(server, cancellationToken);
        output.WriteLine(
            "after following, beside a run's: "
                + PublishedRows.Compare(followed, await PublishedRows.ReadAsync(server, cancellationToken))
        );

        async Task MeasureAsync(int rate)
        {
            await SourceCosts.ForgetAsync(databases, cancellationToken);
            server.ForgetPeak();
            var (processor, late) = (server.ProcessorTime, changes.Late);
            var duration = TimeSpan.FromSeconds(asked.Seconds);
            var watch = Stopwatch.StartNew();
            var seen = new ChangesSeen(server, cancellationToken);
            var beside = pages.AskAsync(duration);
            await changes.RunAsync(rate, duration, seen.Await, cancellationToken);
            var besides = await beside;
            output.WriteLine(besides.Row($"beside {rate} changes a second"));
            output.WriteLine();
            output.WriteLine("| page | p50 ms in peace | p95 | p50 beside | p95 |");
            output.WriteLine("| --- | ---: | ---: | ---: | ---: |");
            foreach (var line in besides.Beside(peace))
                output.WriteLine(line);
            var took = await seen.AllAsync();
            output.WriteLine();
            output.WriteLine("| change | looked for | seen after p50 s | p95 s | p99 s | most s |");
            output.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
            foreach (var kind in took.GroupBy(each => each.Kind).Append(took.GroupBy(_ => "all").Single()))
            {
                var seconds = kind.Select(each => each.Seconds).Order().ToList();
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {kind.Key}, {rate}/s | {seconds.Count} | {Timing.At(seconds, 0.5):F2} | {Timing.At(seconds, 0.95):F2} | {Timing.At(seconds, 0.99):F2} | {seconds[^1]:F2} |"
                    )
                );
            }

            var elapsed = watch.Elapsed.TotalSeconds;
            output.WriteLine();
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{rate}/s for {elapsed:F0} s ({changes.Late - late:F1} s late): service {(server.ProcessorTime - processor).TotalSeconds / elapsed:P1} of a core, "
                        + $"peak memory {server.PeakMemoryBytes / 1e6:F0} MB, now {server.MemoryBytes / 1e6:F0} MB"
                )
            );
            var heap = await HeapAsync(server, cancellationToken);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"of that .NET's heap {heap / 1e6:F0} MB"));
            await SourceCosts.PrintAsync(databases, elapsed, output, cancellationToken);
            var load = (await RunsAsync(server, cancellationToken)).GetProperty("sources");
            output.WriteLine(load.GetRawText());
        }
    }

    /// <summary>What the runtime has taken for its heap, as of its last collection, in bytes.</summary>
    private static async Task<double> HeapAsync(ReportServer server, CancellationToken cancellationToken)
    {
        const string Name = "dotnet_gc_last_collection_memory_committed_size";
        using var client = server.ClientOf(MetricsToken);
        client.DefaultRequestHeaders.Authorization = new("Bearer", MetricsToken);
        var metrics = await client.GetStringAsync("/metrics", cancellationToken);
        var line = metrics.Split('\n').First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Starts a run and waits until it is completed.</summary>
    private static async Task RefreshAsync(ReportServer server, CancellationToken cancellationToken)
    {
        using var started = await server.Client.PostAsync("runs/", null, cancellationToken);
        started.EnsureSuccessStatusCode();
        await UntilAsync(server, state => state is { IsRunning: false, Runs: 0 }, cancellationToken);
    }

    private static async Task UntilAsync(
        ReportServer server,
        Func<Standing, bool> isSo,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await Task.Delay(LookEvery, cancellationToken);
            var runs = await RunsAsync(server, cancellationToken);
            var following = runs.GetProperty("following");
            var lag = following.GetProperty("lag_seconds");
            var standing = new Standing(
                following.GetProperty("mode").GetString()!,
                following.GetProperty("dirty").GetInt64(),
                following.GetProperty("requested_runs").GetArrayLength(),
                lag.ValueKind == JsonValueKind.Number ? lag.GetDouble() : double.PositiveInfinity,
                runs.GetProperty("results")
                    .EnumerateArray()
                    .Any(run => run.GetProperty("status").GetString() == "in_progress")
            );
            if (isSo(standing))
                return;
        }
    }

    private static async Task<JsonElement> RunsAsync(ReportServer server, CancellationToken cancellationToken)
    {
        using var answer = await server.Client.GetAsync("runs/", cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        return document.RootElement.Clone();
    }

    private sealed record Standing(string Mode, long Dirty, int Runs, double Lag, bool IsRunning);
}

/// <summary>What is to be measured.</summary>
/// <param name="Mode"><c>feed</c> or <c>poll</c>.</param>
/// <param name="Rates">Changes a second, one after the other.</param>
/// <param name="Seconds">How long each rate is kept up.</param>
internal sealed record FollowCase(int Accounts, string Mode, IReadOnlyList<int> Rates, int Seconds);
