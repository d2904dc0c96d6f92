using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.ClickHouse.Dialect;

/// <summary>Free-form JSON, kept as <see cref="Tables.SearchForm"/>.</summary>
internal sealed class ClickHouseJson : JsonDialect
{
    public override SqlText TextAt(SqlText json, IReadOnlyList<string> keys) =>
        Node(json, keys).Shown(SearchNode.Of(json));

    public override SqlText IsNullAt(SqlText json, IReadOnlyList<string> keys, bool expected) =>
        expected ? Node(json, keys).IsNull : SqlText.Of($"not ({Node(json, keys).IsNull})");

    public override SqlText IsTextAt(SqlText json, IReadOnlyList<string> keys) => Node(json, keys).IsText;

    public override SqlText IsBooleanAt(SqlText json, IReadOnlyList<string> keys) =>
        SqlText.Of($"{Node(json, keys).Scalar} in ('t', 'f')");

    public override SqlText NumberCompares(
        Condition.Comparison comparison,
        SqlText text,
        IReadOnlyList<ExactNumber> values
    ) =>
        Node(ColumnNames.Column(comparison.Path.Field), [.. comparison.Path.Keys.Select(key => key!)])
            .NumberCompares(comparison.Lookup, values);

    private static SearchNode Node(SqlText json, IReadOnlyList<string> keys) =>
        keys.Aggregate(SearchNode.Of(json), (node, key) => node.Key(key));
}
