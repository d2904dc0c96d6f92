using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Changes;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Store.DuckDb.Native;
using UserReports.Store.DuckDb.Orders;
using UserReports.Store.Sql;

namespace UserReports.Store.DuckDb.Memory;

/// <summary>Reads changed rows as they are written.</summary>
internal static class ChangedRowReader
{
    /// <summary>Rows from an address on, with what is tracked of them.</summary>
    /// <param name="version">The one that they are written for.</param>
    public static List<ChangedRow> Read(
        DuckDBConnection database,
        GenerationMemory memory,
        long fromDocument,
        int count,
        long version
    )
    {
        List<ChangedRow> rows = new(count);
        if (count == 0)
            return rows;
        var sequence = memory.Changes.TakeSequences(count);
        var tracked = memory.Tracked;
        VectorReader.Read(
            database,
            Statement("document, user_id, organization_id", tracked, fromDocument),
            _ =>
                chunk =>
                {
                    for (var i = 0; i < chunk.Rows; i++)
                    {
                        var organizationId = chunk.IsNull(2, i) ? null : chunk.Text(2, i).ToArray();
                        var row = new ChangedRow(
                            sequence + rows.Count,
                            chunk.Int64(1, i),
                            organizationId,
                            chunk.Int64(0, i),
                            version
                        );
                        for (var c = 0; c < tracked.Count; c++)
                            row.SetKey(tracked[c].Slot, KeyValues.Read(chunk, tracked[c].Kind, c + 3, i));
                        rows.Add(row);
                    }
                },
            CancellationToken.None
        );
        foreach (var column in tracked)
            column.Taken?.Invoke(rows);
        return rows;
    }

    /// <summary>Gives rows, in the order of their addresses, the values of columns.</summary>
    public static void ReadKeys(
        DuckDBConnection database,
        IReadOnlyList<ChangedRow> rows,
        IReadOnlyList<TrackedColumn> columns,
        CancellationToken cancellationToken
    )
    {
        var byDocument = rows.ToDictionary(row => row.Document);
        VectorReader.Read(
            database,
            Statement("document", columns, rows[0].Document),
            _ =>
                chunk =>
                {
                    for (var i = 0; i < chunk.Rows; i++)
                    {
                        if (!byDocument.TryGetValue(chunk.Int64(0, i), out var row))
                            continue;
                        for (var c = 0; c < columns.Count; c++)
                            row.SetKey(columns[c].Slot, KeyValues.Read(chunk, columns[c].Kind, c + 1, i));
                    }
                },
            cancellationToken
        );
    }

    private static SqlStatement Statement(
        [System.Diagnostics.CodeAnalysis.ConstantExpected] string first,
        IReadOnlyList<TrackedColumn> columns,
        long fromDocument
    )
    {
        var dialect = DuckDbDialect.Changed;
        var expressions = columns.Select(column => SqlText.Of($", {column.Expression}"));
        return SqlText
            .Of(
                $"select {SqlText.Constant(first)}{SqlText.Join("", expressions)} from {dialect.Table} where {dialect.Address} >= {SqlText.Number(fromDocument)} order by {dialect.Address}"
            )
            .ToStatement(dialect);
    }
}
