using System.CommandLine;
using System.Text;
using System.Text.Json;
using UserReports.Core.Figures;
using UserReports.Server.Api.History;
using UserReports.Server.Commands.Demo;
using UserReports.Server.Export.Csv;
using UserReports.Server.Terminals;

namespace UserReports.Server.Commands.Answers;

/// <summary><c>compare</c></summary>
internal static class CompareCommand
{
    private static readonly Argument<string> Q = new("Q")
    {
        Description = "The query, as over HTTP; nothing for every row.",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string> From = new("--from")
    {
        Description =
            "The earlier moment, a day such as 2026-11-23 or an instant: the last snapshot before its end; or previous, the run before.",
        HelpName = "DAY",
        Required = true,
    };

    private static readonly Option<string?> To = new("--to")
    {
        Description = "The later moment, the same way; by default now, the present rows.",
        HelpName = "DAY",
    };

    private static readonly Option<string?> Show = QueryCommand.OneOf(
        new("--show") { Description = "Which rows are shown: entered, left, changed or all, which is the default." },
        "entered",
        "left",
        "changed",
        "all"
    )!;

    private static readonly Option<string?> Fields = new("--fields")
    {
        Description = "Compared paths, separated by commas, in place of those of the query.",
        HelpName = "PATHS",
    };

    private static readonly Option<long> Limit = GenerateCommand.Positive(
        new("--limit")
        {
            Description = "Rows at the most.",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        }
    );

    private static readonly Option<string> Format = QueryCommand.OneOf(
        new("--format")
        {
            Description =
                "How rows are shown: lines, json (a list) or csv. By default lines on a screen, json in a pipe.",
        },
        "lines",
        "json",
        "csv"
    );

    public static Command Create(Terminal terminal)
    {
        var command = new Command("compare", "Show which rows entered a query, left it or changed between two moments.")
        {
            Q,
            From,
            To,
            Show,
            QueryCommand.Ordering,
            Fields,
            Limit,
            Format,
        };
        AnswerOptions.AddTo(command);
        return command
            .WithExample(
                "user-reports compare service_usage__balances__submission__balance_percent__gte:80 --from 2026-11-23 --show entered"
            )
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    var request = new ComparisonRequest(
                        new(parsed.GetValue(Q), parsed.GetValue(QueryCommand.Ordering), parsed.GetValue(Fields)),
                        parsed.GetValue(From),
                        parsed.GetValue(To),
                        parsed.GetValue(Show)
                    );
                    await using var answers = AnswerOptions.Open(parsed, terminal);
                    var answer = await answers.CompareAsync(
                        request,
                        (int)Math.Min(int.MaxValue, parsed.GetValue(Limit)),
                        token
                    );
                    await WriteAsync(
                        terminal,
                        parsed.GetValue(Format) ?? (terminal.Width is null ? "json" : "lines"),
                        answer
                    );
                    await terminal.WarnAsync(answer.Warnings);
                    return ExitCode.Done;
                }
            );
    }

    private static async Task WriteAsync(Terminal terminal, string format, ComparisonAnswer answer)
    {
        switch (format)
        {
            case "json":
                await QueryOutput.WriteAsync(terminal, format, null, new(answer.Rows.Count, answer.Rows, []));
                break;
            case "csv":
                await WriteCsvAsync(terminal.Out, answer.Rows);
                break;
            default:
                foreach (var row in answer.Rows)
                    await terminal.Out.WriteLineAsync(VisibleText.Of(Line(row)));
                break;
        }

        await terminal.Out.FlushAsync();
        await terminal.Error.WriteLineAsync(
            $"{Counted.Of(answer.Entered, "row")} entered, {answer.Left} left, {answer.Changed} changed, {answer.Stayed} stayed, "
                + $"from {answer.From.UtcDateTime:yyyy-MM-dd HH:mm} to {answer.To.UtcDateTime:yyyy-MM-dd HH:mm} UTC."
        );
    }

    private static async Task WriteCsvAsync(TextWriter output, IReadOnlyList<ReadOnlyMemory<byte>> rows)
    {
        if (rows.Count == 0)
            return;
        using var first = JsonDocument.Parse(rows[0]);
        var csv = new ComparisonCsv(
            [
                .. first
                    .RootElement.GetProperty("differences")
                    .EnumerateArray()
                    .Select(field => field.GetProperty("path").GetString()!),
            ],
            CsvStyle.Plain
        );
        await output.WriteAsync(csv.Header);
        foreach (var row in rows)
            await output.WriteAsync(csv.Row(row));
    }

    private static string Line(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var row = document.RootElement;
        var line = new StringBuilder(row.GetProperty("change").GetString()!.PadRight(8)).Append(
            row.GetProperty("username").GetString()
        );
        if (row.GetProperty("organization") is { ValueKind: JsonValueKind.Object } organization)
            line.Append(" (").Append(organization.GetProperty("name").GetString()).Append(')');
        if (!row.GetProperty("existed").GetBoolean())
            line.Append(", was not there");
        if (!row.GetProperty("exists").GetBoolean())
            line.Append(", is there no more");
        foreach (var field in row.GetProperty("differences").EnumerateArray())
        {
            var (was, present) = (Shown(field.GetProperty("was")), Shown(field.GetProperty("is")));
            line.Append("; ").Append(field.GetProperty("path").GetString()).Append(": ").Append(was);
            if (was != present)
                line.Append(" → ").Append(present);
        }

        return line.ToString();
    }

    private static string Shown(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
