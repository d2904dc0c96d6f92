using UserReports.Core.Query;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.Sql;

namespace UserReports.Store.ClickHouse.Reading;

/// <inheritdoc cref="IReportReader"/>
/// <remarks>
/// Accounts share the server by its own means, quotas and settings of its user; here everybody has the same reader.
/// </remarks>
internal sealed class ReportReader(ClickHouseServer server, Snapshots snapshots) : IReportReader
{
    private readonly PageReader pages = new(server);
    private readonly ExportReader exports = new(server, snapshots);
    private readonly SummaryReader summaries = new(server);

    /// <inheritdoc/>
    public SnapshotInfo? Snapshot =>
        snapshots.Latest is { } latest ? Reading.Snapshot.Describe(latest, snapshots.Unconfirmed) : null;

    /// <inheritdoc/>
    public IReportReader For(long account) => this;

    /// <inheritdoc/>
    public async Task<ReportPage> FindAsync(ReportQuery query, PageRequest page, CancellationToken cancellationToken)
    {
        using var measure = StoreMeter.Measure();
        return await pages.FindAsync(await snapshots.EnterAsync(cancellationToken), query, page, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAccountAsync(
        string userUid,
        CancellationToken cancellationToken
    )
    {
        using var measure = StoreMeter.Measure();
        var snapshot = await snapshots.EnterAsync(cancellationToken);
        var keys = await KeysAsync(snapshot, SqlText.Of($"user_uid = {userUid}"), cancellationToken);
        return await RowReader.DocumentsAsync(server, snapshot, keys, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ReportExport> ExportAsync(ReportQuery query, CancellationToken cancellationToken)
    {
        var snapshot = await snapshots.EnterAsync(cancellationToken);
        var count = await pages.CountAsync(snapshot, query.Filter, cancellationToken);
        return new(
            count,
            snapshot.Info,
            exports.ReadAsync(snapshot, query, cancellationToken),
            () => ValueTask.CompletedTask
        );
    }

    /// <inheritdoc/>
    public async Task<ReportSummary> SummarizeAsync(SummaryQuery query, CancellationToken cancellationToken)
    {
        using var measure = StoreMeter.Measure();
        return await summaries.ReadAsync(await snapshots.EnterAsync(cancellationToken), query, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FoundReport>> FindAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await snapshots.EnterAsync(cancellationToken);
        if (accountIds.Count == 0)
            return [];
        IReadOnlyList<long> asked = [.. accountIds];
        var keys = await KeysAsync(snapshot, SqlText.Of($"user_id in {SqlText.Value(asked)}"), cancellationToken);
        var documents = await RowReader.DocumentsAsync(server, snapshot, keys, cancellationToken);
        return [.. keys.Zip(documents, (key, document) => new FoundReport(key.UserId, document))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<long>> StaleAccountsAsync(
        ReportQuery query,
        PageRequest page,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await snapshots.EnterAsync(cancellationToken);
        var rows = await pages.RowsAsync(snapshot, query, page, cancellationToken);
        if (rows.Count == 0)
            return [];
        IReadOnlyList<long> accounts = [.. rows.Select(row => row.UserId).Distinct()];
        var old = await KeysAsync(
            snapshot,
            SqlText.Of($"user_id in {SqlText.Value(accounts)} and last_updated < {before}"),
            cancellationToken
        );
        var stale = old.ToHashSet();
        return [.. rows.Where(stale.Contains).Select(row => row.UserId).Distinct().Take(max)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<long>> StaleAccountsAsync(
        string userUid,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await snapshots.EnterAsync(cancellationToken);
        var rows = await KeysAsync(
            snapshot,
            SqlText.Of($"user_uid = {userUid} and last_updated < {before}"),
            cancellationToken
        );
        return [.. rows.Select(row => row.UserId).Distinct().Take(max)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<long>> SampleAccountsAsync(int accounts, CancellationToken cancellationToken)
    {
        var snapshot = await snapshots.EnterAsync(cancellationToken);
        return await server.RowsAsync(
            SqlText
                .Of(
                    $"select user_id from (select distinct user_id from {snapshot.Dialect.Table}{snapshot.Dialect.Where()}) {snapshot.Dialect.SomeRows(accounts)}"
                )
                .ToStatement(snapshot.Dialect),
            row => row.GetInt64(0),
            cancellationToken
        );
    }

    /// <summary>Rows by account, then by organisation.</summary>
    private Task<List<RowKey>> KeysAsync(Snapshot snapshot, SqlText where, CancellationToken cancellationToken) =>
        server.RowsAsync(
            SqlText
                .Of(
                    $"select user_id, organization_id, {snapshot.Dialect.Address} from {snapshot.Dialect.Table}{snapshot.Dialect.Where(where)} order by user_id, organization_id nulls last"
                )
                .ToStatement(snapshot.Dialect),
            RowReader.Key,
            cancellationToken
        );
}
