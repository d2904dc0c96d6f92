using System.Globalization;
using UserReports.Feed.Replication.Servers;
using UserReports.Sources;

namespace UserReports.Feed.Replication;

/// <summary>
/// Looks at the slot again and again, whether or not anybody reads from it, and drops it before it holds back more of
/// the write-ahead log than it may: a feed never fills a disk.
/// </summary>
/// <remarks>
/// A server that shuts down waits for whoever is sent its log to confirm the last of it. Nobody may wait for this
/// service: as soon as the server cannot be looked at, the stream is closed.
/// </remarks>
internal sealed class SlotWatch : IAsyncDisposable
{
    private readonly ReplicationServer server;
    private readonly ReplicationSettings settings;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<FollowedTable> tables = [];
    private volatile string? lost;
    private volatile SourceException? trouble;
    private volatile Func<Task> close = () => Task.CompletedTask;

    public SlotWatch(ReplicationServer server, ReplicationSettings settings, TimeProvider time)
    {
        (this.server, this.settings, this.time) = (server, settings, time);
        watching = Task.Run(WatchAsync);
    }

    /// <summary>The last look, or null before the first.</summary>
    public ServerLook? Last { get; private set; }

    /// <summary>Ends with the next look, or once the slot is lost.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    /// <summary>The server answers, and these are the tables.</summary>
    public void Begin(IReadOnlyList<FollowedTable> followed) => (tables, trouble) = (followed, null);

    /// <summary>What closes the stream that is open now, and waits while it is being read from.</summary>
    public void Guard(Func<Task> stream) => close = stream;

    /// <summary>A slot was made; what was lost before was another one.</summary>
    public void Renew() => lost = null;

    /// <exception cref="FeedLostException">The slot was dropped.</exception>
    public void ThrowIfLost()
    {
        if (lost is { } why)
            throw new FeedLostException(why);
    }

    /// <exception cref="FeedLostException">The slot was dropped.</exception>
    /// <exception cref="SourceException">The server could not be looked at.</exception>
    public void ThrowIfOver()
    {
        ThrowIfLost();
        if (trouble is { } why)
            throw new SourceException(why.Message, why, isTransient: true);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching;
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(settings.LookEvery, time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stop.Token);
                await LookAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SourceException e)
            {
                trouble = e;
                Tell();
                await close();
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var look = await server.LookAsync(tables, cancellationToken);
        Last = look;
        FeedMeter.Retained.Record(
            look.Slot?.Retained ?? 0,
            KeyValuePair.Create("database", (object?)settings.Database)
        );
        if (look.Slot is { Retained: { } retained, IsLost: false } slot && retained > settings.RetainedBytes)
        {
            lost ??=
                $"The slot {settings.Slot} of the {settings.Database} database held back {Megabytes(retained)} MB of write-ahead log, "
                + $"more than Refresh:FeedRetainedMax ({Megabytes(settings.RetainedBytes)} MB) allows: it was dropped.";
            // Whoever is served by it ends first.
            if (slot.ActiveBy is { } process)
                await server.EndAsync(process, cancellationToken);
            await server.DropSlotAsync(cancellationToken);
        }

        Tell();
    }

    private void Tell() =>
        Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private static string Megabytes(long bytes) => (bytes >> 20).ToString(CultureInfo.InvariantCulture);
}
