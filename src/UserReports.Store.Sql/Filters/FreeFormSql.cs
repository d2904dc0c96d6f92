using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.Sql.Filters;

/// <summary>Comparisons of values in free-form JSON, whose own type decides how they compare.</summary>
internal sealed class FreeFormSql(SqlDialect dialect)
{
    /// <summary>The text of the value at a path; of a number its digits.</summary>
    public SqlText TextOf(FieldPath path)
    {
        var text = dialect.Json.TextAt(ColumnNames.Column(path.Field), Keys(path));
        return ColumnNames.KeyColumn(path) is { } known ? SqlText.Of($"coalesce({known}, {text})") : text;
    }

    /// <summary>The value at a path is null or missing, or is not.</summary>
    public SqlText WriteNull(FieldPath path, bool expected)
    {
        var json = dialect.Json.IsNullAt(ColumnNames.Column(path.Field), Keys(path), expected);
        if (ColumnNames.KeyColumn(path) is not { } known)
            return json;
        return expected ? SqlText.Of($"({known} is null and {json})") : SqlText.Of($"({known} is not null or {json})");
    }

    public SqlText Write(Condition.Comparison comparison)
    {
        var path = comparison.Path;
        var known = ColumnNames.KeyColumn(path);
        var text = known ?? TextOf(path);
        var asText = TextSql.Write(
            dialect.Text,
            text,
            dialect.Text.Folded(text),
            comparison.Lookup,
            TextSql.TextsOf(comparison)
        );
        var others = Lookups.IsTextual(comparison.Lookup) ? null : AsNumberOrBoolean(comparison);
        if (known is not null)
            return others is null ? asText : SqlText.Of($"({asText} or ({known} is null and {others}))");
        var isText = dialect.Json.IsTextAt(ColumnNames.Column(path.Field), Keys(path));
        asText = SqlText.Of($"({isText} and {asText})");
        return others is null ? asText : SqlText.Of($"({asText} or {others})");
    }

    private SqlText? AsNumberOrBoolean(Condition.Comparison comparison)
    {
        List<QueryValue.FreeForm> values = [.. comparison.Values.Cast<QueryValue.FreeForm>()];
        List<ExactNumber> numbers = [.. values.Select(v => v.AsNumber).OfType<ExactNumber>()];
        List<SqlText> ways = [];
        // Of a list those count that are numbers; else all must be.
        if (numbers.Count > 0 && (comparison.Lookup == Lookup.In || numbers.Count == values.Count))
            ways.Add(dialect.Json.NumberCompares(comparison, TextOf(comparison.Path), numbers));
        if (comparison.Lookup is Lookup.Exact or Lookup.In && values.Any(v => v.AsBoolean is not null))
        {
            var flags = values.Select(v => v.AsBoolean).OfType<bool>().Select(flag => flag ? "true" : "false");
            var isBoolean = dialect.Json.IsBooleanAt(ColumnNames.Column(comparison.Path.Field), Keys(comparison.Path));
            ways.Add(SqlText.Of($"({isBoolean} and {TextOf(comparison.Path)} in ({SqlText.Values(flags)}))"));
        }

        return ways.Count == 0 ? null : SqlText.Of($"({SqlText.Join(" or ", ways)})");
    }

    /// <summary>None is null: those paths are of lists.</summary>
    private static List<string> Keys(FieldPath path) => [.. path.Keys.Select(key => key!)];
}
