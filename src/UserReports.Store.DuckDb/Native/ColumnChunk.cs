using DuckDB.NET.Native;

namespace UserReports.Store.DuckDb.Native;

/// <summary>Up to a vector's length of rows of the table <c>reports</c>, as the database's own columns.</summary>
internal sealed unsafe class ColumnChunk : IDisposable
{
    /// <summary>Rows that a chunk holds at the most.</summary>
    public static readonly int RowsMax = (int)NativeMethods.Helpers.DuckDBVectorSize();

    private readonly DuckDBDataChunk chunk;
    private readonly long* documents;

    /// <summary>An empty chunk; the writers are those of its columns, in their order.</summary>
    public ColumnChunk(IReadOnlyList<ColumnWriter> writers)
    {
        chunk = NativeMethods.DataChunks.DuckDBCreateDataChunk(Types.Handles, (ulong)Types.Handles.Length);
        for (var i = 0; i < writers.Count; i++)
            writers[i].Begin(NativeMethods.DataChunks.DuckDBDataChunkGetVector(chunk, i));
        var last = NativeMethods.DataChunks.DuckDBDataChunkGetVector(chunk, Types.Handles.Length - 1);
        documents = (long*)NativeMethods.Vectors.DuckDBVectorGetData(last);
    }

    /// <summary>Rows written.</summary>
    public int Rows { get; private set; }

    /// <summary>Ends a row whose columns have been written.</summary>
    /// <param name="document">The document's address within the documents that are packed beside the chunk.</param>
    public void EndRow(long document) => documents[Rows++] = document;

    /// <summary>Appends the rows to the table.</summary>
    /// <param name="address">What the documents' addresses are counted from.</param>
    /// <returns>False if the database refuses; the appender knows why.</returns>
    public bool TryAppend(DuckDBAppender appender, long address)
    {
        for (var row = 0; row < Rows; row++)
            documents[row] += address;
        NativeMethods.DataChunks.DuckDBDataChunkSetSize(chunk, (ulong)Rows);
        var state = NativeMethods.Appender.DuckDBAppendDataChunk(appender, chunk);
        // The rows may be appended again, to another place, if this transaction is undone.
        for (var row = 0; row < Rows; row++)
            documents[row] -= address;
        return state == DuckDBState.Success;
    }

    public void Dispose() => chunk.Dispose();

    /// <summary>The columns' types as the database knows them; made once, for as long as the process lives.</summary>
    private static class Types
    {
        private static readonly DuckDBLogicalType[] All =
        [
            .. ReportColumns.All.Select(column => Make(column.SqlType)),
            Make("BIGINT"),
        ];

        public static readonly nint[] Handles = [.. All.Select(type => type.DangerousGetHandle())];

        private static DuckDBLogicalType Make(string sqlType)
        {
            if (sqlType == "VARCHAR[]")
            {
                using var text = NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.Varchar);
                return NativeMethods.LogicalType.DuckDBCreateListType(text);
            }

            return NativeMethods.LogicalType.DuckDBCreateLogicalType(
                sqlType switch
                {
                    "VARCHAR" => DuckDBType.Varchar,
                    "BLOB" => DuckDBType.Blob,
                    "BIGINT" => DuckDBType.BigInt,
                    "BOOLEAN" => DuckDBType.Boolean,
                    "DOUBLE" => DuckDBType.Double,
                    "TIMESTAMP" => DuckDBType.Timestamp,
                    _ => throw new NotSupportedException($"No vector for a column of type {sqlType}."),
                }
            );
        }
    }
}
