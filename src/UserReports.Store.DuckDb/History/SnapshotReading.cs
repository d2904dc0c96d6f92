using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Store.DuckDb.Lists;
using UserReports.Store.DuckDb.Reading;
using UserReports.Store.History;

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

    /// <summary>Refuses a question after fields whose type has changed.</summary>
    /// <exception cref="ChangedFieldException">It names one.</exception>
    public void Check(IEnumerable<FieldPath> paths)
    {
        foreach (var path in paths)
        {
            for (var field = path.Field; field is not null; field = field.Parent)
            {
                if (table.Changed.TryGetValue(field.Path, out var change))
                    throw new ChangedFieldException(field.Path, change.Was, change.Now);
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => connection?.Dispose();
}
