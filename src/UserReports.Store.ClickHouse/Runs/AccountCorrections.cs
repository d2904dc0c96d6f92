using System.Security.Cryptography;
using UserReports.Core.Reports;
using UserReports.Store.ClickHouse.Reading;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.ClickHouse.Tables;
using UserReports.Store.Shared;
using UserReports.Store.Sql;

namespace UserReports.Store.ClickHouse.Runs;

/// <inheritdoc cref="ICorrections"/>
/// <remarks>
/// A change has a number; its rows carry it, and so do the accounts that it replaces. Nobody reads them before the
/// ledger says that this is the last change. One change after the other: a second one that begins meanwhile takes the
/// first one's place, which then tries again.
/// </remarks>
internal sealed class AccountCorrections(
    ClickHouseServer server,
    ISharedLedger ledger,
    GenerationKeeper keeper,
    Snapshots snapshots,
    ClickHouseSettings settings
) : ICorrections, IDisposable
{
    /// <summary>Other processes may be in the way so often.</summary>
    private const int Attempts = 20;

    /// <summary>How long the second attempt waits at the most; each further one waits up to twice as long.</summary>
    private const int WaitMilliseconds = 20;

    private const int DoublingsMax = 6;

    private readonly SemaphoreSlim oneByOne = new(1);

    /// <inheritdoc/>
    public bool NeedsRun =>
        snapshots.Latest is { Figures: var figures } && figures.Changed + figures.Replaced > settings.ChangesMax;

    /// <inheritdoc/>
    public async Task ReplaceAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    )
    {
        if (await snapshots.RefreshAsync(cancellationToken) is null)
            throw new NoSnapshotException();
        // First, so that a crash in between costs a needless correction and not a lost one.
        await ledger.TouchAsync(accountIds, cancellationToken);
        await ReplaceAsync(
            async () =>
            {
                var current = await snapshots.RefreshAsync(cancellationToken) ?? throw new NoSnapshotException();
                return await keeper.CompleteOf(current.Name, cancellationToken);
            },
            accountIds,
            reports,
            cancellationToken
        );
        await snapshots.RefreshAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> TouchedAsync(CancellationToken cancellationToken) =>
        ledger.TouchedAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> CorrectAsync(
        Guid run,
        string ownerToken,
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    )
    {
        var replaced = await ReplaceAsync(
            async () =>
                await ledger.FindBuildingAsync(run, cancellationToken) is { } building
                    ? await keeper.FindAsync(building.Name, cancellationToken)
                    : null,
            accountIds,
            reports,
            cancellationToken
        );
        if (replaced)
            await ledger.CorrectedAsync(run, accountIds, cancellationToken);
        return replaced;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<long>> DueAsync(DateTimeOffset now, int max, CancellationToken cancellationToken)
    {
        var snapshot = await snapshots.EnterAsync(cancellationToken);
        var isDue = SqlText.Of(
            $"service_usage__current_period_end < {now} and last_updated <= service_usage__current_period_end"
        );
        return await server.RowsAsync(
            SqlText
                .Of(
                    $"select distinct user_id from {snapshot.Dialect.Table}{snapshot.Dialect.Where(isDue)} order by user_id limit {SqlText.Number(max)}"
                )
                .ToStatement(snapshot.Dialect),
            row => row.GetInt64(0),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public void Dispose() => oneByOne.Dispose();

    /// <param name="find">The tables in which to replace them; null if there are none.</param>
    private async Task<bool> ReplaceAsync(
        Func<Task<ReportTables?>> find,
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    )
    {
        using var batch = ReportBatch.Of(reports);
        await oneByOne.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                if (await find() is not { } tables)
                    return false;
                if (await TryReplaceAsync(tables, [.. accountIds.Distinct()], batch, cancellationToken))
                    return true;
                // Two that begin again at once would be in each other's way for ever.
                var most = WaitMilliseconds << Math.Min(attempt, DoublingsMax);
                await Task.Delay(RandomNumberGenerator.GetInt32(most), cancellationToken);
            }
        }
        finally
        {
            oneByOne.Release();
        }

        throw new StoreUnavailableException(
            "Other processes change accounts of the store all the time, so that this one cannot. Let one process follow the sources."
        );
    }

    private async Task<bool> TryReplaceAsync(
        ReportTables tables,
        IReadOnlyList<long> accounts,
        ReportBatch batch,
        CancellationToken cancellationToken
    )
    {
        var (change, generation) = await ledger.BeginChangeAsync(tables.Generation, cancellationToken);
        batch.Mark(0, change);
        var replaced = new RowBinaryWriter();
        foreach (var account in accounts)
        {
            replaced.Write(account);
            replaced.Write(change);
        }

        var id = $"user-reports-change-{Guid.NewGuid():N}";
        var figures = FiguresAsync(generation, tables, accounts, batch.Count, cancellationToken);
        await Task.WhenAll(
            figures,
            InsertAsync(tables.Target(tables.Documents), batch.Documents, $"{id}-documents", cancellationToken),
            InsertAsync(tables.Target(tables.Reports), batch.Rows, $"{id}-reports", cancellationToken),
            InsertAsync(tables.Target(tables.Replaced), replaced, $"{id}-replaced", cancellationToken)
        );
        return await ledger.PublishChangeAsync(generation.Name, change, await figures, cancellationToken);
    }

    private Task InsertAsync(string table, RowBinaryWriter rows, string queryId, CancellationToken cancellationToken) =>
        rows.Length == 0 ? Task.CompletedTask : server.InsertAsync(table, [rows.Written], queryId, cancellationToken);

    /// <summary>What there is of rows once the accounts have been replaced.</summary>
    private async Task<SharedFigures> FiguresAsync(
        SharedGeneration generation,
        ReportTables tables,
        IReadOnlyList<long> accounts,
        int added,
        CancellationToken cancellationToken
    )
    {
        var dialect = tables.Dialect(generation);
        var removed = await server.RowsAsync(
            SqlText
                .Of(
                    $"select count(), countIf(change > {generation.FirstChange}) from {dialect.Table}{dialect.Where(SqlText.Of($"user_id in {SqlText.Value(accounts)}"))}"
                )
                .ToStatement(dialect),
            row => (Rows: (long)RowReader.Value(row, 0, null)!, Changed: (long)RowReader.Value(row, 1, null)!),
            cancellationToken
        );
        var (rows, changed) = removed[0];
        var figures = generation.Figures;
        return new(figures.Rows - rows + added, figures.Changed - changed + added, figures.Replaced + rows - changed);
    }
}
