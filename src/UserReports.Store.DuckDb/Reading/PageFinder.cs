using UserReports.Core.Query;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Dialect;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>Pages and counts by statements.</summary>
internal static class PageFinder
{
    /// <summary>The page with its count: what is remembered of the state, else what statements say.</summary>
    /// <param name="counted">How many rows a filter means, where that is known otherwise; null if it is not.</param>
    public static PageAnswer Answer(
        StatementReading reading,
        SnapshotCache cache,
        ReportQuery query,
        PageRequest page,
        Func<Condition, long?> counted
    )
    {
        var found = cache.Page(query, page);
        if (found is null)
        {
            found = Find(reading, reading.Statements, query, page);
            cache.Remember(query, page, found);
        }

        if (EndOf(page, found) is { } end)
            cache.Remember(query.Filter, end);
        return new(found, page.Count ? Count(reading, cache, query.Filter, counted) : null, reading.Snapshot);
    }

    /// <summary>The rows of a page.</summary>
    /// <param name="statements">Of the rows among which they are.</param>
    public static FoundPage Find(
        StatementReading reading,
        DuckDbStatements statements,
        ReportQuery query,
        PageRequest page
    )
    {
        // One row more than asked for tells whether there is a further page.
        var rows = reading.KeyedRows(
            statements.Pages.Page(query, page.Limit + 1L, page.Offset, page.Key),
            query.Ordering.Count
        );
        var hasMore = rows.Count > page.Limit;
        if (hasMore)
            rows.RemoveAt(page.Limit);
        if (page.Key is { Backward: true })
            rows.Reverse();
        return FoundPage.Of(rows, hasMore);
    }

    /// <summary>How many rows a filter means.</summary>
    public static long Count(StatementReading reading, DuckDbStatements statements, Condition? filter) =>
        reading.Rows(statements.Pages.Count(filter), reader => reader.GetInt64(0))[0];

    private static long Count(
        StatementReading reading,
        SnapshotCache cache,
        Condition? filter,
        Func<Condition, long?> counted
    )
    {
        if (filter is null)
            return reading.Snapshot.Rows;
        if (cache.Count(filter) is { } known)
            return known;
        var count = counted(filter) ?? Count(reading, reading.Statements, filter);
        cache.Remember(filter, count);
        return count;
    }

    /// <summary>How many rows there are, if the page is the last: then nobody has to count.</summary>
    public static long? EndOf(PageRequest page, FoundPage found) =>
        page.Key is null && !found.HasMore && (found.Documents.Count > 0 || page.Offset == 0)
            ? page.Offset + found.Documents.Count
            : null;

    /// <summary>The page with its documents.</summary>
    /// <param name="read">Reads the documents at addresses.</param>
    public static ReportPage Compose(
        PageRequest page,
        PageAnswer answer,
        Func<IReadOnlyList<long>, IReadOnlyList<ReadOnlyMemory<byte>>> read
    )
    {
        var found = answer.Page;
        var backward = page.Key is { Backward: true };
        var hasRows = found.Documents.Count > 0;
        var hasNext = backward ? hasRows : found.HasMore;
        var hasPrevious = backward ? found.HasMore : hasRows && (page.Key is not null || page.Offset > 0);
        return new(
            page.Count ? answer.Count : null,
            read(found.Documents),
            hasNext ? found.Last : null,
            hasPrevious ? found.First : null,
            answer.Snapshot
        );
    }
}
