namespace UserReports.Feed;

/// <summary>One way to follow a source database.</summary>
public interface IFeedFactory
{
    /// <summary>Which way.</summary>
    FollowMode Mode { get; }

    /// <summary>Looks whether the database can be followed so now; asked again each time that a feed begins.</summary>
    /// <param name="database"><c>platform</c> or <c>usage</c>.</param>
    /// <exception cref="Sources.SourceException">The database cannot be read.</exception>
    Task<FeedOffer> OfferAsync(string database, CancellationToken cancellationToken);

    /// <summary>
    /// Lets go of what the server keeps for such a feed, as far as that can be done now: the database is not followed
    /// so any more.
    /// </summary>
    /// <param name="database"><c>platform</c> or <c>usage</c>.</param>
    Task LeaveAsync(string database, CancellationToken cancellationToken);
}

/// <summary>A feed, or why there is none.</summary>
/// <param name="Feed">Whoever asked disposes of it; null if the database cannot be followed so.</param>
/// <param name="WhyNot">What is missing, as words for an operator; null with a feed.</param>
public sealed record FeedOffer(IChangeFeed? Feed, string? WhyNot = null);

/// <summary>How a database is followed.</summary>
public enum FollowMode
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>By questions that an index serves, again and again.</summary>
    Poll,

    /// <summary>By logical replication.</summary>
    Feed,
}

/// <summary>Something that a feed asks a database, or does not.</summary>
/// <param name="Subject">What it finds: a table, and which of its changes.</param>
/// <param name="Every">How often it is asked; null if it is not asked.</param>
/// <param name="Reason">Why it is asked so, or is not asked and what then waits for the next run; words for an
/// operator.</param>
public sealed record FeedQuestion(string Subject, TimeSpan? Every, string Reason);
