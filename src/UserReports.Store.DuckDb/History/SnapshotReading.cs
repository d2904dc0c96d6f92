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
    private readonly SnapshotDatabase database = file.Database();
    private DuckDBConnection? connection;

    public SnapshotFile File => file;

    /// <inheritdoc/>
    public override DuckDBConnection Database => connection ??= database.Connect();

    /// <inheritdoc/>
    public override SnapshotInfo Snapshot => file.Snapshot;

    /// <inheritdoc/>
    public override DuckDbStatements Statements => DuckDbStatements.Unchanged;

    /// <inheritdoc/>
    protected override ListConditions Lists => database.Lists;

    /// <inheritdoc cref="SnapshotDatabase.Check"/>
    public void Check(IEnumerable<FieldPath> paths) => database.Check(paths);

    /// <inheritdoc/>
    public override void Dispose() => connection?.Dispose();
}
