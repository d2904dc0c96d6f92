using UserReports.Core.Query;
using UserReports.Core.Query.Values;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>
/// Comparisons of text. Text compares by Unicode code point, which is what bytes of UTF-8 compare by.
/// </summary>
internal sealed class TextSql(SqlParameters parameters)
{
    /// <param name="text">The text as SQL.</param>
    /// <param name="folded">The same text case-folded, as SQL.</param>
    public string Write(string text, string folded, Lookup lookup, IReadOnlyList<string> values)
    {
        string Plain() => parameters.Add(values[0]);
        string Folded() => parameters.Add(CaseFolding.Fold(values[0]));
        return lookup switch
        {
            Lookup.Exact => $"{text} = {Plain()}",
            Lookup.In => $"{text} in ({string.Join(", ", values.Select(v => parameters.Add(v)))})",
            Lookup.IExact => $"{folded} = {Folded()}",
            Lookup.Contains => $"contains({text}, {Plain()})",
            Lookup.IContains => $"contains({folded}, {Folded()})",
            Lookup.StartsWith => $"starts_with({text}, {Plain()})",
            Lookup.IStartsWith => $"starts_with({folded}, {Folded()})",
            Lookup.EndsWith => $"ends_with({text}, {Plain()})",
            Lookup.IEndsWith => $"ends_with({folded}, {Folded()})",
            Lookup.Regex => $"regexp_matches({text}, {Plain()})",
            Lookup.IRegex => $"regexp_matches({text}, {Plain()}, 'i')",
            Lookup.Gt => $"{text} > {Plain()}",
            Lookup.Gte => $"{text} >= {Plain()}",
            Lookup.Lt => $"{text} < {Plain()}",
            Lookup.Lte => $"{text} <= {Plain()}",
            Lookup.Range => $"({text} >= {Plain()} and {text} <= {parameters.Add(values[1])})",
            _ => throw new NotSupportedException($"No SQL for {lookup} of text."),
        };
    }
}
