using System.Globalization;
using UserReports.Feed.Replication.Decoding;
using UserReports.Feed.Replication.Servers;

namespace UserReports.Feed.Replication;

/// <summary>What sessions of a feed share.</summary>
internal sealed record FeedParts(
    ReplicationSettings Settings,
    ReplicationServer Server,
    SlotWatch Watch,
    KeyMemory Memory,
    TouchResolver Resolver,
    TimeProvider Time
);

/// <summary>Where a session begins.</summary>
/// <param name="LookedAt">When, by the server's clock.</param>
/// <param name="Publications">Those that are there.</param>
/// <param name="RunReasons">Why a run is needed to begin with.</param>
internal sealed record FeedStart(
    FeedPosition Position,
    DateTimeOffset LookedAt,
    IReadOnlyList<FollowedTable> Tables,
    IReadOnlyList<string> Publications,
    IReadOnlyList<string> RunReasons,
    ExpectedTransaction Expected
);

/// <summary>
/// A transaction that was told before and must be told again, for the slot goes on from before it: a server that was
/// put back to an earlier state, and has gone on since, has another one in its place.
/// </summary>
/// <param name="last">Its mark; without an end if none is expected.</param>
internal sealed class ExpectedTransaction(TransactionMark last)
{
    private bool isExpected = last.End > 0;

    /// <exception cref="FeedLostException">It is another one.</exception>
    public void See(TransactionMark mark, ReplicationSettings settings)
    {
        if (!isExpected || mark.End < last.End)
            return;
        isExpected = false;
        if (mark != last)
        {
            throw new FeedLostException(
                $"The {settings.Database} database was put back to an earlier state: its log does not hold transaction "
                    + $"{last.Number.ToString(CultureInfo.InvariantCulture)} any more, which was told before."
            );
        }
    }
}
