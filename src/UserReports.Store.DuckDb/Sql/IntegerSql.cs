using System.Numerics;
using UserReports.Core.Query;
using UserReports.Core.Query.Values;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>
/// Comparisons of whole numbers with decimal ones: the values are brought to whole numbers first, so that the
/// comparison is one of integers, exact and fast, whatever was written.
/// </summary>
internal static class IntegerSql
{
    public static string Write(
        string column,
        Lookup lookup,
        IReadOnlyList<ExactNumber> values,
        SqlParameters parameters
    )
    {
        var value = values[0];
        return lookup switch
        {
            Lookup.Exact => Equal(column, [value], parameters),
            Lookup.In => Equal(column, values, parameters),
            Lookup.Gt => AtLeast(column, value.Floor() + 1, parameters),
            Lookup.Gte => AtLeast(column, value.Ceiling(), parameters),
            Lookup.Lt => AtMost(column, value.Ceiling() - 1, parameters),
            Lookup.Lte => AtMost(column, value.Floor(), parameters),
            Lookup.Range => $"({AtLeast(column, value.Ceiling(), parameters)} and "
                + $"{AtMost(column, values[1].Floor(), parameters)})",
            _ => throw new NotSupportedException($"No SQL for {lookup} of a number."),
        };
    }

    private static string Equal(string column, IReadOnlyList<ExactNumber> values, SqlParameters parameters)
    {
        var whole = values
            .Where(v => v.IsWhole && v >= long.MinValue && v <= long.MaxValue)
            .Select(v => parameters.Add((long)v.Floor()))
            .ToList();
        return whole.Count switch
        {
            0 => "false",
            1 => $"{column} = {whole[0]}",
            _ => $"{column} in ({string.Join(", ", whole)})",
        };
    }

    private static string AtLeast(string column, BigInteger value, SqlParameters parameters) =>
        value > long.MaxValue ? "false"
        : value <= long.MinValue ? $"{column} is not null"
        : $"{column} >= {parameters.Add((long)value)}";

    private static string AtMost(string column, BigInteger value, SqlParameters parameters) =>
        value < long.MinValue ? "false"
        : value >= long.MaxValue ? $"{column} is not null"
        : $"{column} <= {parameters.Add((long)value)}";
}
