using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Store.DuckDb.Lists;
using UserReports.Store.DuckDb.Reading;

namespace UserReports.Store.DuckDb.History;

/// <summary>What reads a snapshot, for one caller.</summary>
internal sealed class SnapshotReading(SnapshotFile file, CancellationToken cancellationToken)
    : StatementReading(cancellationToken)
{
    private readonly SnapshotTable table = file.Table();
    private DuckDBConnection? connection;

    public SnapshotFile File => file;

    /// <inheritdoc/>
    public override DuckDBConnection Database => connection ??= file.Connect();

    /// <inheritdoc/>
    public override SnapshotInfo Snapshot => file.Snapshot;

    /// <inheritdoc/>
    public override DuckDbStatements Statements => DuckDbStatements.Unchanged;

    /// <inheritdoc/>
    protected override ListConditions Lists => file.Database.Lists;

    /// <inheritdoc cref="SnapshotTable.Check"/>
    public void Check(IEnumerable<FieldPath> paths) => table.Check(paths);

    /// <inheritdoc/>
    public override void Dispose() => connection?.Dispose();
}
