using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using UserReports.Core.Figures;
using UserReports.Server.Api.History;
using UserReports.Server.Export.Csv;

namespace UserReports.Server.Commands.Answers;

/// <summary><c>history</c></summary>
internal static class HistoryCommand
{
    private const string Day = "day";

    private static readonly Argument<string> User = new("USER")
    {
        Description = "The account's public identifier, or its name.",
    };

    private static readonly Option<string?> Metrics = new("--metrics")
    {
        Description =
            "submissions, own_submissions, products or paths of fields, separated by commas; the usual ones by default.",
        HelpName = "NAMES",
    };

    private static readonly Option<string?> Organization = new("--organization")
    {
        Description = "The identifier of the organisation whose row is meant, where the account belongs to several.",
        HelpName = "UID",
    };

    private static readonly Option<string?> From = new("--from")
    {
        Description = "The first day, such as 2026-11-02; 366 days up to the last one by default.",
        HelpName = "DAY",
    };

    private static readonly Option<string?> To = new("--to")
    {
        Description = "The last day, included; today by default.",
        HelpName = "DAY",
    };

    private static readonly Option<string> Format = QueryCommand.OneOf(
        new("--format")
        {
            Description = "How days are shown: table, json or csv. By default a table on a screen, json in a pipe.",
        },
        "table",
        "json",
        "csv"
    );

    public static Command Create(Terminal terminal)
    {
        var command = new Command("history", "Show one account's numbers by day.")
        {
            User,
            Metrics,
            Organization,
            From,
            To,
            Format,
        };
        AnswerOptions.AddTo(command);
        return command
            .WithExample("user-reports history amina --metrics submissions,service_usage__total_storage_bytes")
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    var request = new HistoryRequest(
                        parsed.GetValue(Metrics),
                        parsed.GetValue(Organization),
                        parsed.GetValue(From),
                        parsed.GetValue(To)
                    );
                    await using var answers = AnswerOptions.Open(parsed, terminal);
                    var history = await answers.HistoryAsync(parsed.GetValue(User)!, request, token);
                    await WriteAsync(
                        terminal,
                        parsed.GetValue(Format) ?? (terminal.Width is null ? "json" : "table"),
                        history
                    );
                    return ExitCode.Done;
                }
            );
    }

    private static async Task WriteAsync(Terminal terminal, string format, ReadOnlyMemory<byte> history)
    {
        using var parsed = JsonDocument.Parse(history);
        var root = parsed.RootElement;
        switch (format)
        {
            case "json":
                await terminal.Out.WriteLineAsync(root.GetRawText());
                break;
            case "csv":
                await WriteCsvAsync(terminal.Out, root);
                break;
            default:
                await WriteTableAsync(terminal, root);
                break;
        }

        await terminal.Out.FlushAsync();
        foreach (var part in root.GetProperty("missing").EnumerateArray())
            await terminal.Error.WriteLineAsync($"Missing: {part.GetProperty("detail").GetString()}");
    }

    private static async Task WriteCsvAsync(TextWriter output, JsonElement history)
    {
        var series = history.GetProperty("series").EnumerateArray().ToList();
        List<List<JsonElement>> values = [.. series.Select(ValuesOf)];
        await output.WriteAsync(Line([Day, .. series.Select(NameOf)]));
        var at = 0;
        foreach (var day in history.GetProperty("days").EnumerateArray())
        {
            await output.WriteAsync(Line([day.GetString()!, .. values.Select(all => Text(all[at]))]));
            at++;
        }

        static string Line(IEnumerable<string> cells) => CsvLine.Of(cells.Select(CsvLine.Quoted));
    }

    /// <summary>Days of which nothing is known, or on which nothing happened, are left out of a table.</summary>
    private static async Task WriteTableAsync(Terminal terminal, JsonElement history)
    {
        var series = history.GetProperty("series").EnumerateArray().ToList();
        List<List<JsonElement>> values = [.. series.Select(ValuesOf)];
        var days = history.GetProperty("days").EnumerateArray().Select(day => day.GetString()!).ToList();
        List<ReadOnlyMemory<byte>> rows = [];
        for (var at = 0; at < days.Count; at++)
        {
            if (values.TrueForAll(all => all[at].ValueKind == JsonValueKind.Null || Text(all[at]) == "0"))
                continue;
            var row = new JsonObject { [Day] = days[at] };
            for (var i = 0; i < series.Count; i++)
                Put(row, NameOf(series[i]), JsonValue.Create(Text(values[i][at])));
            rows.Add(JsonSerializer.SerializeToUtf8Bytes(row));
        }

        var fields = string.Join(',', series.Select(NameOf).Prepend(Day));
        var left = rows.Count == 0 ? 0 : QueryTable.Write(terminal, fields, new(rows.Count, rows, []));
        await terminal.Error.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Counted.Of(rows.Count, "day")} of {days.Count} with anything; of the others nothing is known, or nothing happened."
            ) + (left > 0 ? $" {Counted.Of(left, "metric")} had no room; choose with --metrics." : "")
        );
    }

    /// <summary>Puts a value where its path leads.</summary>
    private static void Put(JsonObject row, string path, JsonNode? value)
    {
        var parts = path.Split("__");
        foreach (var part in parts[..^1])
        {
            if (row[part] is not JsonObject within)
                row[part] = within = [];
            row = within;
        }

        row[parts[^1]] = value;
    }

    private static List<JsonElement> ValuesOf(JsonElement series) => [.. series.GetProperty("values").EnumerateArray()];

    private static string NameOf(JsonElement series) => series.GetProperty("metric").GetString()!;

    private static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Array => string.Join("; ", value.EnumerateArray().Select(one => one.GetString())),
            _ => value.GetRawText(),
        };
}
