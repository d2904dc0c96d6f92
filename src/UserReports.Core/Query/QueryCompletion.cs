using UserReports.Core.Query.Binding;
using UserReports.Core.Query.Syntax;
using UserReports.Core.Reports;

namespace UserReports.Core.Query;

/// <summary>What may be written at a place of a query that is being typed.</summary>
/// <param name="Kind">What the items are.</param>
/// <param name="Start">Where the text that an item replaces begins, in characters from 0.</param>
/// <param name="Length">How many characters an item replaces.</param>
/// <param name="Items">The most likely first.</param>
/// <param name="Path">The path whose value is being typed, or null; the store knows which values it has.</param>
public sealed record QueryCompletion(
    CompletionKind Kind,
    int Start,
    int Length,
    IReadOnlyList<CompletionItem> Items,
    string? Path
)
{
    private const int ItemsMax = 50;

    /// <summary>The completions at a place of a text, which need not be a whole query.</summary>
    /// <param name="position">The caret: 0 is before the first character.</param>
    public static QueryCompletion At(string text, int position)
    {
        position = Math.Clamp(position, 0, text.Length);
        var (start, colon) = TermAt(text, position);
        if (colon >= 0)
            return Values(text[start..colon], text, colon + 1, position);
        var word = text[start..position].TrimStart('(');
        start = position - word.Length;
        var end = position;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '[' or ']'))
            end++;
        return Paths(word, start, end - start);
    }

    private static (int Start, int Colon) TermAt(string text, int position)
    {
        var start = 0;
        var colon = -1;
        var quote = '\0';
        for (var i = 0; i < position; i++)
        {
            var c = text[i];
            if (quote != '\0')
            {
                if (c == '\\')
                    i++;
                else if (c == quote)
                    quote = '\0';
            }
            else if (
                c is '"' or '\''
                && (i == start || i == colon + 1 || colon < 0 && PathText.IsQuoteOfSegment(text, start, i))
            )
            {
                quote = c;
            }
            else if (char.IsWhiteSpace(c) || c is '(' or ')')
            {
                (start, colon) = (i + 1, -1);
            }
            else if (c == ':' && colon < 0)
            {
                colon = i;
            }
        }

        return (start, colon);
    }

    private static QueryCompletion Paths(string word, int start, int length)
    {
        if (LookupsAfter(word) is { } lookups)
            return new(CompletionKind.Lookup, start, length, lookups, null);
        var fields = ReportCatalogue
            .All.Prepend(ReportCatalogue.RowId)
            .Where(field => field.Kind is not (FieldKind.Object or FieldKind.List) || field.IsNullable)
            .SelectMany(field =>
                field
                    .KnownKeys.Select(key => new CompletionItem(
                        field.Path + PathText.Separator + PathText.Segment(key, isFirst: true),
                        field.Description
                    ))
                    .Prepend(new(field.Path, field.Description))
                    .Select(item => (item, IsLater: field.IsClosed || IsOfForecast(field)))
            )
            .Select(c => (c.item, c.IsLater, rank: Rank(c.item.Text, word)))
            .Where(c => c.rank >= 0)
            .OrderBy(c => c.rank)
            // Of names for one thing the number is asked for more often than the word that explains it, or than how it
            // goes on.
            .ThenBy(c => c.rank > 0 && c.IsLater)
            .ThenBy(c => word.Length == 0 ? 0 : c.item.Text.Length)
            .Select(c => c.item);
        return new(CompletionKind.Field, start, length, [.. fields.Take(ItemsMax)], null);
    }

    private static bool IsOfForecast(Field field) =>
        field.Parent is { } parent ? IsOfForecast(parent) : field.Name is "trend" or "forecast";

    /// <summary>0 begins with, 1 a segment begins with, 2 holds, -1 does not fit.</summary>
    private static int Rank(string path, string word) =>
        path.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? 0
        : path.Contains("__" + word, StringComparison.OrdinalIgnoreCase) ? 1
        : path.Contains(word, StringComparison.OrdinalIgnoreCase) ? 2
        : -1;

    private static List<CompletionItem>? LookupsAfter(string word)
    {
        if (PathText.Split(word) is not { Count: > 1 } segments || segments[^1].IsQuoted)
            return null;
        var begun = segments[^1].Written;
        var at = word.Length - begun.Length - PathText.Separator.Length;
        if (Bind(word[..at]) is not { IsWholeList: false, Path: var path })
            return null;
        List<CompletionItem> items =
        [
            .. Lookups
                .NamesOf(path.Kind)
                .Where(name => name.StartsWith(begun, StringComparison.Ordinal))
                .Select(name => new CompletionItem($"{word[..at]}__{name}", "")),
        ];
        // Below a group or free-form details the names of what is in it come first.
        return path.Kind == FieldKind.Object || path is { Kind: FieldKind.Json, Keys.Count: 0 } || items.Count == 0
            ? null
            : items;
    }

    private static QueryCompletion Values(string path, string text, int start, int position)
    {
        var length = position - start;
        var begun = text.Substring(start, length).TrimStart('"', '\'');
        if (Bind(path.TrimStart('(')) is not { IsWholeList: false } bound)
            return new(CompletionKind.Value, start, length, [], null);
        var field = bound.Path.Field;
        List<string> values =
            bound.Lookup == Lookup.IsNull || bound.Path.Kind == FieldKind.Boolean
                ? ["true", "false"]
                : [.. field.KnownValues];
        if (field.IsNullable && bound.Lookup == Lookup.Exact)
            values.Add("null");
        return new(
            CompletionKind.Value,
            start,
            length,
            [
                .. values
                    .Where(v => v.StartsWith(begun, StringComparison.OrdinalIgnoreCase))
                    .Select(v => new CompletionItem(v, "")),
            ],
            bound.Path.ToString()
        );
    }

    private static BoundPath? Bind(string path)
    {
        try
        {
            return PathBinder.Bind(path, 0);
        }
        catch (QueryFault)
        {
            return null;
        }
    }
}

/// <summary>What completion items are.</summary>
public enum CompletionKind
{
    /// <summary>Paths of fields.</summary>
    Field,

    /// <summary>Paths with a lookup at the end.</summary>
    Lookup,

    /// <summary>Values.</summary>
    Value,
}

/// <summary>One thing that may be written.</summary>
/// <param name="Text">What replaces the text.</param>
/// <param name="Description">What it means; may be empty.</param>
public sealed record CompletionItem(string Text, string Description);
