using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>Comparisons of values in free-form JSON, whose own type decides how they compare.</summary>
internal sealed class FreeFormSql(SqlParameters parameters)
{
    /// <summary>Below 2^53 every whole number is itself as a binary number.</summary>
    private const long WholeMax = (1L << 53) - 1;

    /// <summary>
    /// The JSON value at a path, as SQL of type JSON; null if there is none, or where its key's column has it.
    /// </summary>
    private static string Extract(FieldPath path, SqlParameters parameters) =>
        $"json_extract({ReportColumns.Quote(path.Field.Path)}, {parameters.Add(Pointer(path.Keys))})";

    /// <summary>The text of the value at a path, as SQL; of a number its digits.</summary>
    public static string ExtractText(FieldPath path, SqlParameters parameters)
    {
        var text = $"json_extract_string({ReportColumns.Quote(path.Field.Path)}, {parameters.Add(Pointer(path.Keys))})";
        return Known(path) is { } known ? $"coalesce({known}, {text})" : text;
    }

    /// <summary>The value at a path is null or missing, or is not.</summary>
    public string WriteNull(FieldPath path, bool expected)
    {
        var verb = expected ? "is null" : "is not null";
        var json = $"nullif({Extract(path, parameters)}, 'null') {verb}";
        return Known(path) is { } known ? $"({known} {verb} {(expected ? "and" : "or")} {json})" : json;
    }

    public string Write(Condition.Comparison comparison)
    {
        var path = comparison.Path;
        var known = Known(path);
        var text = known ?? ExtractText(path, parameters);
        var asText = new TextSql(parameters).Write(text, $"casefold({text})", comparison.Lookup, Texts(comparison));
        var others = Lookups.IsTextual(comparison.Lookup) ? null : AsNumberOrBoolean(comparison);
        if (known is not null)
            return others is null ? asText : $"({asText} or ({known} is null and {others}))";
        asText =
            $"(json_type({ReportColumns.Quote(path.Field.Path)}, {parameters.Add(Pointer(path.Keys))}) = 'VARCHAR' and {asText})";
        return others is null ? asText : $"({asText} or {others})";
    }

    /// <summary>The column that holds the value if it is text, or null if the key has none.</summary>
    private static string? Known(FieldPath path) =>
        path.Keys.Count == 1 && path.Field.KnownKeys.Contains(path.Keys[0])
            ? ReportColumns.Quote($"{path.Field.Path}__{path.Keys[0]}")
            : null;

    private static List<string> Texts(Condition.Comparison comparison) =>
        [.. comparison.Values.Select(v => ((QueryValue.FreeForm)v).Value)];

    /// <summary>A JSON pointer, in which no key means anything but itself; <c>$</c> is the whole.</summary>
    public static string Pointer(IEnumerable<string?> keys) =>
        string.Concat(
            keys.Select(k =>
                "/" + k!.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
            )
        )
            is { Length: > 0 } pointer
            ? pointer
            : "$";

    private string? AsNumberOrBoolean(Condition.Comparison comparison)
    {
        List<QueryValue.FreeForm> values = [.. comparison.Values.Cast<QueryValue.FreeForm>()];
        List<string> ways = [];
        if (
            comparison.Lookup == Lookup.In
                ? values.Any(v => v.AsNumber is not null)
                : values.All(v => v.AsNumber is not null)
        )
        {
            ways.Add(
                AsNumber(comparison, [.. values.Where(v => v.AsNumber is not null).Select(v => v.AsNumber!.Value)])
            );
        }

        if (comparison.Lookup is Lookup.Exact or Lookup.In && values.Any(v => v.AsBoolean is not null))
        {
            var flags = values
                .Where(v => v.AsBoolean is not null)
                .Select(v => parameters.Add(v.AsBoolean!.Value ? "true" : "false"));
            ways.Add(
                $"({TypeOf(comparison.Path)} = 'BOOLEAN' and {ExtractText(comparison.Path, parameters)} in ({string.Join(", ", flags)}))"
            );
        }

        return ways.Count == 0 ? null : $"({string.Join(" or ", ways)})";
    }

    /// <summary>
    /// Binary numbers, which the database is quick at, decide wherever the nearest ones differ. Where they are the same
    /// the digits decide, which <see cref="ListPredicate"/> knows; whole numbers on both sides need that only when long.
    /// </summary>
    private string AsNumber(Condition.Comparison comparison, List<ExactNumber> values)
    {
        var number = $"try_cast({ExtractText(comparison.Path, parameters)} as double)";
        List<string> nearest = [.. values.Select(value => parameters.Add(value.Nearest))];
        var exactly =
            $"json_matches({ReportColumns.Quote(comparison.Path.Field.Path)}, {parameters.Add(new ListPredicate(comparison))})";
        var compared = Compare(number, comparison.Lookup, nearest);
        var decided = $"case when {number} in ({string.Join(", ", nearest)}) then {exactly} else {compared} end";
        if (values.All(value => value.IsWhole && value <= WholeMax && value >= -WholeMax))
            decided = $"case when {TypeOf(comparison.Path)} = 'DOUBLE' then {decided} else {compared} end";
        return $"({TypeOf(comparison.Path)} in ('BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT') and {decided})";
    }

    private string TypeOf(FieldPath path) =>
        $"json_type({ReportColumns.Quote(path.Field.Path)}, {parameters.Add(Pointer(path.Keys))})";

    private static string Compare(string number, Lookup lookup, List<string> values) =>
        lookup switch
        {
            Lookup.Exact => $"{number} = {values[0]}",
            Lookup.In => $"{number} in ({string.Join(", ", values)})",
            Lookup.Gt => $"{number} > {values[0]}",
            Lookup.Gte => $"{number} >= {values[0]}",
            Lookup.Lt => $"{number} < {values[0]}",
            Lookup.Lte => $"{number} <= {values[0]}",
            Lookup.Range => $"({number} >= {values[0]} and {number} <= {values[1]})",
            _ => throw new NotSupportedException($"No SQL for {lookup} of a number."),
        };
}
