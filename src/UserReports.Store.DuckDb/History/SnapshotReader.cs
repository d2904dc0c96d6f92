using UserReports.Core.Query;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Reading;

namespace UserReports.Store.DuckDb.History;

/// <summary>The reports of one day. What is asked again is answered from what was found.</summary>
/// <param name="days">Where the day's file is found at each call: it may have been written anew meanwhile.</param>
internal sealed class SnapshotReader(
    SnapshotDays days,
    SnapshotFile found,
    QueryExecutor queries,
    StoreSettings settings,
    long? account = null
) : IReportReader
{
    private readonly AddressReader addresses = new(settings);

    /// <inheritdoc/>
    public SnapshotInfo? Snapshot => found.Snapshot;

    /// <inheritdoc/>
    public IReportReader For(long account) => new SnapshotReader(days, found, queries, settings, account);

    /// <inheritdoc/>
    public Task<ReportPage> FindAsync(ReportQuery query, PageRequest page, CancellationToken cancellationToken) =>
        ReadAsync(
            QueryCost.Of(query, page),
            reading =>
            {
                reading.Check(QueryPaths.Of(query));
                return PageFinder.Compose(page, Find(reading, query, page), reading.File.Read);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAccountAsync(
        string userUid,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            QueryCost.Account,
            reading =>
                reading.File.Read(
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
        var (file, lease) = days.Enter(found.Day);
        try
        {
            var rows = await ReadAsync(
                file,
                QueryCost.Of(query),
                reading =>
                {
                    reading.Check(QueryPaths.Of(query));
                    return addresses.Of(reading, query, days.CacheOf(file));
                },
                cancellationToken
            );
            return new(
                rows.Length,
                file.Snapshot,
                ExportChunks.Read(chunk => days.Read(file, () => file.ReadBatch(chunk)), rows, cancellationToken),
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
        ReadAsync(
            QueryCost.Of(query),
            reading =>
            {
                reading.Check(QueryPaths.Of(query));
                return SummaryReader.Read(reading, query);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<FoundReport>> FindAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        CancellationToken cancellationToken
    ) =>
        ReadAsync<IReadOnlyList<FoundReport>>(
            QueryCost.Account,
            reading =>
            {
                var rows = reading.Database.Rows(
                    $"select user_id, document from reports where user_id in ({DuckDbCommands.List(accountIds)}) order by user_id, organization_id",
                    row => (Account: row.GetInt64(0), Row: row.GetInt64(1))
                );
                var documents = reading.File.Read([.. rows.Select(row => row.Row)]);
                return [.. rows.Zip(documents, (row, document) => new FoundReport(row.Account, document))];
            },
            cancellationToken
        );

    /// <summary>None: what was then is not computed anew.</summary>
    public Task<IReadOnlyList<long>> StaleAccountsAsync(
        ReportQuery query,
        PageRequest page,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<long>>([]);

    /// <inheritdoc cref="StaleAccountsAsync(ReportQuery, PageRequest, DateTimeOffset, int, CancellationToken)"/>
    public Task<IReadOnlyList<long>> StaleAccountsAsync(
        string userUid,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<long>>([]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> SampleAccountsAsync(int accounts, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<long>>(
            QueryCost.Account,
            reading =>
                reading.Database.Rows(
                    $"select user_id from (select distinct user_id from reports) using sample reservoir({accounts} rows)",
                    row => row.GetInt64(0)
                ),
            cancellationToken
        );

    private PageAnswer Find(SnapshotReading reading, ReportQuery query, PageRequest page) =>
        PageFinder.Answer(reading, days.CacheOf(reading.File), query, page, counted: _ => null);

    private async Task<T> ReadAsync<T>(
        QueryCost cost,
        Func<SnapshotReading, T> read,
        CancellationToken cancellationToken
    )
    {
        var (file, lease) = days.Enter(found.Day);
        using (lease)
            return await ReadAsync(file, cost, read, cancellationToken);
    }

    private Task<T> ReadAsync<T>(
        SnapshotFile file,
        QueryCost cost,
        Func<SnapshotReading, T> read,
        CancellationToken cancellationToken
    ) =>
        queries.RunAsync(
            account,
            cost,
            file.Snapshot.Rows,
            token =>
                days.Read(
                    file,
                    () =>
                    {
                        using var reading = new SnapshotReading(file, token);
                        return read(reading);
                    }
                ),
            (fault, e) => days.Tell(file, fault, e),
            cancellationToken
        );
}
