using Microsoft.Extensions.Logging;
using UserReports.Feed;
using UserReports.Feed.Ledger;
using UserReports.Sources;

namespace UserReports.Refresh.Following;

/// <summary>
/// Follows one source database the best way there is: each batch is written down with its position, then confirmed.
/// A feed that fails is tried again; one that was lost begins anew, and a run makes up for what it would have told.
/// </summary>
/// <param name="ways">The best first.</param>
internal sealed class FollowedDatabase(
    string database,
    IReadOnlyList<IFeedFactory> ways,
    IFollowLedger ledger,
    FollowProgress progress,
    FollowSettings settings,
    TimeProvider time,
    ILogger logger
)
{
    private readonly Trouble trouble = new(logger, $"Following the {database} database");
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (IChangeFeed Feed, FollowMode Mode, int Way)? current;
    private TimeSpan pause = settings.Backoff;
    private string? whyNotFeed;
    private string? toldWhyNot;
    private string? lastLoss;
    private string? unmadeUp;

    /// <summary>Completed once a feed has begun, or has failed to.</summary>
    public Task Begun => begun.Task;

    /// <summary>How it stands.</summary>
    public DatabaseFollowState State
    {
        get
        {
            var now = current;
            return new(
                database,
                now?.Mode ?? FollowMode.Off,
                progress.LagOf(database),
                now?.Feed.Questions ?? [],
                whyNotFeed,
                trouble.Problem,
                lastLoss
            );
        }
    }

    /// <summary>Follows until cancelled.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await KeepFollowingAsync(cancellationToken);
        }
        finally
        {
            current = null;
        }
    }

    private async Task KeepFollowingAsync(CancellationToken cancellationToken)
    {
        (IChangeFeed Feed, int Way)? next = null;
        while (true)
        {
            try
            {
                var chosen = next ?? await ChooseAsync(cancellationToken);
                next = null;
                await using var feed = chosen.Feed;
                current = (feed, ways[chosen.Way].Mode, chosen.Way);
                next = await FollowAsync(feed, chosen.Way, cancellationToken);
            }
            catch (FeedLostException e)
            {
                await LoseAsync(e.Message, cancellationToken);
            }
            catch (Exception e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await FailAsync(e, cancellationToken);
            }
        }
    }

    private async Task<(IChangeFeed Feed, int Way)> ChooseAsync(CancellationToken cancellationToken)
    {
        List<string> reasons = [];
        for (var way = 0; way < ways.Count; way++)
        {
            var offer = await ways[way].OfferAsync(database, cancellationToken);
            if (offer.Feed is not { } feed)
            {
                reasons.Add(offer.WhyNot ?? "");
                continue;
            }

            whyNotFeed = reasons.Count > 0 ? string.Join(' ', reasons) : null;
            if (whyNotFeed is not null && settings.Choice == FollowChoice.Feed && whyNotFeed != toldWhyNot)
                FollowLog.Polled(logger, database, whyNotFeed);
            toldWhyNot = whyNotFeed;
            return (feed, way);
        }

        throw new SourceException(string.Join(' ', reasons), isTransient: true);
    }

    /// <summary>Follows until a better way was found, which is returned.</summary>
    private async Task<(IChangeFeed Feed, int Way)?> FollowAsync(
        IChangeFeed feed,
        int way,
        CancellationToken cancellationToken
    )
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var better = way > 0 ? FindBetterAsync(way, over.Token) : null;
        var following = FollowAsync(feed, ways[way].Mode, over.Token);
        if (better is null)
        {
            await following;
            return null;
        }

        await Task.WhenAny(following, better);
        await over.CancelAsync();
        try
        {
            await following;
        }
        catch (OperationCanceledException) when (better.IsCompletedSuccessfully)
        {
            // A better way takes its place.
        }

        cancellationToken.ThrowIfCancellationRequested();
        return better.IsCompletedSuccessfully ? await better : null;
    }

    private async Task FollowAsync(IChangeFeed feed, FollowMode mode, CancellationToken cancellationToken)
    {
        var position = await ledger.FindPositionAsync(feed.Name, cancellationToken);
        if (position is null)
            unmadeUp ??= $"The {database} database begins to be followed.";
        await foreach (var told in feed.FollowAsync(position, cancellationToken))
        {
            // The run must begin after the feed did.
            var batch = told with
            {
                RunReason = told.RunReason ?? unmadeUp,
            };
            await progress.WriteAsync(feed.Name, database, batch, cancellationToken);
            unmadeUp = null;
            await feed.ConfirmAsync(batch, cancellationToken);
            if (!Begun.IsCompleted || trouble.Problem is not null)
                FollowLog.Begun(logger, database, mode == FollowMode.Feed ? "the feed" : "polling");
            trouble.Over();
            pause = settings.Backoff;
            begun.TrySetResult();
        }
    }

    /// <summary>Waits for a way before this one; whatever it fails with, the present one goes on.</summary>
    private async Task<(IChangeFeed Feed, int Way)> FindBetterAsync(int way, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(settings.ReconsideredEvery, time, cancellationToken);
            for (var better = 0; better < way; better++)
            {
                try
                {
                    var offer = await ways[better].OfferAsync(database, cancellationToken);
                    if (offer.Feed is { } feed)
                    {
                        whyNotFeed = null;
                        return (feed, better);
                    }

                    whyNotFeed = offer.WhyNot;
                }
                catch (Exception e) when (e is SourceException)
                {
                    whyNotFeed = e.Message;
                }
            }
        }
    }

    private async Task LoseAsync(string reason, CancellationToken cancellationToken)
    {
        var feed = current!.Value.Feed.Name;
        lastLoss = unmadeUp = reason;
        FollowLog.Lost(logger, database, reason);
        await EndAsync(cancellationToken);
        try
        {
            // Written down at once, in case that this process ends before the feed has begun anew.
            await ledger.ForgetAsync(feed, database, reason, cancellationToken);
        }
        catch (LedgerException e)
        {
            await FailAsync(e, cancellationToken);
        }
    }

    private async Task FailAsync(Exception e, CancellationToken cancellationToken)
    {
        trouble.Tell(e);
        begun.TrySetResult();
        await EndAsync(cancellationToken);
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        current = null;
        await Task.Delay(pause, time, cancellationToken);
        pause = pause * 2 < settings.BackoffMax ? pause * 2 : settings.BackoffMax;
    }
}
