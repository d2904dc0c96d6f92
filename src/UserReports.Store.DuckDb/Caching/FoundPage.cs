namespace UserReports.Store.DuckDb.Caching;

/// <summary>A row's place in an order, with what it is ordered by.</summary>
internal sealed record KnownPlace(IReadOnlyList<object?> Keys, long Place);

/// <summary>The rows of a page, without their documents.</summary>
internal sealed record FoundPage(IReadOnlyList<KeyedRow> Rows, bool HasMore);

/// <summary>A row with what it is ordered by.</summary>
internal sealed record KeyedRow(long UserId, string? OrganizationId, long Document, object?[] Keys)
{
    public PageKey ToKey(bool backward) => new(Keys, UserId, OrganizationId, backward);
}
