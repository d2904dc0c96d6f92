using UserReports.Core.Query;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Exact;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Memory;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>Finds pages: in memory where that knows them, else by statements.</summary>
internal sealed class PageReader(MemoryKeeper keeper, SnapshotCaches caches)
{
    private readonly MemoryPages pages = new(keeper);

    /// <summary>The page, its count if that is wanted, and the state that both are of.</summary>
    public PageAnswer Find(ReadTransaction reading, ReportQuery query, PageRequest page)
    {
        if (keeper.Of(reading.Generation) is not { } memory)
            return ByStatements(reading, null, query, page);
        return ExactLookup.Find(reading, memory, query, page)
            ?? pages.Find(reading, memory, query, page)
            ?? ByStatements(reading, memory, query, page);
    }

    /// <summary>The addresses of all rows of a query, if they are known.</summary>
    public (long[] Documents, SnapshotInfo Snapshot)? All(ReadTransaction reading, ReportQuery query) =>
        keeper.Of(reading.Generation) is { } memory ? pages.All(reading, memory, query) : null;

    /// <summary>
    /// Whether a page is known. Should another version of the rows come meanwhile, it costs its scan all the same.
    /// </summary>
    public bool IsKnown(Generation? generation, ReportQuery query, PageRequest page)
    {
        if (generation is null)
            return false;
        var cache = caches.Of(generation.Snapshot);
        if (cache.Page(query, page) is not null && (!page.Count || cache.Count(query.Filter) is not null))
            return true;
        return generation.Memory is { } memory
            && (
                ExactLookup.Has(memory, query.Filter)
                || (
                    memory.Order(query.Ordering) is not null
                    && (query.Filter is null || memory.Filters.Has(query.Filter))
                )
            );
    }

    private PageAnswer ByStatements(
        ReadTransaction reading,
        GenerationMemory? memory,
        ReportQuery query,
        PageRequest page
    ) =>
        PageFinder.Answer(
            reading,
            caches.Of(reading.Snapshot),
            query,
            page,
            filter => memory?.Filters.Of(reading, memory, filter)?.Count
        );
}
