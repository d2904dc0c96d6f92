using UserReports.Core.Query;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>
/// Comparisons of whole numbers with decimal ones: the values are brought to whole numbers first, so that the
/// comparison is one of integers, exact and fast, whatever was written.
/// </summary>
internal static class IntegerSql
{
    public static string Write(string column, Lookup lookup, IReadOnlyList<decimal> values, SqlParameters parameters)
    {
        var value = values[0];
        return lookup switch
        {
            Lookup.Exact => Equal(column, [value], parameters),
            Lookup.In => Equal(column, values, parameters),
            Lookup.Gt => AtLeast(column, Above(value), parameters),
            Lookup.Gte => AtLeast(column, decimal.Ceiling(value), parameters),
            Lookup.Lt => AtMost(column, Below(value), parameters),
            Lookup.Lte => AtMost(column, decimal.Floor(value), parameters),
            Lookup.Range => $"({AtLeast(column, decimal.Ceiling(value), parameters)} and "
                + $"{AtMost(column, decimal.Floor(values[1]), parameters)})",
            _ => throw new NotSupportedException($"No SQL for {lookup} of a number."),
        };
    }

    private static decimal Above(decimal value) => value == decimal.MaxValue ? value : decimal.Floor(value) + 1;

    private static decimal Below(decimal value) => value == decimal.MinValue ? value : decimal.Ceiling(value) - 1;

    private static string Equal(string column, IReadOnlyList<decimal> values, SqlParameters parameters)
    {
        var whole = values
            .Where(v => v == decimal.Floor(v) && v is >= long.MinValue and <= long.MaxValue)
            .Select(v => parameters.Add((long)v))
            .ToList();
        return whole.Count switch
        {
            0 => "false",
            1 => $"{column} = {whole[0]}",
            _ => $"{column} in ({string.Join(", ", whole)})",
        };
    }

    private static string AtLeast(string column, decimal value, SqlParameters parameters) =>
        value > long.MaxValue ? "false"
        : value <= long.MinValue ? $"{column} is not null"
        : $"{column} >= {parameters.Add((long)value)}";

    private static string AtMost(string column, decimal value, SqlParameters parameters) =>
        value < long.MinValue ? "false"
        : value >= long.MaxValue ? $"{column} is not null"
        : $"{column} <= {parameters.Add((long)value)}";
}
