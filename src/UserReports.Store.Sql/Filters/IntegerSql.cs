using System.Numerics;
using UserReports.Core.Query;
using UserReports.Core.Query.Values;

namespace UserReports.Store.Sql.Filters;

/// <summary>
/// Comparisons of whole numbers with decimal ones: the values are brought to whole numbers first, so that the
/// comparison is one of integers, exact and fast, whatever was written.
/// </summary>
internal static class IntegerSql
{
    public static SqlText Write(SqlText column, Lookup lookup, IReadOnlyList<ExactNumber> values)
    {
        var value = values[0];
        return lookup switch
        {
            Lookup.Exact => Equal(column, [value]),
            Lookup.In => Equal(column, values),
            Lookup.Gt => AtLeast(column, value.Floor() + 1),
            Lookup.Gte => AtLeast(column, value.Ceiling()),
            Lookup.Lt => AtMost(column, value.Ceiling() - 1),
            Lookup.Lte => AtMost(column, value.Floor()),
            Lookup.Range => SqlText.Of($"({AtLeast(column, value.Ceiling())} and {AtMost(column, values[1].Floor())})"),
            _ => throw new NotSupportedException($"No SQL for {lookup} of a number."),
        };
    }

    private static SqlText Equal(SqlText column, IReadOnlyList<ExactNumber> values)
    {
        List<long> whole =
        [
            .. values.Where(v => v.IsWhole && v >= long.MinValue && v <= long.MaxValue).Select(v => (long)v.Floor()),
        ];
        return whole.Count switch
        {
            0 => SqlText.False,
            1 => SqlText.Of($"{column} = {whole[0]}"),
            _ => SqlText.Of($"{column} in ({SqlText.Values(whole)})"),
        };
    }

    private static SqlText AtLeast(SqlText column, BigInteger value) =>
        value > long.MaxValue ? SqlText.False
        : value <= long.MinValue ? SqlText.Of($"{column} is not null")
        : SqlText.Of($"{column} >= {(long)value}");

    private static SqlText AtMost(SqlText column, BigInteger value) =>
        value < long.MinValue ? SqlText.False
        : value >= long.MaxValue ? SqlText.Of($"{column} is not null")
        : SqlText.Of($"{column} <= {(long)value}");
}
