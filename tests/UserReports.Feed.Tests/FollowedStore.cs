using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Query;
using UserReports.Feed.Ledger;
using UserReports.Refresh;
using UserReports.Refresh.Following;
using UserReports.Refresh.OwnLimits;
using UserReports.Sources.Connections;
using UserReports.Store.DuckDb;
using UserReports.Testing;
using UserReports.Workspace;

namespace UserReports.Feed.Tests;

/// <summary>A store that a follower keeps up to date, and the means to begin anew.</summary>
internal sealed class FollowedStore : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-followed-").FullName;
    private readonly SourcePair sources;
    private readonly FakeTimeProvider time;
    private readonly DuckDbStore store;
    private readonly RefreshEngine engine;
    private readonly Func<IFeedKeys, IFeedFactory> way;
    private Follower? follower;
    private IFollowLedger? ledger;

    private FollowedStore(SourcePair sources, Func<IFeedKeys, IFeedFactory> way)
    {
        this.sources = sources;
        this.way = way;
        // What happens later is later: a run that begins is told from what was readable before.
        time = new(sources.Now) { AutoAdvanceAmount = TimeSpan.FromMicroseconds(1) };
        store = Open("followed");
        engine = Engine(store);
    }

    /// <summary>A store with a completed run, which nobody follows yet.</summary>
    public static Task<FollowedStore> CreateAsync(SourcePair sources, IFeedFactory way) =>
        CreateAsync(sources, _ => way);

    /// <inheritdoc cref="CreateAsync(SourcePair, IFeedFactory)"/>
    public static async Task<FollowedStore> CreateAsync(SourcePair sources, Func<IFeedKeys, IFeedFactory> way)
    {
        var followed = new FollowedStore(sources, way);
        await followed.engine.RunAsync(null, default);
        return followed;
    }

    /// <summary>Follows until what is returned is disposed of.</summary>
    public IAsyncDisposable Start() => new Running(this);

    /// <summary>
    /// Changes the platform at random, while following is begun and ended some times, and follows to the end.
    /// </summary>
    /// <param name="accounts">Accounts 1 to this one were generated.</param>
    /// <param name="change">Executes a statement in a database.</param>
    public async Task ChangeAtRandomAsync(int accounts, Func<string, string, Task> change)
    {
        var random = new Random(Chance.Seed);
        for (var stop = 0; stop < Chance.Count(3, 20, "USERREPORTS_TEST_FOLLOW_STOPS"); stop++)
        {
            await using var running = Start();
            for (var number = 0; number < 20; number++)
            {
                var (database, sql) = RandomChanges.Next(random, accounts, (stop * 20) + number);
                await change(database, sql);
                if (random.Next(4) == 0)
                    await Task.Delay(random.Next(120));
            }
        }

        await using (Start())
            await UntilFollowedAsync();
    }

    /// <summary>Waits until nothing is dirty, and a run that was asked for has been.</summary>
    public async Task UntilFollowedAsync()
    {
        await follower!.Begun;
        // Two rounds of both databases see whatever was committed before them.
        var rounds = TimeProvider.System.GetTimestamp();
        var changed = TimeProvider.System.GetUtcNow();
        var since = sources.Now;
        while (true)
        {
            await Task.Delay(300);
            var state = follower!.State;
            Assert.True(
                TimeProvider.System.GetElapsedTime(rounds) < TimeSpan.FromMinutes(4),
                $"{state} since {since}; {Chance.Told}"
            );
            // The follower knows of what was asked for a moment after it was written down.
            if ((await ledger!.RequestedRunsAsync(default)).Count > 0)
            {
                time.Advance(TimeSpan.FromMilliseconds(1));
                await engine.RunAsync(null, default);
                continue;
            }

            if (
                state.Dirty == 0
                && TimeProvider.System.GetUtcNow() - state.Lag > changed + TimeSpan.FromSeconds(1)
                && TimeProvider.System.GetElapsedTime(rounds) > TimeSpan.FromSeconds(2)
            )
                return;
        }
    }

    /// <summary>Every row is the one that a run writes which begins now.</summary>
    public async Task AssertIsFreshAsync()
    {
        await using var fresh = Open("fresh");
        using var other = Engine(fresh);
        Assert.True((await other.RunAsync(null, default)).IsCompleted);
        var (expected, found) = (await DocumentsAsync(fresh), await DocumentsAsync(store));
        Assert.True(
            expected.SequenceEqual(found),
            $"missing: {string.Join('\n', expected.Except(found))}\ntoo much: {string.Join('\n', found.Except(expected))}\n{Chance.Told}"
        );
    }

    public async ValueTask DisposeAsync()
    {
        engine.Dispose();
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<IReadOnlyList<string>> DocumentsAsync(DuckDbStore store)
    {
        var query = QueryCompiler.Compile("", "username").Query!;
        var page = await store.Reader.FindAsync(query, new(100_000), default);
        return [.. page.Documents.Select(document => WithoutClock(Encoding.UTF8.GetString(document.Span)))];
    }

    private static string WithoutClock(string document) => Regex.Replace(document, "\"last_updated\":\"[^\"]*\"", "");

    private DuckDbStore Open(string name) =>
        DuckDbStore.Open(
            new(Path.Combine(folder, name, "reports.duckdb")) { Threads = 2 },
            time,
            NullLogger<DuckDbStore>.Instance
        );

    private RefreshEngine Engine(DuckDbStore into) =>
        new(
            sources.Source,
            into,
            // One worker waits for no other, by a clock that stands still.
            new() { Workers = 1 },
            new(null, sources.Source, time, NullLogger<CurrentLimits>.Instance),
            366,
            time,
            NullLogger<RefreshEngine>.Instance
        );

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly WorkspaceDatabase workspace;
        private readonly Follower follower;
        private readonly Task running;

        public Running(FollowedStore followed)
        {
            workspace = new($"Data Source={Path.Combine(followed.folder, "workspace.db")}", followed.time);
            follower = new(
                [followed.way(workspace.Keys)],
                workspace.Follow,
                followed.sources.Source,
                new ReplayedPositions(followed.sources.Databases, TimeProvider.System),
                followed.store,
                followed.engine,
                () => { },
                new()
                {
                    TakenEvery = TimeSpan.FromMilliseconds(50),
                    Gathering = TimeSpan.FromMilliseconds(10),
                    Backoff = TimeSpan.FromMilliseconds(20),
                },
                TimeProvider.System,
                NullLogger<Follower>.Instance
            );
            followed.follower = follower;
            followed.ledger = workspace.Follow;
            running = follower.RunAsync(stop.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            follower.Dispose();
            await workspace.DisposeAsync();
            stop.Dispose();
        }
    }
}
