using UserReports.Feed.Replication;

namespace UserReports.Feed.Tests.Replication;

/// <summary>
/// Follows a feed as the service does: writes a batch down, confirms it, and after whatever end goes on from the last
/// that it wrote down.
/// </summary>
internal sealed class FeedReader : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly ReplicationSettings settings;
    private readonly Lock guard = new();
    private readonly List<ChangeBatch> batches = [];
    private CancellationTokenSource stop = new();
    private ReplicationFeed? feed;
    private Task following = Task.CompletedTask;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FeedReader(ReplicationSettings settings) => this.settings = settings;

    public MemoryKeys Keys { get; init; } = new();

    /// <summary>The last position that was written down.</summary>
    public string? Position { get; set; }

    /// <summary>Whether batches are confirmed.</summary>
    public bool Confirms { get; set; } = true;

    /// <summary>What is waited for after each batch.</summary>
    public Task Pause { get; set; } = Task.CompletedTask;

    /// <summary>How it ended; null while it goes on.</summary>
    public Exception? End { get; private set; }

    /// <summary>What every batch said.</summary>
    public IReadOnlyList<ChangeBatch> Batches
    {
        get
        {
            lock (guard)
                return [.. batches];
        }
    }

    public ISet<long> Accounts => Batches.SelectMany(batch => batch.Accounts).ToHashSet();

    public ISet<long> Owners => Batches.SelectMany(batch => batch.Owners).ToHashSet();

    public ISet<string> Organizations => Batches.SelectMany(batch => batch.Organizations).ToHashSet();

    public IReadOnlyList<string> RunReasons => [.. Batches.Select(batch => batch.RunReason).OfType<string>()];

    public static async Task<FeedReader> StartAsync(ReplicationSettings settings)
    {
        var reader = new FeedReader(settings);
        reader.Begin();
        await reader.UntilAsync(r => r.Batches.Count > 0);
        return reader;
    }

    /// <summary>Follows from the last position on.</summary>
    public void Begin()
    {
        End = null;
        stop = new();
        feed = new(settings, Keys, TimeProvider.System);
        following = Task.Run(() => FollowAsync(feed, stop.Token));
    }

    /// <summary>Breaks off wherever it is.</summary>
    public async Task BreakOffAsync()
    {
        await stop.CancelAsync();
        await following;
        if (feed is not null)
            await feed.DisposeAsync();
        feed = null;
    }

    /// <summary>Stops reading; the feed's watch goes on.</summary>
    public async Task StopReadingAsync()
    {
        await stop.CancelAsync();
        await following;
    }

    public void Forget()
    {
        lock (guard)
            batches.Clear();
    }

    public async Task UntilAsync(Func<FeedReader, bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var next = Volatile.Read(ref changed).Task;
            if (isSo(this))
                return;
            if (End is not null && following.IsCompleted)
                Assert.Fail($"The feed ended: {End}");
            try
            {
                await next.WaitAsync(TimeSpan.FromMilliseconds(200), patience.Token);
            }
            catch (TimeoutException)
            {
                // What is waited for may be no batch's work.
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(
                    $"Not within {Patience}: accounts {string.Join(",", Accounts.Order().Take(20))}; owners {string.Join(",", Owners.Take(20))}; "
                        + $"organisations {string.Join(",", Organizations.Take(20))}; runs {string.Join("|", RunReasons)}; end {End}"
                );
            }
        }
    }

    /// <summary>Waits until it ends by itself.</summary>
    public async Task UntilEndAsync()
    {
        await Task.WhenAny(following, Task.Delay(Patience));
        Assert.True(
            following.IsCompleted,
            $"It goes on: {Batches.Count} batches, the last at {Position}, runs {string.Join("|", RunReasons)}"
        );
    }

    /// <summary>Waits until it is lost.</summary>
    public async Task<string> LostAsync()
    {
        await UntilEndAsync();
        return Assert.IsType<FeedLostException>(End).Message;
    }

    public async ValueTask DisposeAsync() => await BreakOffAsync();

    private async Task FollowAsync(ReplicationFeed from, CancellationToken token)
    {
        try
        {
            await foreach (var batch in from.FollowAsync(Position, token))
            {
                lock (guard)
                {
                    batches.Add(batch);
                    Position = batch.Position;
                }

                if (Confirms)
                    await from.ConfirmAsync(batch, token);
                Tell();
                await Pause;
            }
        }
        catch (OperationCanceledException)
        {
            // It was broken off.
        }
        catch (Exception e)
        {
            End = e;
        }

        Tell();
    }

    private void Tell() =>
        Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
