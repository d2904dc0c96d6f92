namespace UserReports.Store.DuckDb.Caching;

/// <summary>The documents of all rows in one order, so that a page at any depth is a slice.</summary>
internal sealed class RowOrder(ReadOnlyMemory<long> documents)
{
    public int Count => documents.Length;

    public ReadOnlyMemory<long> Documents => documents;

    public ReadOnlySpan<long> Slice(long start, int length) =>
        start >= documents.Length
            ? []
            : documents.Span.Slice((int)start, (int)Math.Min(length, documents.Length - start));

    /// <summary>Where a document stands, or -1.</summary>
    public int IndexOf(long document) => documents.Span.IndexOf(document);
}
