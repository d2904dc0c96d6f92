using UserReports.Core.Query;
using UserReports.Store.DuckDb.Changes;

namespace UserReports.Store.DuckDb.Orders;

/// <summary>An order of all rows that is kept, as of the version that was asked for last.</summary>
/// <param name="since">The first version of which all changed rows have their keys.</param>
internal sealed class KeptOrder(IReadOnlyList<OrderTerm> terms, RowOrder order, long since)
{
    private OrderVersion latest = OrderVersion.Of(order);

    public IReadOnlyList<OrderTerm> Terms => terms;

    public RowOrder Order => order;

    /// <summary>When it was last asked for; whatever was longest ago makes room.</summary>
    public long LastUse { get; set; }

    /// <summary>Versions that were worked out since somebody asked for one.</summary>
    public int Unasked { get; set; }

    /// <summary>The order as of a version; null if that is too old to be known.</summary>
    public OrderVersion? At(long version, RowChanges changes)
    {
        if (version < since)
            return null;
        var found = Volatile.Read(ref latest);
        if (found.Number < version)
            found = Keep(found.At(version, changes), changes);
        // Somebody was told of a newer version meanwhile.
        else if (found.Number > version)
            found = OrderVersion.Of(order).At(version, changes);
        return changes.Knows(version) ? found : null;
    }

    /// <summary>The order as of the published version, or a later one.</summary>
    public OrderVersion Latest(RowChanges changes)
    {
        while (true)
        {
            var found = Volatile.Read(ref latest);
            var published = changes.Published.Number;
            if (found.Number >= published)
                return found;
            found = found.At(published, changes);
            if (changes.Knows(published))
                return Keep(found, changes);
        }
    }

    /// <summary>
    /// Several may work out a version at once, so that none waits for one that the system lets wait; the newest stays.
    /// </summary>
    private OrderVersion Keep(OrderVersion found, RowChanges changes)
    {
        var known = Volatile.Read(ref latest);
        // What it is made of may have been forgotten meanwhile, when the version is no longer the published one.
        while (known.Number < found.Number && changes.Knows(found.Number))
        {
            var before = Interlocked.CompareExchange(ref latest, found, known);
            if (before == known)
                break;
            known = before;
        }

        return found;
    }
}
