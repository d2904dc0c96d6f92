using UserReports.Core.Query;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Generations;

namespace UserReports.Store.DuckDb.Reading;

/// <inheritdoc cref="IReportReader"/>
internal sealed class ReportReader(
    GenerationSet generations,
    QueryExecutor queries,
    PageReader pages,
    AccountFinder accounts,
    SnapshotCaches caches,
    AddressReader addresses,
    long? account = null
) : IReportReader
{
    /// <inheritdoc/>
    public SnapshotInfo? Snapshot => generations.Snapshot;

    /// <inheritdoc/>
    public IReportReader For(long account) =>
        new ReportReader(generations, queries, pages, accounts, caches, addresses, account);

    /// <inheritdoc/>
    public Task<ReportPage> FindAsync(ReportQuery query, PageRequest page, CancellationToken cancellationToken) =>
        queries.ReadAsync(
            account,
            CostOf(query, page),
            reading => PageFinder.Compose(page, pages.Find(reading, query, page), reading.Generation.Documents.Read),
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
            reading => reading.Generation.Documents.Read(accounts.Documents(reading, userUid)),
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
                reading =>
                    pages.All(reading, query) is var (known, seen)
                        ? (known, seen)
                        : (addresses.Of(reading, query, caches.Of(reading.Snapshot)), reading.Snapshot),
                cancellationToken
            );
            return new(
                found.Length,
                snapshot,
                ExportChunks.Read(chunk => lease.Generation.Documents.ReadBatch(chunk.Span), found, cancellationToken),
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

    /// <inheritdoc/>
    public Task<IReadOnlyList<FoundReport>> FindAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        CancellationToken cancellationToken
    ) =>
        queries.ReadAsync(
            account,
            QueryCost.Account,
            reading => AccountFinder.Find(reading, accountIds),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> StaleAccountsAsync(
        ReportQuery query,
        PageRequest page,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    ) =>
        queries.ReadAsync(
            account,
            CostOf(query, page),
            reading => accounts.Stale(reading, from => pages.Find(from, query, page).Page.Documents, before, max),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> StaleAccountsAsync(
        string userUid,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    ) =>
        queries.ReadAsync(
            account,
            QueryCost.Account,
            reading => accounts.Stale(reading, from => accounts.Documents(from, userUid), before, max),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> SampleAccountsAsync(int count, CancellationToken cancellationToken) =>
        queries.ReadAsync(
            account,
            QueryCost.Account,
            reading => AccountFinder.Sample(reading, count),
            cancellationToken
        );

    private QueryCost CostOf(ReportQuery query, PageRequest page) =>
        pages.IsKnown(generations.Current, query, page) ? QueryCost.Nothing : QueryCost.Of(query, page);
}
