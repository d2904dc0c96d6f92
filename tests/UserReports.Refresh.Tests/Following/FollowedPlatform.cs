using UserReports.Feed;
using UserReports.Refresh.Following;
using UserReports.Sources;
using UserReports.Sources.Connections;
using UserReports.Store;

namespace UserReports.Refresh.Tests.Following;

/// <summary>A follower that runs on a small platform, until it is disposed of.</summary>
internal sealed class FollowedPlatform : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private CancellationTokenSource stop = new();
    private readonly RefreshEngine engine;
    private Task running;
    private int requested;

    public FollowedPlatform(
        SmallPlatform platform,
        IReadOnlyList<IFeedFactory> ways,
        FollowSettings? settings = null,
        IReportStore? store = null,
        IReportSource? source = null,
        IReplayedPositions? replicas = null
    )
    {
        engine = new(
            source ?? platform.Source,
            store ?? platform.Store,
            platform.Settings,
            platform.Limits(source),
            366,
            platform.Time,
            platform.Log
        );
        Follower = new(
            ways,
            platform.Workspace.Follow,
            source ?? platform.Source,
            replicas ?? new Replicas(),
            store ?? platform.Store,
            engine,
            () => Interlocked.Increment(ref requested),
            settings ?? Quick,
            TimeProvider.System,
            Log
        );
        running = Follower.RunAsync(stop.Token);
    }

    /// <summary>Nothing is waited for longer than need be.</summary>
    public static FollowSettings Quick { get; } =
        new()
        {
            TakenEvery = TimeSpan.FromMilliseconds(50),
            Gathering = TimeSpan.FromMilliseconds(10),
            Backoff = TimeSpan.FromMilliseconds(20),
            BackoffMax = TimeSpan.FromMilliseconds(100),
            ReconsideredEvery = TimeSpan.FromMilliseconds(50),
            RunAskedEvery = TimeSpan.Zero,
        };

    public Follower Follower { get; }

    public RecordedLog<Follower> Log { get; } = new();

    /// <summary>How often a run was asked for.</summary>
    public int Requested => Volatile.Read(ref requested);

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, Func<string>? why = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(began) < Patience,
                $"It did not come about within a minute. {why?.Invoke()}"
            );
            await Task.Delay(20);
        }
    }

    public Task UntilAsync(Func<bool> isSo) =>
        UntilAsync(() => Task.FromResult(isSo()), () => $"{Follower.State} {string.Join('\n', Log.Lines)}");

    /// <summary>Waits until the account's row shows a first name.</summary>
    public Task UntilNamedAsync(SmallPlatform platform, string name) =>
        UntilAsync(
            async () => (await platform.DocumentsAsync($"first_name:{name}")).Count > 0,
            () => string.Join('\n', Log.Lines)
        );

    /// <summary>Stops following, as when another node leads.</summary>
    public async Task PauseAsync()
    {
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>Follows again, as when this node leads anew.</summary>
    public void Resume()
    {
        stop.Dispose();
        stop = new();
        running = Follower.RunAsync(stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await PauseAsync();
        Follower.Dispose();
        engine.Dispose();
        stop.Dispose();
    }
}

/// <summary>Replicas that show what a test says.</summary>
internal sealed class Replicas : IReplayedPositions
{
    public IReadOnlyDictionary<string, ulong> Replayed { get; set; } = new Dictionary<string, ulong>();

    /// <summary>What an answer waits for.</summary>
    public Task Answering { get; init; } = Task.CompletedTask;

    public async Task<IReadOnlyDictionary<string, ulong>> ReadAsync(CancellationToken cancellationToken)
    {
        await Answering.WaitAsync(cancellationToken);
        return Replayed;
    }
}
