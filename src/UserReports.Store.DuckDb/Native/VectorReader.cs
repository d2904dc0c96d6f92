using DuckDB.NET.Data;
using DuckDB.NET.Native;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.Sql;

namespace UserReports.Store.DuckDb.Native;

/// <summary>
/// Reads whole columns as the database has them: a call per value through the driver's reader costs several times as
/// much, and so do the objects that it makes.
/// </summary>
internal static class VectorReader
{
    /// <summary>Reads a statement's rows while it runs.</summary>
    /// <param name="statement">Its values are texts, if it has any.</param>
    /// <param name="begin">What takes the chunks, by the types of the columns.</param>
    /// <exception cref="EngineRefusedException">The database does not answer the statement.</exception>
    /// <exception cref="OperationCanceledException">Nobody wants them any more.</exception>
    public static void Read(
        DuckDBConnection connection,
        SqlStatement statement,
        Func<IReadOnlyList<DuckDBType>, Action<VectorChunk>> begin,
        CancellationToken cancellationToken
    )
    {
        var state = NativeMethods.PreparedStatements.DuckDBPrepare(
            connection.NativeConnection,
            statement.Text,
            out var prepared
        );
        using (prepared)
        {
            if (state != DuckDBState.Success)
                throw new EngineRefusedException(
                    DuckDBErrorType.Invalid,
                    NativeMethods.PreparedStatements.DuckDBPrepareError(prepared)
                );
            for (var i = 0; i < statement.Values.Count; i++)
                NativeMethods.PreparedStatements.DuckDBBindVarchar(prepared, i + 1, (string)statement.Values[i]);
            var executed = NativeMethods.PreparedStatements.DuckDBExecutePreparedStreaming(prepared, out var result);
            try
            {
                if (executed != DuckDBState.Success)
                    throw Refused(ref result);
                ReadChunks(ref result, begin, cancellationToken);
            }
            finally
            {
                NativeMethods.Query.DuckDBDestroyResult(ref result);
            }
        }
    }

    private static void ReadChunks(
        ref DuckDBResult result,
        Func<IReadOnlyList<DuckDBType>, Action<VectorChunk>> begin,
        CancellationToken cancellationToken
    )
    {
        var types = new DuckDBType[(int)NativeMethods.Query.DuckDBColumnCount(ref result)];
        for (var i = 0; i < types.Length; i++)
            types[i] = NativeMethods.Query.DuckDBColumnType(ref result, i);
        var take = begin(types);
        var rows = new VectorChunk(types.Length);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var chunk = NativeMethods.StreamingResult.DuckDBStreamFetchChunk(result);
            if (chunk.IsInvalid)
                break;
            rows.Take(chunk);
            if (rows.Rows == 0)
                break;
            take(rows);
        }

        // A statement that fails while it streams ends like one without further rows.
        if (NativeMethods.Query.DuckDBResultError(ref result) is { Length: > 0 })
            throw Refused(ref result);
    }

    private static EngineRefusedException Refused(ref DuckDBResult result) =>
        new(NativeMethods.Query.DuckDBResultErrorType(ref result), NativeMethods.Query.DuckDBResultError(ref result));
}
