using UserReports.Core.Query;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Generations;

namespace UserReports.Store.DuckDb.Reading;

/// <inheritdoc cref="IReportReader"/>
internal sealed class ReportReader(
    GenerationSet generations,
    QueryExecutor queries,
    OrderedPages ordered,
    SnapshotCaches caches,
    AddressReader addresses,
    long? account = null
) : IReportReader
{
    /// <inheritdoc/>
    public SnapshotInfo? Snapshot => generations.Snapshot;

    /// <inheritdoc/>
    public IReportReader For(long account) =>
        new ReportReader(generations, queries, ordered, caches, addresses, account);

    /// <inheritdoc/>
    public Task<ReportPage> FindAsync(ReportQuery query, PageRequest page, CancellationToken cancellationToken) =>
        queries.ReadAsync(
            account,
            IsKnown(query, page) ? QueryCost.Nothing : QueryCost.Of(query, page),
            reading =>
            {
                var cache = caches.Of(reading.Snapshot);
                var found = cache.Page(query, page) ?? ordered.Find(reading, query, page, cache);
                if (found is null)
                {
                    found = PageFinder.Find(reading, query, page);
                    cache.Remember(query, page, found);
                }

                if (PageFinder.EndOf(page, found) is { } end)
                    cache.Remember(query.Filter, end);
                long? count = page.Count ? PageFinder.Count(reading, query.Filter, cache) : null;
                return PageFinder.Compose(reading, page, found, count);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAccountAsync(
        string userUid,
        CancellationToken cancellationToken
    ) =>
        queries.ReadAsync(
            account,
            QueryCost.Account,
            reading =>
                reading.Generation.Documents.Read(
                    reading.Database.Rows(
                        "select document from reports where user_uid = $1 order by organization_id",
                        row => row.GetInt64(0),
                        userUid
                    )
                ),
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task<ReportExport> ExportAsync(ReportQuery query, CancellationToken cancellationToken)
    {
        var lease = generations.EnterCurrent();
        try
        {
            // What an address points to never changes: with the addresses, eight bytes a row, the database has done its
            // part, and neither a transaction nor the memory of a sort lasts as long as the receiver takes.
            var (found, snapshot) = await queries.ReadAsync(
                lease.Generation,
                account,
                QueryCost.Of(query),
                reading => (addresses.Of(reading, query, caches.Of(reading.Snapshot)), reading.Snapshot),
                cancellationToken
            );
            return new(
                found.Length,
                snapshot,
                ExportChunks.Read(lease.Generation.Documents, found, cancellationToken),
                () =>
                {
                    lease.Dispose();
                    return ValueTask.CompletedTask;
                }
            );
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<ReportSummary> SummarizeAsync(SummaryQuery query, CancellationToken cancellationToken) =>
        queries.ReadAsync(
            account,
            QueryCost.Of(query),
            reading => SummaryReader.Read(reading, query),
            cancellationToken
        );

    /// <summary>
    /// Whether a page is kept. Should another version of the rows come meanwhile, it costs its scan all the same.
    /// </summary>
    private bool IsKnown(ReportQuery query, PageRequest page)
    {
        if (generations.Snapshot is not { } snapshot)
            return false;
        var cache = caches.Of(snapshot);
        return (cache.Page(query, page) is not null && (!page.Count || cache.Count(query.Filter) is not null))
            || (query.Filter is null && cache.Order(query.Ordering) is not null);
    }
}
