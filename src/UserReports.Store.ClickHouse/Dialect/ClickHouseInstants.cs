using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.ClickHouse.Dialect;

/// <summary>
/// Instants as microseconds since 1970. The server's calendar is that of 1900 to 2299; as the calendar comes round
/// every 400 years, to the day of the week, other years are looked up there.
/// </summary>
internal sealed class ClickHouseInstants : InstantDialect
{
    private const long Day = 86_400_000_000;
    private const long Cycle = 146_097 * Day;
    private const long Year1900 = -2_208_988_800_000_000;

    /// <summary>The fifth of January 1970, a Monday.</summary>
    private const long Monday = 4 * Day;

    public override SqlText PartOf(SqlText instant, InstantPart part) =>
        part switch
        {
            InstantPart.Year => SqlText.Of($"(toInt64(toYear({Within(instant)})) + 400 * {Cycles(instant)})"),
            InstantPart.Month => SqlText.Of($"toInt64(toMonth({Within(instant)}))"),
            InstantPart.Day => SqlText.Of($"toInt64(toDayOfMonth({Within(instant)}))"),
            _ => throw new NotSupportedException($"No SQL for {part} of an instant."),
        };

    public override SqlText Shown(SqlText instant, InstantFormat format)
    {
        var year = SqlText.Of($"leftPad(toString({PartOf(instant, InstantPart.Year)}), 4, '0')");
        var rest = SqlText.Of($"formatDateTime({Within(instant)}, '-%m-%dT%H:%i:%S')");
        if (format == InstantFormat.Zulu)
            return SqlText.Of($"concat({year}, {rest}, 'Z')");
        var micros = SqlText.Of($"positiveModulo({instant}, {Signed(1_000_000)})");
        return SqlText.Of(
            $"concat({year}, {rest}, if({micros} = 0, '', concat('.', replaceRegexpOne(leftPad(toString({micros}), 6, '0'), '0+$', ''))), '+00:00')"
        );
    }

    public override SqlText StartOf(SqlText instant, SummaryPeriod period)
    {
        var day = Whole(instant, Day);
        return period switch
        {
            SummaryPeriod.Day => day,
            SummaryPeriod.Week => SqlText.Of(
                $"({instant} - positiveModulo({instant} - {SqlText.Number(Monday)}, {Signed(7 * Day)}))"
            ),
            SummaryPeriod.Month => SqlText.Of(
                $"({day} - (toInt64(toDayOfMonth({Within(instant)})) - 1) * {SqlText.Number(Day)})"
            ),
            SummaryPeriod.Year => SqlText.Of(
                $"({day} - (toInt64(toDayOfYear({Within(instant)})) - 1) * {SqlText.Number(Day)})"
            ),
            _ => throw new NotSupportedException($"No SQL for {period}."),
        };
    }

    /// <summary>Without its type the server takes it for unsigned, and what is divided by it too.</summary>
    private static SqlText Signed(long number) => SqlText.Of($"toInt64({SqlText.Number(number)})");

    private static SqlText Whole(SqlText instant, long unit) =>
        SqlText.Of($"({instant} - positiveModulo({instant}, {Signed(unit)}))");

    private static SqlText Since1900(SqlText instant) => SqlText.Of($"({instant} - ({SqlText.Number(Year1900)}))");

    /// <summary>How many times 400 years later than between 1900 and 2299.</summary>
    private static SqlText Cycles(SqlText instant)
    {
        var since = Since1900(instant);
        var cycle = Signed(Cycle);
        return SqlText.Of($"intDiv({since} - positiveModulo({since}, {cycle}), {cycle})");
    }

    private static SqlText Within(SqlText instant) =>
        SqlText.Of(
            $"fromUnixTimestamp64Micro(toInt64({SqlText.Number(Year1900)} + positiveModulo({Since1900(instant)}, {Signed(Cycle)})), 'UTC')"
        );
}
