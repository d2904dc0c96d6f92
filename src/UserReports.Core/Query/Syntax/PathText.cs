namespace UserReports.Core.Query.Syntax;

/// <summary>One segment of a written path.</summary>
/// <param name="Text">Without quotes and brackets.</param>
/// <param name="IsQuoted">Quoted, a segment is a name whatever it holds: never a lookup, and never brackets.</param>
/// <param name="Lists">How many <c>[]</c> follow: any element of a list, of the lists in it, and so on.</param>
/// <param name="Written">As it was written.</param>
public readonly record struct PathSegment(string Text, bool IsQuoted, int Lists, string Written);

/// <summary>
/// Paths as texts: segments joined by <c>__</c>, of which all but the first may be in quotes. Every place that takes a
/// path takes it through here, so that a key is written the same way everywhere.
/// </summary>
public static class PathText
{
    /// <summary>What stands between two segments.</summary>
    public const string Separator = "__";

    private const string Brackets = "[]";

    /// <summary>The segments of a path, at least one; null if a quote in it is not closed, or more follows it than
    /// brackets.</summary>
    public static IReadOnlyList<PathSegment>? Split(string path)
    {
        List<PathSegment> segments = [];
        for (var at = 0; ; at += Separator.Length)
        {
            var start = at;
            if (IsQuoteOfSegment(path, 0, at))
            {
                if (QuotedText.Read(path, at, out at) is not { } text)
                    return null;
                var lists = 0;
                for (; path.AsSpan(at).StartsWith(Brackets); at += Brackets.Length)
                    lists++;
                segments.Add(new(text, true, lists, path[start..at]));
                if (at < path.Length && !path.AsSpan(at).StartsWith(Separator))
                    return null;
            }
            else
            {
                var next = path.IndexOf(Separator, at, StringComparison.Ordinal);
                at = next < 0 ? path.Length : next;
                segments.Add(Unquoted(path[start..at]));
            }

            if (at == path.Length)
                return segments;
        }
    }

    /// <summary>The paths of a list with commas, each with where it begins; a comma in quotes separates
    /// nothing.</summary>
    public static IReadOnlyList<(string Text, int Position)> SplitList(string list)
    {
        List<(string, int)> parts = [];
        var start = 0;
        for (var at = 0; at <= list.Length; at++)
        {
            if (at < list.Length && list[at] != ',')
            {
                if (
                    at > start
                    && IsQuoteOfSegment(list, start, at)
                    && QuotedText.Read(list, at, out var end) is not null
                )
                    at = end - 1;
                continue;
            }

            var written = list[start..at];
            parts.Add((written.Trim(), start + written.Length - written.TrimStart().Length));
            start = at + 1;
        }

        return parts;
    }

    /// <summary>A key of free-form JSON as a segment: in quotes wherever a word would mean something else.</summary>
    /// <param name="isFirst">Right below the field, where all lookups but <c>isnull</c> are names.</param>
    public static string Segment(string key, bool isFirst) =>
        IsWord(key) && !(Lookups.Find(key) is { } lookup && (!isFirst || lookup == Lookup.IsNull))
            ? key
            : QuotedText.Write(key);

    /// <summary>True where a quote begins a segment of the path that begins at <paramref name="start"/>.</summary>
    internal static bool IsQuoteOfSegment(string text, int start, int at)
    {
        if (at >= text.Length || text[at] is not ('"' or '\''))
            return false;
        // Underscores are taken in twos from the left: of three the third belongs to the name.
        var underscores = 0;
        while (at - underscores > start && text[at - underscores - 1] == '_')
            underscores++;
        return underscores > 0 && underscores % 2 == 0 && at - underscores > start;
    }

    private static PathSegment Unquoted(string written)
    {
        var text = written;
        var lists = 0;
        for (; text.EndsWith(Brackets, StringComparison.Ordinal); text = text[..^Brackets.Length])
            lists++;
        return new(text, false, lists, written);
    }

    private static bool IsWord(string key) =>
        key.Length > 0
        && key[0] is not ('_' or '-')
        && key[^1] != '_'
        && !key.Contains(Separator, StringComparison.Ordinal)
        && key.All(c =>
            !char.IsWhiteSpace(c) && c is not (':' or '(' or ')' or '"' or '\'' or '\\' or ',' or '[' or ']')
        );
}
