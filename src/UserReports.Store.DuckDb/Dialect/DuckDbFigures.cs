using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.DuckDb.Dialect;

/// <summary>Figures in DuckDB, whose sums of whole numbers have 128 bits.</summary>
internal sealed class DuckDbFigures : FigureDialect
{
    public override SqlText Sum(SqlText input) => SqlText.Of($"sum({input})");

    /// <summary>Two digits behind the point: what is asked for is not known by a parameter's value to be
    /// constant.</summary>
    public override SqlText Percentile(SqlText input, int percent) =>
        percent < 10
            ? SqlText.Of($"quantile_disc({input}, 0.0{SqlText.Number(percent)})")
            : SqlText.Of($"quantile_disc({input}, 0.{SqlText.Number(percent)})");

    /// <summary>The lowest range may begin below what 64 bits hold; it is then named by the lowest number.</summary>
    public override SqlText StartOfRange(SqlText number, int step)
    {
        var width = SqlText.Number(step);
        var lowest = SqlText.Number(long.MinValue);
        return SqlText.Of(
            $"greatest({number}::hugeint - ({number} % {width} + {width}) % {width}, {lowest}::hugeint)::bigint"
        );
    }
}
