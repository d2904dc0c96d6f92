using Microsoft.Extensions.Logging;
using UserReports.Feed;
using UserReports.Feed.Ledger;
using UserReports.Sources;
using UserReports.Sources.Connections;
using UserReports.Store;

namespace UserReports.Refresh.Following;

/// <summary>
/// Follows the sources between runs: writes down what changed, and at most once a second computes it anew, in place.
/// Nothing is computed before the first completed run.
/// </summary>
public sealed class Follower : IDisposable
{
    private static readonly string[] Followed = ["platform", "usage"];

    private readonly IReplayedPositions replicas;
    private readonly FollowSettings settings;
    private readonly TimeProvider time;
    private readonly FollowProgress progress;
    private readonly DirtyAccounts dirty;
    private readonly RequestedRuns runs;
    private readonly AccuracySampler sampler;
    private readonly IReadOnlyList<FollowedDatabase> databases;
    private readonly IReadOnlyList<IFeedFactory> left;
    private readonly Trouble trouble;
    private readonly Trouble sampling;
    private readonly SemaphoreSlim completed = new(0);
    private bool hasWork = true;

    /// <summary>A follower; it does nothing until <see cref="RunAsync"/>.</summary>
    /// <param name="factories">The ways there are to follow.</param>
    /// <param name="request">Begins a run as soon as can be.</param>
    public Follower(
        IEnumerable<IFeedFactory> factories,
        IFollowLedger ledger,
        IReportSource source,
        IReplayedPositions replicas,
        IReportStore store,
        RefreshEngine engine,
        Action request,
        FollowSettings settings,
        TimeProvider time,
        ILogger<Follower> logger
    )
    {
        this.replicas = replicas;
        this.settings = settings;
        this.time = time;
        progress = new(ledger, time);
        dirty = new(ledger, source, store, engine, progress, settings, logger);
        runs = new(ledger, store, request, settings, time, logger);
        sampler = new(ledger, source, store, engine, progress, settings, time, logger);
        sampling = new(logger, "The comparison of published rows");
        trouble = new(logger, "Following");
        List<IFeedFactory> all = [.. factories];
        var ways = Ways(all, settings.Choice);
        left = [.. all.Except(ways)];
        databases =
            ways.Count == 0
                ? []
                :
                [
                    .. Followed.Select(database => new FollowedDatabase(
                        database,
                        ways,
                        ledger,
                        progress,
                        settings,
                        time,
                        logger
                    )),
                ];
    }

    /// <summary>How following stands.</summary>
    public FollowState State =>
        databases.Count == 0
            ? FollowState.Off with
            {
                Accuracy = sampler.Last,
            }
            : new(
                [.. databases.Select(database => database.State)],
                progress.Dirty,
                runs.Known,
                trouble.Problem,
                sampler.Last
            );

    /// <summary>
    /// Completed once every database's feed has begun, or has failed to: a run that begins then reads whatever was
    /// before.
    /// </summary>
    public Task Begun => Task.WhenAll(databases.Select(database => database.Begun));

    /// <summary>
    /// Follows until cancelled; whatever fails is logged once and tried again. It may be called again after that: what
    /// other nodes wrote down meanwhile is taken up.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        hasWork = true;
        // Embedded databases answer at once, on the thread that asks: each has one of its own.
        return Task.WhenAll([
            .. databases.Select(database => Task.Run(() => database.RunAsync(cancellationToken), cancellationToken)),
            Task.Run(() => ComputeAsync(cancellationToken), cancellationToken),
            Task.Run(() => SampleAsync(cancellationToken), cancellationToken),
            Task.Run(() => LeaveAsync(cancellationToken), cancellationToken),
        ]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        progress.Dispose();
        completed.Dispose();
    }

    private static List<IFeedFactory> Ways(IEnumerable<IFeedFactory> factories, FollowChoice choice) =>
        choice switch
        {
            FollowChoice.Off => [],
            FollowChoice.Poll => [.. factories.Where(factory => factory.Mode == FollowMode.Poll)],
            _ => [.. factories.OrderByDescending(factory => factory.Mode)],
        };

    /// <summary>What a way that is no longer wanted left in the databases is taken away.</summary>
    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        foreach (var way in left)
        {
            foreach (var database in Followed)
                await way.LeaveAsync(database, cancellationToken);
        }
    }

    private async Task ComputeAsync(CancellationToken cancellationToken)
    {
        var pause = settings.TakenEvery;
        while (true)
        {
            var beganAt = time.GetTimestamp();
            try
            {
                await ComputeOnceAsync(cancellationToken);
                trouble.Over();
                pause = settings.TakenEvery;
            }
            catch (Exception e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                trouble.Tell(e);
                pause = pause * 2 < settings.BackoffMax ? pause * 2 : settings.BackoffMax;
            }

            if (await progress.WaitAsync(pause, cancellationToken))
            {
                hasWork = true;
                var rest = pause - time.GetElapsedTime(beganAt);
                await Task.Delay(rest > settings.Gathering ? rest : settings.Gathering, time, cancellationToken);
            }
        }
    }

    private async Task ComputeOnceAsync(CancellationToken cancellationToken)
    {
        if (await runs.NoticeCompletedAsync(cancellationToken))
        {
            hasWork = true;
            completed.Release();
        }

        if (databases.Count == 0 || !hasWork)
            return;
        var replayed = await replicas.ReadAsync(cancellationToken);
        await runs.AskAsync(replayed, cancellationToken);
        await dirty.ComputeAsync(replayed, cancellationToken);
        hasWork = progress.Dirty > 0 || runs.Known.Count > 0;
    }

    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await sampler.LoadAsync(cancellationToken);
                if (await IsSampleDueAsync(cancellationToken))
                    await sampler.SampleAsync(isFollowing: databases.Count > 0, cancellationToken);
                sampling.Over();
            }
            catch (Exception e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                sampling.Tell(e);
                await Task.Delay(settings.BackoffMax, time, cancellationToken);
            }
        }
    }

    /// <summary>True after a completed run, and from time to time while something is followed.</summary>
    private async Task<bool> IsSampleDueAsync(CancellationToken cancellationToken) =>
        await completed.WaitAsync(settings.SampledEvery, cancellationToken) || databases.Count > 0;
}
