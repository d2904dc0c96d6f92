namespace UserReports.Feed;

/// <summary>Tells which accounts may have changed in a source database since a position in its history.</summary>
/// <remarks>
/// What is told is invalidation only: nothing in it is believed, so repetition, order and partial rows do not matter.
/// Whoever follows writes a batch down durably, and only then confirms it.
/// </remarks>
public interface IChangeFeed : IAsyncDisposable
{
    /// <summary>
    /// What its position is kept under: the database and the way, such as <c>usage feed</c> or <c>platform poll</c>.
    /// </summary>
    string Name { get; }

    /// <summary>What it asks and what it does not; empty for a feed that is told everything.</summary>
    IReadOnlyList<FeedQuestion> Questions => [];

    /// <summary>
    /// Changes from a position on, batch by batch, until cancelled. Batches without changes come, too, at least every
    /// few seconds: they tell up to when everything is known.
    /// </summary>
    /// <param name="position">Of the last batch that was written down, or null to begin now: what was before is a run's
    /// work.</param>
    /// <exception cref="FeedLostException">It cannot go on from this position; a run is needed.</exception>
    /// <exception cref="Sources.SourceException">The database cannot be read.</exception>
    IAsyncEnumerable<ChangeBatch> FollowAsync(string? position, CancellationToken cancellationToken);

    /// <summary>The batch, and all before it, are written down: they need not be told again.</summary>
    Task ConfirmAsync(ChangeBatch batch, CancellationToken cancellationToken);
}

/// <summary>What changed up to an instant.</summary>
public sealed record ChangeBatch
{
    /// <summary>Where to go on from after this batch; only its feed understands it.</summary>
    public required string Position { get; init; }

    /// <summary>Everything that was committed before this instant, by the database's clock, is in this batch or in
    /// earlier ones.</summary>
    public required DateTimeOffset SeenUpTo { get; init; }

    /// <summary>When the first of these changes was committed; null without a change.</summary>
    public DateTimeOffset? FirstCommit { get; init; }

    /// <summary>
    /// Position in the server's write-ahead log that a replica must have replayed before it shows these changes; 0
    /// where what was asked is what is read.
    /// </summary>
    public ulong Lsn { get; init; }

    /// <summary>Accounts whose own facts changed.</summary>
    public IReadOnlyCollection<long> Accounts { get; init; } = [];

    /// <summary>
    /// Accounts whose usage changed: the organisations that they own changed with it, for everybody who belongs there.
    /// </summary>
    public IReadOnlyCollection<long> Owners { get; init; } = [];

    /// <summary>Organisations that changed, for everybody who belongs there.</summary>
    public IReadOnlyCollection<string> Organizations { get; init; } = [];

    /// <summary>Why a run over all accounts is needed, as words for an operator; null if it is not.</summary>
    public string? RunReason { get; init; }
}

/// <summary>A feed cannot go on from where it was; the message says why, as words for an operator.</summary>
public sealed class FeedLostException(string message, Exception? inner = null) : Exception(message, inner);
