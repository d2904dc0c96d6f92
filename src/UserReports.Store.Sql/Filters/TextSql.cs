using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.Sql.Filters;

/// <summary>
/// Comparisons of text. Text compares by Unicode code point, which is what bytes of UTF-8 compare by.
/// </summary>
public static class TextSql
{
    /// <summary>A comparison of a text.</summary>
    /// <param name="folded">The same text case-folded.</param>
    /// <param name="values">As many as the lookup asks for.</param>
    public static SqlText Write(
        TextDialect dialect,
        SqlText text,
        SqlText folded,
        Lookup lookup,
        IReadOnlyList<string> values
    )
    {
        var value = values[0];
        return lookup switch
        {
            Lookup.Exact => SqlText.Of($"{text} = {value}"),
            Lookup.In => SqlText.Of($"{text} in ({SqlText.Values(values)})"),
            Lookup.IExact => SqlText.Of($"{folded} = {CaseFolding.Fold(value)}"),
            Lookup.Contains => dialect.Contains(text, value),
            Lookup.IContains => dialect.Contains(folded, CaseFolding.Fold(value)),
            Lookup.StartsWith => dialect.StartsWith(text, value),
            Lookup.IStartsWith => dialect.StartsWith(folded, CaseFolding.Fold(value)),
            Lookup.EndsWith => dialect.EndsWith(text, value),
            Lookup.IEndsWith => dialect.EndsWith(folded, CaseFolding.Fold(value)),
            Lookup.Regex => dialect.Matches(text, value, ignoresCase: false),
            Lookup.IRegex => dialect.Matches(text, value, ignoresCase: true),
            Lookup.Gt => SqlText.Of($"{text} > {value}"),
            Lookup.Gte => SqlText.Of($"{text} >= {value}"),
            Lookup.Lt => SqlText.Of($"{text} < {value}"),
            Lookup.Lte => SqlText.Of($"{text} <= {value}"),
            Lookup.Range => SqlText.Of($"({text} >= {value} and {text} <= {values[1]})"),
            _ => throw new NotSupportedException($"No SQL for {lookup} of text."),
        };
    }

    /// <summary>The text of a value that compares as text.</summary>
    public static string TextOf(QueryValue value) =>
        value is QueryValue.Text text ? text.Value : ((QueryValue.FreeForm)value).Value;

    /// <summary>The texts of a comparison whose values compare as text.</summary>
    public static IReadOnlyList<string> TextsOf(Condition.Comparison comparison) =>
        [.. comparison.Values.Select(TextOf)];
}
