using System.Globalization;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.Sql.Filters;

/// <summary>Comparisons of instants and their parts, UTC.</summary>
public sealed class InstantSql(SqlDialect dialect)
{
    private const int YearLength = 4;
    private const int MonthLength = 7;
    private const int DayLength = 10;

    /// <summary>A comparison of an instant.</summary>
    /// <param name="format">How the report shows the instant, which is what lookups of text look at.</param>
    public SqlText Write(SqlText column, Condition.Comparison comparison, InstantFormat format)
    {
        if (Lookups.IsTextual(comparison.Lookup))
            return Text(column, comparison, format);
        if (comparison.Part is InstantPart.Year or InstantPart.Month or InstantPart.Day)
        {
            return IntegerSql.Write(
                dialect.Instants.PartOf(column, comparison.Part),
                comparison.Lookup,
                [.. comparison.Values.Select(v => ((QueryValue.Number)v).Value)]
            );
        }

        List<DateTimeOffset> values = [.. comparison.Values.Select(v => ((QueryValue.Instant)v).Value)];
        return comparison.Part == InstantPart.Date
            ? Day(column, comparison.Lookup, values)
            : Whole(column, comparison.Lookup, values);
    }

    private SqlText Text(SqlText column, Condition.Comparison comparison, InstantFormat format)
    {
        var values = TextSql.TextsOf(comparison);
        // The common question, of a year, a month or a day, is one of instants: no text needs to be made.
        if (comparison.Lookup is Lookup.StartsWith or Lookup.IStartsWith && Period(values[0]) is { } period)
            return SqlText.Of($"({column} >= {period.Start} and {column} < {period.End})");
        var text = dialect.Instants.Shown(column, format);
        return TextSql.Write(dialect.Text, text, SqlText.Of($"lower({text})"), comparison.Lookup, values);
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

    private static SqlText Whole(SqlText column, Lookup lookup, List<DateTimeOffset> values) =>
        lookup switch
        {
            Lookup.Exact => SqlText.Of($"{column} = {values[0]}"),
            Lookup.In => SqlText.Of($"{column} in ({SqlText.Values(values)})"),
            Lookup.Gt => SqlText.Of($"{column} > {values[0]}"),
            Lookup.Gte => SqlText.Of($"{column} >= {values[0]}"),
            Lookup.Lt => SqlText.Of($"{column} < {values[0]}"),
            Lookup.Lte => SqlText.Of($"{column} <= {values[0]}"),
            Lookup.Range => SqlText.Of($"({column} >= {values[0]} and {column} <= {values[1]})"),
            _ => throw new NotSupportedException($"No SQL for {lookup} of an instant."),
        };

    /// <summary>
    /// A day is a range of instants: so no function is called on the column, and whole blocks of it can be passed
    /// over.
    /// </summary>
    private static SqlText Day(SqlText column, Lookup lookup, List<DateTimeOffset> days) =>
        lookup switch
        {
            Lookup.Exact => Within(column, days[0], days[0]),
            Lookup.In => SqlText.Of($"({SqlText.Join(" or ", days.Select(day => Within(column, day, day)))})"),
            Lookup.Gt => SqlText.Of($"{column} >= {NextDay(days[0])}"),
            Lookup.Gte => SqlText.Of($"{column} >= {days[0]}"),
            Lookup.Lt => SqlText.Of($"{column} < {days[0]}"),
            Lookup.Lte => SqlText.Of($"{column} < {NextDay(days[0])}"),
            Lookup.Range => Within(column, days[0], days[1]),
            _ => throw new NotSupportedException($"No SQL for {lookup} of a day."),
        };

    private static SqlText Within(SqlText column, DateTimeOffset first, DateTimeOffset last) =>
        SqlText.Of($"({column} >= {first} and {column} < {NextDay(last)})");

    private static DateTimeOffset NextDay(DateTimeOffset day) =>
        day > DateTimeOffset.MaxValue.AddDays(-1) ? DateTimeOffset.MaxValue : day.AddDays(1);
}
