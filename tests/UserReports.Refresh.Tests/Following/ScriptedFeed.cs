using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using UserReports.Feed;

namespace UserReports.Refresh.Tests.Following;

/// <summary>A way to follow whose feeds tell what a test says.</summary>
internal sealed class ScriptedWay(FollowMode mode = FollowMode.Feed) : IFeedFactory
{
    private readonly Channel<object> script = Channel.CreateUnbounded<object>();
    private int position;

    public FollowMode Mode => mode;

    /// <summary>Why the platform database cannot be followed so; null if it can.</summary>
    public string? WhyNot { get; set; }

    /// <summary>Positions from which feeds began.</summary>
    public ConcurrentQueue<string?> Begun { get; } = [];

    /// <summary>Batches that were confirmed.</summary>
    public ConcurrentQueue<ChangeBatch> Confirmed { get; } = [];

    /// <summary>Databases that are not followed so any more.</summary>
    public ConcurrentQueue<string> Left { get; } = [];

    /// <summary>What happens when a batch is confirmed.</summary>
    public Func<ChangeBatch, Task> Confirming { get; set; } = _ => Task.CompletedTask;

    public void Tell(
        IReadOnlyCollection<long>? accounts = null,
        IReadOnlyCollection<long>? owners = null,
        IReadOnlyCollection<string>? organizations = null,
        string? runReason = null,
        ulong lsn = 0
    ) =>
        script.Writer.TryWrite(
            new ChangeBatch
            {
                Position = Interlocked.Increment(ref position).ToString(CultureInfo.InvariantCulture),
                SeenUpTo = TimeProvider.System.GetUtcNow(),
                Accounts = accounts ?? [],
                Owners = owners ?? [],
                Organizations = organizations ?? [],
                RunReason = runReason,
                Lsn = lsn,
            }
        );

    public void Fail(Exception failure) => script.Writer.TryWrite(failure);

    public Task<FeedOffer> OfferAsync(string database, CancellationToken cancellationToken) =>
        Task.FromResult(
            database != "platform" ? new(new SilentFeed(database))
            : WhyNot is { } reason ? new(null, reason)
            : new FeedOffer(new ScriptedFeed(this))
        );

    public Task LeaveAsync(string database, CancellationToken cancellationToken)
    {
        Left.Enqueue(database);
        return Task.CompletedTask;
    }

    private sealed class ScriptedFeed(ScriptedWay way) : IChangeFeed
    {
        public string Name => $"platform {way.Mode}";

        public async IAsyncEnumerable<ChangeBatch> FollowAsync(
            string? position,
            [EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            way.Begun.Enqueue(position);
            await foreach (var told in way.script.Reader.ReadAllAsync(cancellationToken))
                yield return told as ChangeBatch ?? throw (Exception)told;
        }

        public async Task ConfirmAsync(ChangeBatch batch, CancellationToken cancellationToken)
        {
            await way.Confirming(batch);
            way.Confirmed.Enqueue(batch);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A database in which nothing happens.</summary>
    private sealed class SilentFeed(string database) : IChangeFeed
    {
        public string Name => $"{database} feed";

        public async IAsyncEnumerable<ChangeBatch> FollowAsync(
            string? position,
            [EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            for (var at = 1; ; at++)
            {
                yield return new()
                {
                    Position = at.ToString(CultureInfo.InvariantCulture),
                    SeenUpTo = TimeProvider.System.GetUtcNow(),
                };
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }

        public Task ConfirmAsync(ChangeBatch batch, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
