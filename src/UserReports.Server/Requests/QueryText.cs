using UserReports.Core.Query;
using UserReports.Core.Query.Syntax;

namespace UserReports.Server.Requests;

/// <summary>Makes new query texts of old ones.</summary>
public static class QueryText
{
    /// <summary>The query narrowed by one more term.</summary>
    public static string And(string q, string term)
    {
        q = q.Trim();
        if (q.Length == 0)
            return term;
        var (syntax, _) = QueryCompiler.Parse(q);
        if (
            syntax is QuerySyntax.And and && and.Parts.Any(part => Write(part) == term)
            || syntax is not null && Write(syntax) == term
        )
            return q;
        return syntax is QuerySyntax.Or ? $"({q}) AND {term}" : $"{q} AND {term}";
    }

    /// <summary>A term: path, lookup and value, quoted where it must be.</summary>
    public static string Term(string path, string lookup, string value, bool isText) =>
        $"{path}{(lookup is "" or "exact" ? "" : "__" + lookup)}:{Value(value, isText)}";

    /// <summary>A value as it must be written.</summary>
    /// <param name="isText">Whether a bare null, true or number would mean something else than the text.</param>
    public static string Value(string value, bool isText)
    {
        var isWord =
            value.Length > 0
            && value.All(c => !char.IsWhiteSpace(c) && c is not (':' or '(' or ')' or '"' or '\'' or '\\'))
            && value is not ("AND" or "OR" or "NOT")
            && (!isText || value is not "null");
        return isWord
            ? value
            : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"",
                StringComparison.Ordinal)}\"";
    }

    /// <summary>The query with another value in the place of one that it has.</summary>
    /// <param name="position">Where the value begins, its quote if it has one, in characters from 0.</param>
    /// <param name="text">The value without quotes and escapes.</param>
    /// <returns>The query itself if the value does not stand there.</returns>
    public static string Instead(string q, int position, string text, string value)
    {
        if (position < 0 || position >= q.Length)
            return q;
        var end = position;
        var quote = q[position];
        if (quote is '"' or '\'')
        {
            for (end++; end < q.Length && q[end] != quote; end++)
            {
                if (q[end] == '\\')
                    end++;
            }

            end++;
        }
        else if (string.CompareOrdinal(q, position, text, 0, text.Length) == 0)
        {
            end += text.Length;
        }

        return end == position || end > q.Length ? q : $"{q[..position]}{Value(value, isText: true)}{q[end..]}";
    }

    /// <summary>Writes a tree back as a text that means the same.</summary>
    public static string Write(QuerySyntax syntax) =>
        syntax switch
        {
            QuerySyntax.Term { Path: null, Value: var word } => Written(word),
            QuerySyntax.Term { Path: var path, Value: var value } => $"{path}:{Written(value)}",
            QuerySyntax.Not { Part: var part } => $"NOT {Inner(part)}",
            QuerySyntax.And { Parts: var parts } => string.Join(" AND ", parts.Select(Inner)),
            QuerySyntax.Or { Parts: var parts } => string.Join(
                " OR ",
                parts.Select(p => p is QuerySyntax.Or ? Inner(p) : Write(p))
            ),
            _ => throw new InvalidOperationException($"{syntax.GetType().Name} cannot be written."),
        };

    private static string Inner(QuerySyntax part) =>
        part is QuerySyntax.Or or QuerySyntax.And ? $"({Write(part)})" : Write(part);

    private static string Written(ValueText value) =>
        value.IsQuoted || value.Text.Length == 0 ? Quote(value) : Value(value.Text, isText: false);

    private static string Quote(ValueText value) =>
        value is { IsQuoted: false, Text.Length: 0 }
            ? ""
            : $"\"{value.Text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"",
            StringComparison.Ordinal)}\"";
}
