using UserReports.Feed.Ledger;
using UserReports.Feed.Replication.Publications;
using UserReports.Feed.Replication.Servers;
using UserReports.Sources;
using UserReports.Sources.Load;

namespace UserReports.Feed.Replication;

/// <summary>Follows databases by logical replication, where everything is there for it.</summary>
/// <param name="settings">By <c>platform</c> and <c>usage</c>; a database without is not followed so.</param>
/// <param name="load">What the feeds' own questions are counted in; null to count nothing.</param>
public sealed class ReplicationFeedFactory(
    IReadOnlyDictionary<string, ReplicationSettings> settings,
    IFeedKeys keys,
    TimeProvider time,
    SourceLoad? load = null
) : IFeedFactory
{
    /// <inheritdoc/>
    public FollowMode Mode => FollowMode.Feed;

    /// <inheritdoc/>
    public async Task<FeedOffer> OfferAsync(string database, CancellationToken cancellationToken)
    {
        if (!settings.TryGetValue(database, out var own))
            return new(null, $"Sources:{char.ToUpperInvariant(database[0])}{database[1..]}Feed is not set.");
        var failures = (await FeedCheck.FindAsync(own, cancellationToken))
            .Where(finding => finding.Kind == FindingKind.Failure)
            .ToList();
        if (failures.Count == 0)
            return new(new ReplicationFeed(own, keys, time, load));
        await LeaveAsync(database, cancellationToken);
        return new(null, string.Join(" ", failures.Select(finding => finding.Message)));
    }

    /// <summary>
    /// Drops the service's slot, if there is one and nobody reads from it: it would hold back the server's log for
    /// nothing.
    /// </summary>
    public async Task LeaveAsync(string database, CancellationToken cancellationToken)
    {
        if (!settings.TryGetValue(database, out var own))
            return;
        try
        {
            await using var server = new ReplicationServer(own);
            await server.DropSlotAsync(cancellationToken);
        }
        catch (SourceException)
        {
            // Then there is none, or the server's own bound sees to it.
        }
    }
}
