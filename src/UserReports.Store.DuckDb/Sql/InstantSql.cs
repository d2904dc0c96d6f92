using System.Globalization;
using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>Comparisons of instants and their parts, UTC.</summary>
internal sealed class InstantSql(SqlParameters parameters)
{
    private const int YearLength = 4;
    private const int MonthLength = 7;
    private const int DayLength = 10;

    /// <param name="format">How the report shows the instant, which is what lookups of text look at.</param>
    public string Write(string column, Condition.Comparison comparison, InstantFormat format)
    {
        if (Lookups.IsTextual(comparison.Lookup))
            return Text(column, comparison, format);
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

    private string Text(string column, Condition.Comparison comparison, InstantFormat format)
    {
        List<string> values = [.. comparison.Values.Select(JsonTest.TextOf)];
        // The common question, of a year, a month or a day, is one of instants: no text needs to be made.
        if (comparison.Lookup is Lookup.StartsWith or Lookup.IStartsWith && Period(values[0]) is { } period)
        {
            return $"({column} >= {parameters.Add(period.Start)} and {column} < {parameters.Add(period.End)})";
        }

        // The database writes a space where ISO 8601 has a T, and no zeros that end a fraction.
        var text = $"(replace({column}::varchar, ' ', 'T') || '{(format == InstantFormat.Zulu ? "Z" : "+00:00")}')";
        return new TextSql(parameters).Write(text, $"lower({text})", comparison.Lookup, values);
    }

    /// <summary>The time of which every instant, and no other, begins with a text; null where that is not
    /// plain.</summary>
    private static (DateTimeOffset Start, DateTimeOffset End)? Period(string text)
    {
        var whole = text.Length switch
        {
            YearLength => text + "-01-01",
            MonthLength => text + "-01",
            DayLength => text,
            _ => "",
        };
        if (
            !DateTimeOffset.TryParseExact(
                whole,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var start
            )
            || start.Year == DateTimeOffset.MaxValue.Year
        )
            return null;
        var end = text.Length switch
        {
            YearLength => start.AddYears(1),
            MonthLength => start.AddMonths(1),
            _ => start.AddDays(1),
        };
        return (start, end);
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
