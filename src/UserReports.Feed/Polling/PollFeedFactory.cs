using UserReports.Sources.Connections;

namespace UserReports.Feed.Polling;

/// <summary>Polling, which every database can be followed by.</summary>
public sealed class PollFeedFactory(IReadOnlyList<SourceDatabase> databases, PollSettings settings, TimeProvider time)
    : IFeedFactory
{
    private readonly Dictionary<string, PollMemory> memories = databases.ToDictionary(
        database => database.Name,
        database => new PollMemory(database, settings, time),
        StringComparer.Ordinal
    );

    /// <inheritdoc/>
    public FollowMode Mode => FollowMode.Poll;

    /// <inheritdoc/>
    public Task<FeedOffer> OfferAsync(string database, CancellationToken cancellationToken) =>
        Task.FromResult(new FeedOffer(new PollFeed(database, memories[database], settings, time)));

    /// <summary>Nothing is kept for polling.</summary>
    public Task LeaveAsync(string database, CancellationToken cancellationToken) => Task.CompletedTask;
}
