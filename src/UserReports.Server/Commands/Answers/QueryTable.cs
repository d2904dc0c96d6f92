using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using UserReports.Core.Query.Syntax;
using UserReports.Core.Reports;
using UserReports.Server.Terminals;

namespace UserReports.Server.Commands.Answers;

/// <summary>
/// Rows as a table that fits the screen: headings break between their words, texts that are too long are cut, and
/// columns for which there is no room are left out.
/// </summary>
internal static class QueryTable
{
    private const int WidthWithoutScreen = 200;
    private const int HeadingMin = 5;
    private const int TextMin = 8;
    private const int DayWidth = 10;

    /// <returns>How many of the columns had no room.</returns>
    public static int Write(Terminal terminal, string fields, ReportsAnswer answer)
    {
        var rows = answer.Rows.Select(row => JsonNode.Parse(row.Span)!).ToList();
        List<Column> all =
        [
            .. fields
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(path => Column.Of(path, rows)),
        ];
        var screen = terminal.Width ?? WidthWithoutScreen;
        var shown = Choose(all, screen);
        Fit(shown, Room(screen, shown.Count));

        var table = new Table { Border = TableBorder.Simple, ShowRowSeparators = false };
        foreach (var column in shown)
        {
            table.AddColumn(
                new TableColumn(new Text(column.Heading(), new(decoration: Decoration.Bold)))
                {
                    NoWrap = true,
                    Width = column.Width,
                    Alignment = column.IsNumber ? Justify.Right : Justify.Left,
                }
            );
        }

        for (var row = 0; row < rows.Count; row++)
            table.AddRow([.. shown.Select(column => new Text(column.Value(row)))]);
        terminal.Display.Profile.Width = screen;
        terminal.Display.Write(table);
        return all.Count - shown.Count;
    }

    /// <summary>As many of the columns as have room when all of them are as narrow as they can be read.</summary>
    private static List<Column> Choose(List<Column> all, int screen)
    {
        var count = all.Count;
        while (count > 1 && all.Take(count).Sum(column => column.Min) > Room(screen, count))
            count--;
        return all[..count];
    }

    /// <summary>What the frame leaves for the columns.</summary>
    private static int Room(int screen, int columns) => screen - 1 - (3 * columns);

    /// <summary>Takes from the widest column first, and from headings' words last.</summary>
    private static void Fit(List<Column> columns, int room)
    {
        foreach (
            var floor in new Func<Column, int>[] { column => Math.Max(column.Word, column.Min), column => column.Min }
        )
        {
            while (columns.Sum(column => column.Width) > room)
            {
                if (
                    columns.Where(column => column.Width > floor(column)).MaxBy(column => column.Width)
                    is not { } widest
                )
                    break;
                widest.Width--;
            }
        }
    }

    private static string Shorten(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";

    private sealed class Column(FieldKind? kind, IReadOnlyList<string> words, IReadOnlyList<string> values)
    {
        private readonly int valueWidth = values.Max(value => value.Length);

        public bool IsNumber => kind is FieldKind.Integer or FieldKind.Decimal;

        /// <summary>The longest word of the heading.</summary>
        public int Word { get; } = words.Max(word => word.Length);

        /// <summary>Numbers are never cut, instants to their day, texts to their beginning.</summary>
        public int Min =>
            kind switch
            {
                FieldKind.Integer or FieldKind.Decimal or FieldKind.Boolean => Math.Max(HeadingMin, valueWidth),
                FieldKind.Instant => DayWidth,
                _ => Math.Max(HeadingMin, Math.Min(valueWidth, TextMin)),
            };

        public int Width
        {
            get => field == 0 ? Math.Max(Min, Math.Max(words.Sum(word => word.Length), valueWidth)) : field;
            set;
        }

        public static Column Of(string path, IReadOnlyList<JsonNode> rows)
        {
            var kind = ReportCatalogue.All.FirstOrDefault(field => field.Path == path)?.Kind;
            return new(kind, Words(path), [.. rows.Select(row => Text(At(row, path), kind)).DefaultIfEmpty("")]);
        }

        public string Value(int row) =>
            kind == FieldKind.Instant && values[row].Length > Width
                ? values[row][..Math.Min(DayWidth, values[row].Length)]
                : Shorten(values[row], Width);

        /// <summary>The words of the heading on as few lines as the width allows.</summary>
        public string Heading()
        {
            List<string> lines = [""];
            foreach (var word in words)
            {
                if (lines[^1].Length > 0 && lines[^1].Length + word.Length > Width)
                    lines.Add("");
                lines[^1] += word;
            }

            return string.Join('\n', lines.Select(line => Shorten(line, Width)));
        }

        /// <summary>The last parts of a path that still tell it from others, cut after their underscores.</summary>
        private static List<string> Words(string path)
        {
            var parts = path.Split("__");
            var label = parts.Length < 3 ? path : string.Join("__", parts[^2..]);
            List<string> words = [""];
            for (var i = 0; i < label.Length; i++)
            {
                words[^1] += label[i];
                if (label[i] == '_' && i + 1 < label.Length && label[i + 1] != '_' && words[^1].Trim('_').Length > 0)
                    words.Add("");
            }

            return words;
        }
    }

    private static string Text(JsonNode? value, FieldKind? kind) =>
        value switch
        {
            null => "",
            JsonValue text when kind == FieldKind.Instant && text.TryGetValue<DateTimeOffset>(out var instant) =>
                instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
            JsonValue text when text.GetValueKind() == JsonValueKind.String => VisibleText.Of(text.GetValue<string>()),
            _ => VisibleText.Of(value.ToJsonString()),
        };

    private static JsonNode? At(JsonNode? row, string path) =>
        (PathText.Split(path) ?? []).Aggregate(
            row,
            (node, segment) => node is JsonObject members ? members[segment.Text] : null
        );
}
