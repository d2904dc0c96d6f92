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
        var where = dialect.Where(query.Filter is null ? null : new FilterSql(dialect).Write(query.Filter));
        if (query.Groups.Count == 0)
        {
            var figures = query.Measures.Select(measure =>
                Figure(dialect.Figures, measure, measure.Path is null ? null : Input(measure))
            );
            return SqlText
                .Of($"select false, {SqlText.Join(", ", figures)} from {dialect.Table}{where}")
                .ToStatement(dialect);
        }

        var grouped = dialect.Figures.States is var (kept, brought)
            ? GroupedTwice(query, where, kept, brought)
            : Grouped(query, where);
        return grouped.ToStatement(dialect);
    }

    /// <summary>Rows are grouped as finely as is asked, then the groups that are not the largest are brought
    /// together.</summary>
    private SqlText GroupedTwice(SummaryQuery query, SqlText where, FigureDialect kept, FigureDialect brought)
    {
        List<SqlText> names = [.. query.Groups.Select((_, i) => SqlText.Numbered("g", i))];
        List<SqlText> shown = [.. query.Groups.Select((_, i) => SqlText.Numbered("k", i))];
        var groups = query.Groups.Select((group, i) => SqlText.Of($"{Key(group)} as {names[i]}"));
        List<(SummaryMeasure Measure, SqlText Name)> measures =
        [
            .. query.Measures.Select((measure, i) => (measure, SqlText.Numbered("m", i))),
        ];
        var states = measures
            .Where(measure => measure.Measure.Path is not null)
            .Select(of => SqlText.Of($"{Figure(kept, of.Measure, Input(of.Measure))} as {of.Name}"));
        var list = SqlText.Join(", ", names);
        var (rank, order) = OrderOf(query, SqlText.Constant("counted"), SqlText.Constant("sum(counted)"), shown);
        var top = SqlText.Number(query.Top);
        var keys = names.Zip(shown, (name, key) => SqlText.Of($"case when place <= {top} then {name} end as {key}"));
        var outputs = measures.Select(of =>
            of.Measure.Path is null ? SqlText.Constant("sum(counted)") : Figure(brought, of.Measure, of.Name)
        );
        return SqlText.Of(
            $"""
            with grouped as (select {SqlText.Join(
                ", ",
                groups.Append(SqlText.Constant("count(*) as counted")).Concat(states)
            )}
                from {dialect.Table}{where} group by {list}),
            ranked as (select *, row_number() over (order by {rank}, {list}) as place from grouped)
            select place > {top} as others, {SqlText.Join(", ", keys.Concat(outputs))} from ranked
            group by others, {SqlText.Join(", ", shown)}
            order by others, {order}
            """
        );
    }

    /// <summary>How groups are ranked, and how those that are shown are ordered.</summary>
    private static (SqlText Rank, SqlText Order) OrderOf(
        SummaryQuery query,
        SqlText rows,
        SqlText allRows,
        IReadOnlyList<SqlText> names
    )
    {
        var list = SqlText.Join(", ", names);
        var isOfTime = query.Groups[0].Period != SummaryPeriod.None;
        return (
            isOfTime ? SqlText.Constant("g0 desc nulls last") : SqlText.Of($"{rows} desc"),
            isOfTime || query.Groups[0].Step > 0 ? list : SqlText.Of($"{allRows} desc, {list}")
        );
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
            names.Select(name => dialect.IsSame(SqlText.Of($"largest.{name}"), SqlText.Of($"chosen.{name}")))
        );
        List<SqlText> keys = [.. names.Select(name => SqlText.Of($"case when largest.found then chosen.{name} end"))];
        var named = SqlText.Join(", ", keys.Zip(names, (key, name) => SqlText.Of($"{key} as {name}")));
        var outputs = SqlText.Join(
            ", ",
            query.Measures.Select((measure, i) => Figure(dialect.Figures, measure, SqlText.Numbered("m", i)))
        );
        var rows = SqlText.Constant("count(*)");
        var (rank, order) = OrderOf(query, rows, rows, names);
        return SqlText.Of(
            $"""
            with chosen as (select {SqlText.Join(", ", groups.Concat(inputs))} from {dialect.Table}{where}),
            largest as (select {list}, true as found from chosen group by {list}
                order by {rank}, {list} limit {SqlText.Number(query.Top)})
            select largest.found is null as others, {named}, {outputs} from chosen left join largest on {same}
            group by largest.found, {SqlText.Join(", ", keys)}
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

    private static SqlText Figure(FigureDialect figures, SummaryMeasure measure, SqlText? input) =>
        (measure.Function, input) switch
        {
            (SummaryFunction.Count, _) => SqlText.Constant("count(*)"),
            (SummaryFunction.Sum, { } of) => figures.Sum(of),
            (SummaryFunction.Min, { } of) => figures.Least(of),
            (SummaryFunction.Max, { } of) => figures.Greatest(of),
            (SummaryFunction.Avg, { } of) => figures.Average(of),
            (SummaryFunction.Percentile, { } of) => figures.Percentile(of, measure.Percentile),
            _ => throw new NotSupportedException($"No SQL for {measure.Function}."),
        };
}
