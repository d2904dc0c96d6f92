using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using UserReports.Server.Export;

namespace UserReports.Server.Commands;

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
                WriteTable(terminal, fields ?? UsualFields, answer);
                await terminal.Error.WriteLineAsync(
                    string.Create(CultureInfo.InvariantCulture, $"{answer.Rows.Count} of {answer.Count} rows.")
                );
                break;
        }

        await terminal.Out.FlushAsync();
    }

    private static async Task WriteJsonAsync(TextWriter output, ReportsAnswer answer)
    {
        await output.WriteAsync('[');
        foreach (var (i, row) in answer.Rows.Index())
        {
            await output.WriteAsync(i == 0 ? "\n" : ",\n");
            await output.WriteAsync(Encoding.UTF8.GetString(row.Span));
        }

        await output.WriteLineAsync(answer.Rows.Count == 0 ? "]" : "\n]");
    }

    private static async Task WriteCsvAsync(TextWriter output, string? fields, ReportsAnswer answer)
    {
        using var bytes = new MemoryStream();
        var pipe = PipeWriter.Create(bytes, new(leaveOpen: true));
        var csv = new CsvExport(pipe, ExportColumns.Of(fields), protectFormulas: false);
        await csv.BeginAsync(CancellationToken.None);
        await csv.WriteAsync(answer.Rows, CancellationToken.None);
        await pipe.CompleteAsync();
        await output.WriteAsync(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    /// <summary>As many columns as the screen has room for; what is too long is cut, never wrapped.</summary>
    private static void WriteTable(Terminal terminal, string fields, ReportsAnswer answer)
    {
        List<string> paths =
        [
            .. fields.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        ];
        var rows = answer.Rows.Select(row => JsonNode.Parse(row.Span)!).ToList();
        List<List<string>> texts = [.. rows.Select(row => paths.Select(path => Text(At(row, path))).ToList())];
        var width = terminal.Width ?? 200;
        var share = Math.Max(8, (width - (3 * paths.Count)) / Math.Max(1, paths.Count));
        var table = new Table { Border = TableBorder.Simple, ShowRowSeparators = false };
        foreach (var path in paths)
            table.AddColumn(new TableColumn(Markup.Escape(Shorten(Label(path), share))) { NoWrap = true });
        foreach (var line in texts)
            table.AddRow([
                .. line.Select(text => new Text(Shorten(text, share), Style.Plain) { Overflow = Overflow.Ellipsis }),
            ]);
        terminal.Display.Profile.Width = width;
        terminal.Display.Write(table);
    }

    /// <summary>The last parts of a path that still tell it from others.</summary>
    private static string Label(string path)
    {
        var parts = path.Split("__");
        return parts.Length < 3 ? path : string.Join("__", parts[^2..]);
    }

    private static string Shorten(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";

    private static string Text(JsonNode? value) =>
        value switch
        {
            null => "",
            JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>()
                .ReplaceLineEndings(" "),
            _ => value.ToJsonString(),
        };

    private static JsonNode? At(JsonNode? row, string path) =>
        path.Replace("[]", "", StringComparison.Ordinal)
            .Split("__")
            .Aggregate(row, (node, name) => node is JsonObject members ? members[name] : null);
}
