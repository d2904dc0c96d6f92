using UserReports.Core.Query;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Memory;
using UserReports.Store.DuckDb.Orders;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>
/// Pages out of orders that are kept in memory: the first and the ten-thousandth cost the same, whatever changed since
/// the last completed run.
/// </summary>
internal sealed class MemoryPages(MemoryKeeper keeper)
{
    /// <summary>Where fewer of all rows are meant, sorting those is quicker than going by all.</summary>
    private const int FewOfAll = 256;

    /// <summary>The page; null if there is no such order, or it does not know the version that is read.</summary>
    public PageAnswer? Find(ReadTransaction reading, GenerationMemory memory, ReportQuery query, PageRequest page)
    {
        if (Order(reading, memory, query) is not var (order, choice, snapshot))
            return null;
        OrderWalk walk;
        var backward = false;
        var count = choice?.Count ?? order.Count;
        if (page.Key is { } key)
        {
            if (order.Order.Read(key) is not { } place)
                return null;
            backward = place.Backward;
            walk = new(order, order.GapAt(place), choice);
        }
        else
        {
            walk = new(order, order.GapAt(choice is null || page.Offset >= count ? page.Offset : 0), choice);
            for (long skipped = 0; choice is not null && skipped < Math.Min(page.Offset, count); skipped++)
                walk.Next();
        }

        return new(Rows(walk, page.Limit, backward), count, snapshot);
    }

    /// <summary>The addresses of all rows of a query; null if they are not known.</summary>
    public (long[] Documents, SnapshotInfo Snapshot)? All(
        ReadTransaction reading,
        GenerationMemory memory,
        ReportQuery query
    )
    {
        if (Order(reading, memory, query) is not var (order, choice, snapshot))
            return null;
        var documents = new List<long>((int)(choice?.Count ?? order.Count));
        for (var walk = new OrderWalk(order, (0, 0), choice); walk.Next(); )
            documents.Add(walk.Document);
        return ([.. documents], snapshot);
    }

    /// <summary>The order with its filter's rows, both of one version.</summary>
    private (OrderVersion Order, RowChoice? Choice, SnapshotInfo Snapshot)? Order(
        ReadTransaction reading,
        GenerationMemory memory,
        ReportQuery query
    )
    {
        if (keeper.Order(reading.Generation, memory, query.Ordering) is not { } kept)
            return null;
        if (query.Filter is null)
        {
            var latest = kept.Latest(memory.Changes);
            return (latest, null, Describe(reading, latest));
        }

        if (memory.Filters.Of(reading, memory, query.Filter) is not { } choice)
            return null;
        if (kept.At(choice.Version, memory.Changes) is not { } order)
            return null;
        var snapshot = Describe(reading, order);
        if (choice.OfBase.Few is not { } few || few.Length > memory.Base.Count / FewOfAll)
            return (order, choice, snapshot);
        int[] left = [.. few.Where(ordinal => !memory.Changes.IsReplaced(ordinal, choice.Version))];
        return (OrderVersion.Of(kept.Order.Of(left), choice.Version, [.. choice.Changed]), null, snapshot);
    }

    private static FoundPage Rows(OrderWalk walk, int limit, bool backward)
    {
        List<long> documents = [];
        PageKey? first = null;
        PageKey? last = null;
        while (documents.Count < limit && (backward ? walk.Previous() : walk.Next()))
        {
            if (documents.Count == 0)
                first = walk.ToKey(!backward);
            documents.Add(walk.Document);
        }

        var hasMore = false;
        if (documents.Count == limit)
        {
            last = walk.ToKey(backward);
            hasMore = backward ? walk.Previous() : walk.Next();
        }
        else if (documents.Count > 0)
        {
            last = walk.ToKey(backward);
        }

        if (!backward)
            return new(documents, first, last, hasMore);
        documents.Reverse();
        return new(documents, last, first, hasMore);
    }

    private static SnapshotInfo Describe(ReadTransaction reading, OrderVersion order) =>
        reading.Generation.Describe(order.Number, order.Count, order.Changed.Length);
}
