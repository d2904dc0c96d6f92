using UserReports.Core.Query;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Dialect;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>Pages and counts by statements.</summary>
internal static class PageFinder
{
    /// <summary>The rows of a page.</summary>
    public static FoundPage Find(ReadTransaction reading, ReportQuery query, PageRequest page)
    {
        // One row more than asked for tells whether there is a further page.
        var rows = reading.KeyedRows(
            DuckDbStatements.Pages.Page(query, page.Limit + 1L, page.Offset, page.Key),
            query.Ordering.Count
        );
        var hasMore = rows.Count > page.Limit;
        if (hasMore)
            rows.RemoveAt(page.Limit);
        if (page.Key is { Backward: true })
            rows.Reverse();
        return new(rows, hasMore);
    }

    /// <summary>How many rows a filter means.</summary>
    public static long Count(ReadTransaction reading, Condition? filter, SnapshotCache cache)
    {
        if (cache.Count(filter) is { } known)
            return known;
        var count = reading.Rows(DuckDbStatements.Pages.Count(filter), reader => reader.GetInt64(0))[0];
        cache.Remember(filter, count);
        return count;
    }

    /// <summary>How many rows there are, if the page is the last: then nobody has to count.</summary>
    public static long? EndOf(PageRequest page, FoundPage found) =>
        page.Key is null && !found.HasMore && (found.Rows.Count > 0 || page.Offset == 0)
            ? page.Offset + found.Rows.Count
            : null;

    /// <summary>The page with its documents.</summary>
    public static ReportPage Compose(ReadTransaction reading, PageRequest page, FoundPage found, long? count)
    {
        var rows = found.Rows;
        var backward = page.Key is { Backward: true };
        var hasNext = backward ? rows.Count > 0 : found.HasMore;
        var hasPrevious = backward ? found.HasMore : rows.Count > 0 && (page.Key is not null || page.Offset > 0);
        return new(
            count,
            reading.Generation.Documents.Read([.. rows.Select(row => row.Document)]),
            hasNext ? rows[^1].ToKey(backward: false) : null,
            hasPrevious ? rows[0].ToKey(backward: true) : null,
            reading.Snapshot
        );
    }
}
