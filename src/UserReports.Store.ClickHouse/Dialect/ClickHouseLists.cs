using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;
using UserReports.Store.Sql.Filters;

namespace UserReports.Store.ClickHouse.Dialect;

/// <summary>
/// Conditions below a list. Values that are collected have a column of their own; everything else is looked up in the
/// list's <see cref="Tables.SearchForm"/>.
/// </summary>
internal sealed class ClickHouseLists : ListDialect
{
    public override Field? DeciderOf(Condition condition) =>
        condition switch
        {
            Condition.All { Parts: var parts } => Common(parts),
            Condition.Any { Parts: var parts } => Common(parts),
            Condition.Not { Part: var part } => DeciderOf(part),
            _ when PathOf(condition) is not { } path || IsCollected(condition, path) => null,
            _ when PathOf(condition) is { Elements.Count: > 0 } path => ListOf(path),
            Condition.IsEmpty { List: { Kind: FieldKind.Json, Field: var field } } => field,
            _ when PathOf(condition) is { HasAnyKey: true, Field: var field } => field,
            _ => null,
        };

    public override SqlText Decided(Condition condition, Field decider) =>
        condition switch
        {
            Condition.All all => SqlText.Of(
                $"({SqlText.Join(" and ", all.Parts.Select(part => Decided(part, decider)))})"
            ),
            Condition.Any any => SqlText.Of(
                $"({SqlText.Join(" or ", any.Parts.Select(part => Decided(part, decider)))})"
            ),
            Condition.Not not => SqlText.Of($"(not {Decided(not.Part, decider)})"),
            _ => Some(condition, PathOf(condition)!),
        };

    public override SqlText Compare(Condition.Comparison comparison)
    {
        var column = ColumnNames.Column(comparison.Path.Field);
        var values = TextSql.TextsOf(comparison);
        if (comparison.Lookup is Lookup.Exact)
            return SqlText.Of($"has({column}, {values[0]})");
        if (comparison.Lookup is Lookup.In)
            return SqlText.Of($"hasAny({column}, {SqlText.Value(values)})");
        var each = SqlText.Constant("x");
        var text = new ClickHouseTexts();
        return SqlText.Of(
            $"arrayExists(x -> {TextSql.Write(text, each, text.Folded(each), comparison.Lookup, values)}, {column})"
        );
    }

    /// <summary>Of an empty list nothing is stored.</summary>
    public override SqlText IsEmpty(SqlText list) => SqlText.Of($"{list} = ''");

    public override SqlText ElementAt(FieldPath path)
    {
        var (outermost, node) = Walk(path);
        return path.Kind switch
        {
            FieldKind.Text => SqlText.Of($"if({node.IsText}, {node.Text}, null)"),
            FieldKind.Boolean => SqlText.Of($"multiIf({node.Scalar} = 't', true, {node.Scalar} = 'f', false, null)"),
            FieldKind.Integer => SqlText.Of($"toInt64OrNull({node.Digits})"),
            FieldKind.Decimal => SqlText.Of($"toFloat64OrNull({node.Digits})"),
            FieldKind.Instant => node.Microseconds,
            _ => node.Shown(outermost),
        };
    }

    public override SqlText RowPerValue(SqlText values) =>
        SqlText.Of(
            $"arrayJoin(if(empty({values}), [cast(null as Nullable(String))], arrayMap(x -> toNullable(x), arrayDistinct({values}))))"
        );

    private Field? Common(IReadOnlyList<Condition> parts) =>
        parts.Count > 0 && DeciderOf(parts[0]) is { } first && parts.Skip(1).All(part => DeciderOf(part) == first)
            ? first
            : null;

    private static bool IsCollected(Condition condition, FieldPath path) =>
        condition is Condition.Comparison && ColumnNames.IsListOfValues(path);

    private static FieldPath? PathOf(Condition condition) =>
        condition switch
        {
            Condition.Comparison c => c.Path,
            Condition.IsNull c => c.Path,
            Condition.IsEmpty c => c.List,
            _ => null,
        };

    private static Field ListOf(FieldPath path) => path.Steps.First(step => step.Kind == FieldKind.List);

    /// <summary>The place of one element's value, and that of the free-form value in which it lies.</summary>
    private static (SearchNode Outermost, SearchNode Node) Walk(FieldPath path)
    {
        var node = SearchNode.Of(ColumnNames.Column(ListOf(path)));
        var element = 0;
        foreach (var step in path.Steps.SkipWhile(step => step.Kind != FieldKind.List))
        {
            if (step != ListOf(path))
                node = node.Member(step.Name);
            if (step.Kind == FieldKind.List)
                node = node.Element(path.Elements[element++]!.Value);
        }

        return (node, path.Keys.Aggregate(node, (at, key) => at.Key(key!)));
    }

    /// <summary>Some value that the path leads to is as asked; true or false, never null.</summary>
    private static SqlText Some(Condition condition, FieldPath path)
    {
        List<Func<SearchNode, SearchNode>?> steps = [];
        if (path.IsBelowList)
        {
            var element = 0;
            foreach (var step in path.Steps.SkipWhile(step => step.Kind != FieldKind.List))
            {
                if (step != ListOf(path))
                    steps.Add(node => node.Member(step.Name));
                if (step.Kind == FieldKind.List && element < path.Elements.Count)
                    steps.Add(path.Elements[element++] is { } at ? node => node.Element(at) : null);
            }
        }

        steps.AddRange(
            path.Keys.Select(Func<SearchNode, SearchNode>? (key) => key is null ? null : node => node.Key(key))
        );
        var column = ColumnNames.Column(path.IsBelowList ? ListOf(path) : path.Field);
        return Some(condition, steps, 0, SearchNode.Of(column), 0);
    }

    /// <param name="depth">How many lists are being gone through.</param>
    private static SqlText Some(
        Condition condition,
        List<Func<SearchNode, SearchNode>?> steps,
        int at,
        SearchNode node,
        int depth
    )
    {
        for (; at < steps.Count; at++)
        {
            if (steps[at] is { } step)
            {
                node = step(node);
                continue;
            }

            var each = SqlText.Numbered("x", depth);
            var found = Some(condition, steps, at + 1, SearchNode.OfElement(each), depth + 1);
            return SqlText.Of($"arrayExists({each} -> {found}, {node.Elements})");
        }

        return SqlText.Of($"ifNull({Decide(condition, node)}, false)");
    }

    private static SqlText Decide(Condition condition, SearchNode node) =>
        condition switch
        {
            Condition.IsNull { Expected: true } => node.IsNull,
            Condition.IsNull => SqlText.Of($"not ({node.IsNull})"),
            Condition.IsEmpty => node.IsEmpty,
            Condition.Comparison comparison => Compare(comparison, node),
            _ => throw new NotSupportedException($"{condition.GetType().Name} is no condition of a value."),
        };

    private static SqlText Compare(Condition.Comparison comparison, SearchNode node) =>
        comparison.Path.Kind switch
        {
            FieldKind.Text => Text(comparison, node),
            FieldKind.Boolean => SqlText.Of(
                $"{node.Scalar} in ({SqlText.Values(comparison.Values.Select(v => ((QueryValue.Boolean)v).Value ? "t" : "f"))})"
            ),
            FieldKind.Integer or FieldKind.Decimal => node.NumberCompares(
                comparison.Lookup,
                [.. comparison.Values.Select(v => ((QueryValue.Number)v).Value)]
            ),
            FieldKind.Instant => new InstantSql(ClickHouseDialect.Of(SqlText.Empty)).Write(
                node.Microseconds,
                comparison,
                comparison.Path.Field.InstantFormat
            ),
            _ => FreeForm(comparison, node),
        };

    private static SqlText Text(Condition.Comparison comparison, SearchNode node)
    {
        var dialect = new ClickHouseTexts();
        var compared = TextSql.Write(
            dialect,
            node.Text,
            dialect.Folded(node.Text),
            comparison.Lookup,
            TextSql.TextsOf(comparison)
        );
        return SqlText.Of($"({node.IsText} and {compared})");
    }

    /// <summary>Of several values those count that are numbers; else all must be.</summary>
    private static SqlText FreeForm(Condition.Comparison comparison, SearchNode node)
    {
        List<SqlText> ways = [Text(comparison, node)];
        if (!Lookups.IsTextual(comparison.Lookup))
        {
            List<QueryValue.FreeForm> values = [.. comparison.Values.Cast<QueryValue.FreeForm>()];
            List<ExactNumber> numbers = [.. values.Select(v => v.AsNumber).OfType<ExactNumber>()];
            if (numbers.Count > 0 && (comparison.Lookup == Lookup.In || numbers.Count == values.Count))
                ways.Add(node.NumberCompares(comparison.Lookup, numbers));
            List<string> flags = [.. values.Select(v => v.AsBoolean).OfType<bool>().Select(flag => flag ? "t" : "f")];
            if (comparison.Lookup is Lookup.Exact or Lookup.In && flags.Count > 0)
                ways.Add(SqlText.Of($"{node.Scalar} in ({SqlText.Values(flags)})"));
        }

        return SqlText.Of($"({SqlText.Join(" or ", ways)})");
    }
}
