using System.Buffers;
using DuckDB.NET.Data;
using UserReports.Core.Reports;

namespace UserReports.Store.Generations;

/// <summary>
/// Appends reports to a generation within an open transaction: the document to its file, the columns to the table.
/// </summary>
internal static class ReportWriter
{
    public static void Append(DuckDBConnection connection, Generation generation, IEnumerable<Report> reports)
    {
        using var json = new ReportJson();
        var document = new ArrayBufferWriter<byte>(4096);
        using var appender = connection.CreateAppender("reports");
        foreach (var report in reports)
        {
            document.ResetWrittenCount();
            json.Write(report, document);
            var address = generation.Documents.Append(document.WrittenSpan);
            var row = appender.CreateRow();
            foreach (var column in ReportColumns.All)
                column.Append(row, report);
            row.AppendValue(address);
            row.EndRow();
        }
    }
}
