using System.Globalization;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>The statement that answers a summary.</summary>
/// <remarks>
/// Each row: whether it is "the others", a column per group, a column per measure. Groups of time and of ranges come in
/// their own order, all others the largest first; the others come last. What is the top is decided by the number of
/// rows, of time the latest.
/// </remarks>
public static class SummarySql
{
    /// <summary>The statement by groups; without groups one row over everything.</summary>
    public static (string Sql, SqlParameters Parameters) Write(SummaryQuery query)
    {
        var parameters = new SqlParameters();
        var where = query.Filter is null ? "" : $" where {new FilterSql(parameters).Write(query.Filter)}";
        if (query.Groups.Count == 0)
        {
            var figures = query.Measures.Select(m =>
                Figure(m, m.Path is null ? "" : ReportColumns.Quote(m.Path.Field.Path))
            );
            return ($"select false, {string.Join(", ", figures)} from reports{where}", parameters);
        }

        var names = query.Groups.Select((_, i) => Name("g", i)).ToList();
        var groups = query.Groups.Select((group, i) => $"{Key(group, parameters)} as {names[i]}");
        var inputs = query
            .Measures.Select(
                (measure, i) =>
                    measure.Path is null ? null : $"{ReportColumns.Quote(measure.Path.Field.Path)} as {Name("m", i)}"
            )
            .OfType<string>();
        var list = string.Join(", ", names);
        var same = string.Join(" and ", names.Select(n => $"top.{n} is not distinct from chosen.{n}"));
        var keys = string.Join(", ", names.Select(n => $"case when top.found then chosen.{n} end as {n}"));
        var outputs = string.Join(", ", query.Measures.Select((measure, i) => Figure(measure, Name("m", i))));
        var ranges = query.Groups[0].Period != SummaryPeriod.None || query.Groups[0].Step > 0;
        var rank = query.Groups[0].Period != SummaryPeriod.None ? "g0 desc nulls last" : "count(*) desc";
        var order = ranges ? $"{list}" : $"count(*) desc, {list}";
        var sql = $"""
            with chosen as (select {string.Join(", ", groups.Concat(inputs))} from reports{where}),
            top as (select {list}, true as found from chosen group by {list}
                order by {rank}, {list} limit {query.Top.ToString(CultureInfo.InvariantCulture)})
            select top.found is null as others, {keys}, {outputs} from chosen left join top on {same}
            group by top.found, {string.Join(", ", names.Select(n => $"case when top.found then chosen.{n} end"))}
            order by others, {order}
            """;
        return (sql, parameters);
    }

    private static string Name(string prefix, int index) => prefix + index.ToString(CultureInfo.InvariantCulture);

    private static string Key(SummaryGroup group, SqlParameters parameters)
    {
        var path = group.Path;
        var column = ReportColumns.Quote(path.Field.Path);
        if (path.IsBelowList)
            return $"unnest(case when len({column}) > 0 then list_distinct({column}) else [null] end)";
        if (group.Period != SummaryPeriod.None)
            return $"date_trunc('{group.Period.ToString().ToLowerInvariant()}', {column})::timestamp";
        if (group.Step > 0)
        {
            var step = group.Step.ToString(CultureInfo.InvariantCulture);
            // The lowest range may begin below what 64 bits hold; it is then named by the lowest number.
            var start = $"{column}::hugeint - ({column} % {step} + {step}) % {step}";
            return $"greatest({start}, {long.MinValue.ToString(CultureInfo.InvariantCulture)}::hugeint)::bigint";
        }

        return PageSql.KeyOf(path, parameters);
    }

    private static string Figure(SummaryMeasure measure, string input) =>
        measure.Function switch
        {
            SummaryFunction.Count => "count(*)",
            SummaryFunction.Sum => $"sum({input})",
            SummaryFunction.Min => $"min({input})",
            SummaryFunction.Max => $"max({input})",
            SummaryFunction.Avg => $"avg({input})",
            // Whole percents of our own counting: a number in the statement, and none that came from outside as text.
            _ => $"quantile_disc({input}, 0.{measure.Percentile.ToString("D2", CultureInfo.InvariantCulture)})",
        };
}
