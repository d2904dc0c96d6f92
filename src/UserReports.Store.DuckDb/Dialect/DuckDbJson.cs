using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Store.DuckDb.Lists;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.DuckDb.Dialect;

/// <summary>Free-form JSON in DuckDB: text of which values are taken by their pointers.</summary>
internal sealed class DuckDbJson : JsonDialect
{
    /// <summary>Below 2^53 every whole number is itself as a binary number.</summary>
    private const long WholeMax = (1L << 53) - 1;

    public override SqlText TextAt(SqlText json, IReadOnlyList<string> keys) =>
        SqlText.Of($"json_extract_string({json}, {JsonPointer.Of(keys)})");

    public override SqlText IsNullAt(SqlText json, IReadOnlyList<string> keys, bool expected) =>
        expected
            ? SqlText.Of($"nullif(json_extract({json}, {JsonPointer.Of(keys)}), 'null') is null")
            : SqlText.Of($"nullif(json_extract({json}, {JsonPointer.Of(keys)}), 'null') is not null");

    /// <summary>The database would write numbers anew, with fewer digits than they may have.</summary>
    public override SqlText ValueAt(SqlText json, IReadOnlyList<string> keys)
    {
        var value = SqlText.Of($"value_at_way({json}, {JsonSerializer.Serialize(keys)})");
        // A number may be a place in a list; what does not even hold the key's name has no such key, and an escape may
        // hide one.
        return keys[0].Length == 0 || char.IsAsciiDigit(keys[0][0])
            ? value
            : SqlText.Of($"case when contains({json}, {$"\"{keys[0]}\""}) or contains({json}, '\\') then {value} end");
    }

    public override SqlText IsTextAt(SqlText json, IReadOnlyList<string> keys) =>
        SqlText.Of($"{TypeOf(json, keys)} = 'VARCHAR'");

    public override SqlText IsBooleanAt(SqlText json, IReadOnlyList<string> keys) =>
        SqlText.Of($"{TypeOf(json, keys)} = 'BOOLEAN'");

    /// <summary>
    /// Binary numbers, which the database is quick at, decide wherever the nearest ones differ. Where they are the same
    /// the digits decide, which <see cref="ListPredicate"/> knows; whole numbers on both sides need that only when long.
    /// </summary>
    public override SqlText NumberCompares(
        Condition.Comparison comparison,
        SqlText text,
        IReadOnlyList<ExactNumber> values
    )
    {
        var json = ColumnNames.Column(comparison.Path.Field);
        var type = TypeOf(json, [.. comparison.Path.Keys.Select(key => key!)]);
        var number = SqlText.Of($"try_cast({text} as double)");
        List<SqlText> nearest = [.. values.Select(value => SqlText.Value(value.Nearest))];
        var exactly = SqlText.Of($"json_matches({json}, {SqlText.Value(new ListPredicate(comparison))})");
        var compared = Compare(number, comparison.Lookup, nearest);
        var decided = SqlText.Of(
            $"case when {number} in ({SqlText.Join(", ", nearest)}) then {exactly} else {compared} end"
        );
        if (values.All(value => value.IsWhole && value <= WholeMax && value >= -WholeMax))
            decided = SqlText.Of($"case when {type} = 'DOUBLE' then {decided} else {compared} end");
        return SqlText.Of($"({type} in ('BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT') and {decided})");
    }

    private static SqlText TypeOf(SqlText json, IReadOnlyList<string> keys) =>
        SqlText.Of($"json_type({json}, {JsonPointer.Of(keys)})");

    private static SqlText Compare(SqlText number, Lookup lookup, List<SqlText> values) =>
        lookup switch
        {
            Lookup.Exact => SqlText.Of($"{number} = {values[0]}"),
            Lookup.In => SqlText.Of($"{number} in ({SqlText.Join(", ", values)})"),
            Lookup.Gt => SqlText.Of($"{number} > {values[0]}"),
            Lookup.Gte => SqlText.Of($"{number} >= {values[0]}"),
            Lookup.Lt => SqlText.Of($"{number} < {values[0]}"),
            Lookup.Lte => SqlText.Of($"{number} <= {values[0]}"),
            Lookup.Range => SqlText.Of($"({number} >= {values[0]} and {number} <= {values[1]})"),
            _ => throw new NotSupportedException($"No SQL for {lookup} of a number."),
        };
}
