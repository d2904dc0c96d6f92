using UserReports.Bench.Databases;
using UserReports.Bench.Results;
using UserReports.Bench.Serving;
using UserReports.Bench.Sources;

namespace UserReports.Bench.Refreshing;

/// <summary>
/// Passes into an empty store, into a full one, after a thousandth of the accounts has changed, and one that keeps its
/// day.
/// </summary>
internal static class RefreshBench
{
    private const string Topic = "refresh";

    /// <summary>One account in a thousand works, stores and signs in.</summary>
    private const string PlatformChanges =
        "update auth_user set last_login = now(), first_name = first_name || 'x' where id % 1000 = 0";

    private const string UsageChanges = """
        update main_userprofile set attachment_storage_bytes = attachment_storage_bytes + 1000000
        where user_id % 1000 = 0;
        update logger_dailyxformsubmissioncounter set counter = counter + 1 where user_id % 1000 = 0;
        """;

    /// <param name="floorSeconds">How long plain reading took in the same run, or null if it was not measured.</param>
    public static async Task<IReadOnlyList<Measurement>> RunAsync(
        BenchDatabases databases,
        SourcesAndStore places,
        int accounts,
        double? floorSeconds,
        CancellationToken cancellationToken
    )
    {
        var first = await RefreshProcess.RunAsync(places, cancellationToken);
        var repeated = await RefreshProcess.RunAsync(places, cancellationToken);
        await BenchDatabases.ExecuteAsync(databases.Platform, PlatformChanges, cancellationToken);
        await BenchDatabases.ExecuteAsync(databases.Usage, UsageChanges, cancellationToken);
        var changed = await RefreshProcess.RunAsync(places, cancellationToken);
        // A pass of its own, since counting takes a part of the processors.
        SourceLoadFigures asked;
        await using (var load = await SourceLoad.BeginAsync(databases, cancellationToken))
        {
            await RefreshProcess.RunAsync(places, cancellationToken);
            asked = await load.EndAsync(cancellationToken);
        }

        var kept = await RefreshProcess.RunAsync(places, cancellationToken, keepsDay: true);

        return
        [
            .. Measurements("full pass", first, accounts, floorSeconds),
            .. Measurements("repeated pass", repeated, accounts, floorSeconds),
            .. Measurements("pass after 0.1 % changed", changed, accounts, floorSeconds),
            .. Measurements("pass and the day's snapshot", kept, accounts, floorSeconds),
            new(Topic, "longest statement in a source", "ms", asked.LongestMs),
            new(Topic, "temporary blocks with 64 MB of work memory", "blocks", asked.TemporaryBlocks),
            .. asked.Connections.Select(count => new Measurement(
                Topic,
                $"connections to {count.Key}, at most",
                "connections",
                count.Value
            )),
        ];
    }

    private static IEnumerable<Measurement> Measurements(
        string name,
        RefreshFigures figures,
        int accounts,
        double? floorSeconds
    )
    {
        yield return new(Topic, $"{name}, time", "s", figures.Seconds);
        if (floorSeconds is { } floor)
            yield return new(Topic, $"{name}, times the read floor R", "×", figures.Seconds / floor);
        yield return new(Topic, $"{name}, rate", "accounts/s", accounts / figures.Seconds);
        yield return new(Topic, $"{name}, processor time of the service", "s", figures.ProcessorSeconds);
        yield return new(Topic, $"{name}, peak memory", "MB", figures.PeakBytes / 1e6);
        yield return new(Topic, $"{name}, store afterwards", "MB", figures.StoreBytes / 1e6);
    }
}
