using DuckDB.NET.Data;
using DuckDB.NET.Native;
using UserReports.Store.DuckDb.Documents;
using UserReports.Store.DuckDb.Generations;
using NativeAppender = DuckDB.NET.Native.DuckDBAppender;

namespace UserReports.Store.DuckDb.Native;

/// <summary>
/// Appends batches to a generation within an open transaction: the documents to its file, the columns to the
/// table.
/// </summary>
internal static class ReportAppender
{
    /// <param name="table">Of the columns of <see cref="ReportColumns"/>.</param>
    /// <exception cref="EngineRefusedException">The database does not take the rows.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the transaction is to be undone.</exception>
    public static void Append(
        DuckDBConnection connection,
        string table,
        DocumentFile documents,
        IEnumerable<ReportBatch> reports,
        CancellationToken cancellationToken
    )
    {
        Check(
            NativeMethods.Appender.DuckDBAppenderCreate(connection.NativeConnection, null!, table, out var appender)
                == DuckDBState.Success,
            appender
        );
        using (appender)
        {
            foreach (var batch in reports)
            {
                var address = documents.Append(batch.Documents);
                foreach (var chunk in batch.Chunks)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Check(chunk.TryAppend(appender, address), appender);
                }

                // The appender's own buffer is no part of what the database bounds.
                Check(NativeMethods.Appender.DuckDBAppenderFlush(appender) == DuckDBState.Success, appender);
            }

            Check(NativeMethods.Appender.DuckDBAppenderClose(appender) == DuckDBState.Success, appender);
        }
    }

    private static void Check(bool success, NativeAppender appender)
    {
        if (success)
            return;
        using var error = NativeMethods.Appender.DuckDBAppenderErrorData(appender);
        throw new EngineRefusedException(
            NativeMethods.ErrorData.DuckDBErrorDataErrorType(error),
            NativeMethods.ErrorData.DuckDBErrorDataMessage(error)
        );
    }
}
