using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using UserReports.Core.Figures;
using UserReports.Server.Export;
using UserReports.Server.Export.Csv;
using UserReports.Server.Terminals;

namespace UserReports.Server.Commands.Answers;

/// <summary>Writes the rows of a query for a person or for the next program.</summary>
internal static class QueryOutput
{
    private const string UsualFields =
        "username,organization__name,organization__role,service_usage__total_submission_count__current_period,"
        + "service_usage__total_storage_bytes,account_restricted,last_login";

    public static async Task WriteAsync(Terminal terminal, string format, string? fields, ReportsAnswer answer)
    {
        switch (format)
        {
            case "json":
                await WriteJsonAsync(terminal.Out, answer);
                break;
            case "csv":
                await WriteCsvAsync(terminal.Out, fields, answer);
                break;
            default:
                var hidden = QueryTable.Write(terminal, fields ?? UsualFields, answer);
                await terminal.Error.WriteLineAsync(
                    $"{Number(answer.Rows.Count)} of {Counted.Of(answer.Count, "row")}."
                        + (hidden > 0 ? $" The screen has no room for {Number(hidden)} of the columns." : "")
                );
                break;
        }

        await terminal.Out.FlushAsync();
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static async Task WriteJsonAsync(TextWriter output, ReportsAnswer answer)
    {
        await output.WriteAsync('[');
        foreach (var (i, row) in answer.Rows.Index())
        {
            await output.WriteAsync(i == 0 ? "\n" : ",\n");
            await output.WriteAsync(VisibleText.OfJson(Encoding.UTF8.GetString(row.Span)));
        }

        await output.WriteLineAsync(answer.Rows.Count == 0 ? "]" : "\n]");
    }

    private static async Task WriteCsvAsync(TextWriter output, string? fields, ReportsAnswer answer)
    {
        using var bytes = new MemoryStream();
        var pipe = PipeWriter.Create(bytes, new(leaveOpen: true));
        var csv = new CsvExport(pipe, ExportColumns.Of(fields), CsvStyle.Plain);
        await csv.BeginAsync(CancellationToken.None);
        await csv.WriteAsync(answer.Rows, CancellationToken.None);
        await csv.EndAsync(CancellationToken.None);
        await pipe.CompleteAsync();
        await output.WriteAsync(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }
}
