using System.IO.Pipelines;
using UserReports.Server.Export.Csv;
using UserReports.Server.Export.Parquet;
using UserReports.Server.Export.Xlsx;
using UserReports.Store;

namespace UserReports.Server.Export;

/// <summary>Writes all rows of a query in a format, with constant memory and from one snapshot.</summary>
public static class ReportExporter
{
    /// <summary>Refuses what the format cannot hold, before the first byte.</summary>
    /// <exception cref="ExportRefusedException">There are more rows than the format holds.</exception>
    public static void Check(ExportFormat format, long rows)
    {
        if (rows > format.RowsMax)
            throw new ExportRefusedException(TooManyRows(format, rows));
    }

    /// <summary>Why a format cannot hold so many rows, and what to do.</summary>
    internal static string TooManyRows(ExportFormat format, long rows) =>
        $"The query has {rows} rows, but a sheet holds {format.RowsMax}. Narrow the query, or take csv or parquet.";

    /// <summary>Writes everything; the output is flushed but not completed.</summary>
    /// <param name="csv">For csv: what it does for spreadsheets.</param>
    /// <param name="project">For ndjson: leaves the wanted fields of a report, or null for all of it.</param>
    /// <param name="progress">Told how many rows are written.</param>
    public static async Task WriteAsync(
        ReportExport export,
        ExportFormat format,
        ExportColumns columns,
        CsvStyle csv,
        Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? project,
        PipeWriter output,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        await using var writer = WriterFor(export.Count, format, columns, csv, project, output);
        await writer.BeginAsync(cancellationToken);
        var rows = 0L;
        await foreach (var chunk in export.Chunks.WithCancellation(cancellationToken))
        {
            using (chunk)
                await writer.WriteAsync(chunk, cancellationToken);
            progress?.Report(rows += chunk.Count);
        }

        await writer.EndAsync(cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    private static IExportWriter WriterFor(
        long rows,
        ExportFormat format,
        ExportColumns columns,
        CsvStyle csv,
        Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? project,
        PipeWriter output
    )
    {
        if (format == ExportFormat.Csv)
            return new CsvExport(output, columns, csv);
        if (format == ExportFormat.NdJson)
            return new NdJsonExport(output, project);
        // The stream only writes: these formats are written from the front to the back.
        return format == ExportFormat.Parquet
            ? new ParquetExport(new ForwardStream(output), columns)
            : new XlsxExport(new ForwardStream(output), columns, rows);
    }
}
