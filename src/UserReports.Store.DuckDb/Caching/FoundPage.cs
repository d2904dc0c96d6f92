namespace UserReports.Store.DuckDb.Caching;

/// <summary>The rows of a page, without their documents.</summary>
/// <param name="Documents">Where those are.</param>
/// <param name="First">The key of the first row, to go back from; null if there is no row.</param>
/// <param name="Last">The key of the last row, to go on from; null if there is no row.</param>
internal sealed record FoundPage(IReadOnlyList<long> Documents, PageKey? First, PageKey? Last, bool HasMore)
{
    public static FoundPage Of(IReadOnlyList<KeyedRow> rows, bool hasMore) =>
        rows.Count == 0
            ? new([], null, null, hasMore)
            : new(
                [.. rows.Select(row => row.Document)],
                rows[0].ToKey(backward: true),
                rows[^1].ToKey(backward: false),
                hasMore
            );
}

/// <summary>A row with what it is ordered by.</summary>
internal sealed record KeyedRow(long UserId, string? OrganizationId, long Document, object?[] Keys)
{
    public PageKey ToKey(bool backward) => new(Keys, UserId, OrganizationId, backward);
}
