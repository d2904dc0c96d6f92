using UserReports.Core.Query;
using UserReports.Store.Sql.Dialects;
using UserReports.Store.Sql.Filters;

namespace UserReports.Store.Sql.Statements;

/// <summary>The statement that answers a summary.</summary>
/// <remarks>
/// Each row: whether it is "the others", a column per group, a column per measure. Groups of time and of ranges come in
/// their own order, all others the largest first; the others come last. What is the top is decided by the number of
/// rows, of time the latest.
/// </remarks>
public sealed class SummarySql(SqlDialect dialect)
{
    /// <summary>The statement by groups; without groups one row over everything.</summary>
    public SqlStatement Write(SummaryQuery query)
    {
        var where = query.Filter is null
            ? SqlText.Empty
            : SqlText.Of($" where {new FilterSql(dialect).Write(query.Filter)}");
        if (query.Groups.Count == 0)
        {
            var figures = query.Measures.Select(measure =>
                Figure(measure, measure.Path is null ? null : Input(measure))
            );
            return SqlText
                .Of($"select false, {SqlText.Join(", ", figures)} from {dialect.Table}{where}")
                .ToStatement(dialect);
        }

        return Grouped(query, where).ToStatement(dialect);
    }

    private SqlText Grouped(SummaryQuery query, SqlText where)
    {
        List<SqlText> names = [.. query.Groups.Select((_, i) => SqlText.Numbered("g", i))];
        var groups = query.Groups.Select((group, i) => SqlText.Of($"{Key(group)} as {names[i]}"));
        var inputs = query
            .Measures.Index()
            .Where(measure => measure.Item.Path is not null)
            .Select(measure => SqlText.Of($"{Input(measure.Item)} as {SqlText.Numbered("m", measure.Index)}"));
        var list = SqlText.Join(", ", names);
        var same = SqlText.Join(
            " and ",
            names.Select(name => dialect.IsSame(SqlText.Of($"top.{name}"), SqlText.Of($"chosen.{name}")))
        );
        List<SqlText> keys = [.. names.Select(name => SqlText.Of($"case when top.found then chosen.{name} end"))];
        var named = SqlText.Join(", ", keys.Zip(names, (key, name) => SqlText.Of($"{key} as {name}")));
        var outputs = SqlText.Join(
            ", ",
            query.Measures.Select((measure, i) => Figure(measure, SqlText.Numbered("m", i)))
        );
        var isOfTime = query.Groups[0].Period != SummaryPeriod.None;
        var rank = isOfTime ? SqlText.Constant("g0 desc nulls last") : SqlText.Constant("count(*) desc");
        var order = isOfTime || query.Groups[0].Step > 0 ? list : SqlText.Of($"count(*) desc, {list}");
        return SqlText.Of(
            $"""
            with chosen as (select {SqlText.Join(", ", groups.Concat(inputs))} from {dialect.Table}{where}),
            top as (select {list}, true as found from chosen group by {list}
                order by {rank}, {list} limit {SqlText.Number(query.Top)})
            select top.found is null as others, {named}, {outputs} from chosen left join top on {same}
            group by top.found, {SqlText.Join(", ", keys)}
            order by others, {order}
            """
        );
    }

    private static SqlText Input(SummaryMeasure measure) => ColumnNames.Column(measure.Path!.Field);

    private SqlText Key(SummaryGroup group)
    {
        var path = group.Path;
        var column = ColumnNames.Column(path.Field);
        if (path.IsBelowList)
            return dialect.Lists.RowPerValue(column);
        if (group.Period != SummaryPeriod.None)
            return dialect.Instants.StartOf(column, group.Period);
        return group.Step > 0 ? dialect.Figures.StartOfRange(column, group.Step) : OrderSql.KeyOf(path, dialect);
    }

    private SqlText Figure(SummaryMeasure measure, SqlText? input) =>
        (measure.Function, input) switch
        {
            (SummaryFunction.Count, _) => SqlText.Constant("count(*)"),
            (SummaryFunction.Sum, { } of) => dialect.Figures.Sum(of),
            (SummaryFunction.Min, { } of) => SqlText.Of($"min({of})"),
            (SummaryFunction.Max, { } of) => SqlText.Of($"max({of})"),
            (SummaryFunction.Avg, { } of) => SqlText.Of($"avg({of})"),
            (SummaryFunction.Percentile, { } of) => dialect.Figures.Percentile(of, measure.Percentile),
            _ => throw new NotSupportedException($"No SQL for {measure.Function}."),
        };
}
