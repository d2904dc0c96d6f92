using UserReports.Core.Reports;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Counting;

/// <summary>Sums of counters, which the databases make, and what may be odd about them.</summary>
internal static class CounterSums
{
    private const string NoNumber = "holds counters that are null; they count as 0.";
    private const string TooLarge = "holds counters whose sum does not fit 64 bits; it is cut to what does.";

    /// <summary>A sum that is never null and fits 64 bits: an error here would cost the whole range.</summary>
    /// <param name="where">The condition on the rows that count; null for all.</param>
    public static string Sum(string value, string? where = null) =>
        $"cast(greatest(least(coalesce(sum({value}){(where is null ? "" : $" filter (where {where})")}, 0), "
        + $"{long.MaxValue}), -{long.MaxValue}) as bigint)";

    /// <summary>A sum that was cut to what fits.</summary>
    public static bool IsCut(long sum) => sum is long.MaxValue or -long.MaxValue;

    /// <summary>Sums stand in columns 1 to <paramref name="nulls"/> - 1, the number of nulls behind them.</summary>
    public static void Warn(Action<DataWarning> warn, string table, long accountId, SourceRow row, int nulls)
    {
        if (row.Integer(nulls) > 0)
            WarnOfNulls(warn, table, accountId);
        for (var column = 1; column < nulls; column++)
        {
            if (IsCut(row.Integer(column)))
                WarnOfCut(warn, table, accountId);
        }
    }

    /// <summary>Tells that counters are null.</summary>
    public static void WarnOfNulls(Action<DataWarning> warn, string table, long accountId) =>
        warn(new($"account {accountId}", $"{table} {NoNumber}"));

    /// <summary>Tells that a sum was cut.</summary>
    public static void WarnOfCut(Action<DataWarning> warn, string table, long accountId) =>
        warn(new($"account {accountId}", $"{table} {TooLarge}"));
}
