using UserReports.Core.Query;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>Comparisons of instants and their parts, UTC.</summary>
internal sealed class InstantSql(SqlParameters parameters)
{
    public string Write(string column, Condition.Comparison comparison)
    {
        if (comparison.Part is InstantPart.Year or InstantPart.Month or InstantPart.Day)
        {
            return IntegerSql.Write(
                $"{Lookups.NameOf(comparison.Part)}({column})",
                comparison.Lookup,
                [.. comparison.Values.Select(v => ((QueryValue.Number)v).Value)],
                parameters
            );
        }

        List<DateTimeOffset> values = [.. comparison.Values.Select(v => ((QueryValue.Instant)v).Value)];
        return comparison.Part == InstantPart.Date
            ? Day(column, comparison.Lookup, values)
            : Whole(column, comparison.Lookup, values);
    }

    private string Whole(string column, Lookup lookup, List<DateTimeOffset> values) =>
        lookup switch
        {
            Lookup.Exact => $"{column} = {parameters.Add(values[0])}",
            Lookup.In => $"{column} in ({string.Join(", ", values.Select(parameters.Add))})",
            Lookup.Gt => $"{column} > {parameters.Add(values[0])}",
            Lookup.Gte => $"{column} >= {parameters.Add(values[0])}",
            Lookup.Lt => $"{column} < {parameters.Add(values[0])}",
            Lookup.Lte => $"{column} <= {parameters.Add(values[0])}",
            Lookup.Range => $"({column} >= {parameters.Add(values[0])} and {column} <= {parameters.Add(values[1])})",
            _ => throw new NotSupportedException($"No SQL for {lookup} of an instant."),
        };

    /// <summary>
    /// A day is a range of instants: so no function is called on the column, and whole blocks of it can be passed
    /// over.
    /// </summary>
    private string Day(string column, Lookup lookup, List<DateTimeOffset> days) =>
        lookup switch
        {
            Lookup.Exact => Within(column, days[0], days[0]),
            Lookup.In => $"({string.Join(" or ", days.Select(day => Within(column, day, day)))})",
            Lookup.Gt => $"{column} >= {NextDay(days[0])}",
            Lookup.Gte => $"{column} >= {parameters.Add(days[0])}",
            Lookup.Lt => $"{column} < {parameters.Add(days[0])}",
            Lookup.Lte => $"{column} < {NextDay(days[0])}",
            Lookup.Range => Within(column, days[0], days[1]),
            _ => throw new NotSupportedException($"No SQL for {lookup} of a day."),
        };

    private string Within(string column, DateTimeOffset first, DateTimeOffset last) =>
        $"({column} >= {parameters.Add(first)} and {column} < {NextDay(last)})";

    private string NextDay(DateTimeOffset day) =>
        parameters.Add(day > DateTimeOffset.MaxValue.AddDays(-1) ? DateTimeOffset.MaxValue : day.AddDays(1));
}
