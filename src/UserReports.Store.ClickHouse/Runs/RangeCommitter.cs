using System.Globalization;
using System.Security.Cryptography;
using UserReports.Store.ClickHouse.Reading;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.ClickHouse.Tables;
using UserReports.Store.Shared;
using UserReports.Store.Sql.Statements;

namespace UserReports.Store.ClickHouse.Runs;

/// <inheritdoc cref="IReportWriter"/>
/// <remarks>
/// Rows are written first, under a claim that nobody else has, and count once the ledger has marked their ranges done
/// with that claim. Rows of other claims are removed before the generation is read.
/// </remarks>
internal sealed class RangeCommitter(
    ClickHouseServer server,
    ISharedLedger ledger,
    GenerationKeeper keeper,
    Snapshots snapshots
) : IReportWriter
{
    /// <inheritdoc/>
    public IReportBatch NewBatch() => new ReportBatch();

    /// <inheritdoc/>
    public async Task<bool> CommitAsync(
        Guid run,
        string ownerToken,
        IReadOnlyList<ComputedRange> ranges,
        CancellationToken cancellationToken
    )
    {
        List<WrittenRange> written =
        [
            .. ranges.Select(range => new WrittenRange(
                range.Range,
                range.Accounts,
                range.Reports.Count,
                range.Warnings
            )),
        ];
        // Who has lost his ranges already need not write their rows.
        if (
            await ledger.FindBuildingAsync(run, cancellationToken) is not { } building
            || !await ledger.HoldsAsync(run, ownerToken, written, cancellationToken)
        )
            return false;
        var claim = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        List<ReportBatch> batches = [.. ranges.Select(range => (ReportBatch)range.Reports)];
        foreach (var batch in batches)
            batch.Mark(claim, 0);
        var tables = await keeper.BuildingOf(building.Name, cancellationToken);
        await WriteAsync(server, tables, building.Name, batches, cancellationToken);
        return await ledger.MarkDoneAsync(run, ownerToken, claim, written, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> CompleteAsync(Guid run, string ownerToken, CancellationToken cancellationToken)
    {
        if (
            await ledger.FindBuildingAsync(run, cancellationToken) is not { } building
            || await ledger.FindClaimsAsync(run, cancellationToken) is not { } claims
        )
            return false;
        await keeper.CompleteAsync(building.Name, cancellationToken);
        var tables = await keeper.CompleteOf(building.Name, cancellationToken);
        await keeper.RemoveOthersAsync(tables, claims, cancellationToken);
        var dialect = tables.Dialect(building);
        var rows = await server.RowsAsync(
            new PageSql(dialect).Count(null),
            row => (long)RowReader.Value(row, 0, null)!,
            cancellationToken
        );
        if (!await ledger.PublishAsync(run, rows[0], cancellationToken))
            return false;
        await snapshots.RefreshAsync(cancellationToken);
        return true;
    }

    /// <summary>Writes rows and their documents.</summary>
    public static async Task WriteAsync(
        ClickHouseServer server,
        ReportTables tables,
        string generation,
        IReadOnlyList<ReportBatch> batches,
        CancellationToken cancellationToken
    )
    {
        if (batches.All(batch => batch.Count == 0))
            return;
        var id = GenerationKeeper.QueryPrefix(generation) + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        // Documents first: a row whose document is not there yet is none.
        await server.InsertAsync(
            tables.Target(tables.Documents),
            [.. batches.Select(batch => batch.Documents.Written)],
            id + "-documents",
            cancellationToken
        );
        await server.InsertAsync(
            tables.Target(tables.Reports),
            [.. batches.Select(batch => batch.Rows.Written)],
            id + "-reports",
            cancellationToken
        );
    }
}
