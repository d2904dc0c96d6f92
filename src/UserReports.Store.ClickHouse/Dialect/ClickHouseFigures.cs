using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.ClickHouse.Dialect;

/// <summary>
/// Figures in ClickHouse, whose sums have as many bits as what is summed up. Of no values they are null, as SQL has it.
/// </summary>
/// <remarks>
/// The functions say so themselves: told by the setting aggregate_functions_null_for_empty, servers of a cluster say it
/// twice, and then neither understand each other's states nor survive them.
/// </remarks>
internal sealed class ClickHouseFigures : FigureDialect
{
    private readonly SqlText ending;
    private readonly bool ofStates;

    public ClickHouseFigures()
        : this(SqlText.Empty, ofStates: false) =>
        States = (
            new ClickHouseFigures(SqlText.Constant("State"), ofStates: false),
            new ClickHouseFigures(SqlText.Constant("Merge"), ofStates: true)
        );

    private ClickHouseFigures(SqlText ending, bool ofStates)
    {
        this.ending = ending;
        this.ofStates = ofStates;
    }

    public override (FigureDialect Kept, FigureDialect Brought)? States { get; }

    public override SqlText Sum(SqlText input) =>
        SqlText.Of($"sumOrNull{ending}({(ofStates ? input : SqlText.Of($"toInt128({input})"))})");

    public override SqlText Average(SqlText input) =>
        SqlText.Of($"avgOrNull{ending}({(ofStates ? input : SqlText.Of($"toFloat64({input})"))})");

    public override SqlText Least(SqlText input) => SqlText.Of($"minOrNull{ending}({input})");

    public override SqlText Greatest(SqlText input) => SqlText.Of($"maxOrNull{ending}({input})");

    /// <summary>
    /// The engine counts a share of the values and rounds down; a share that is smaller by next to nothing gives the
    /// value at or below which so many lie.
    /// </summary>
    public override SqlText Percentile(SqlText input, int percent) =>
        SqlText.Of($"quantileExactOrNull{ending}({SqlText.Number(percent)} / 100 - 1e-12)({input})");

    /// <summary>The lowest range may begin below what 64 bits hold; it is then named by the lowest number.</summary>
    public override SqlText StartOfRange(SqlText number, int step)
    {
        var width = SqlText.Of($"toInt64({SqlText.Number(step)})");
        return SqlText.Of(
            $"toInt64(greatest(toInt128({number}) - positiveModulo({number}, {width}), toInt128('-9223372036854775808')))"
        );
    }
}
