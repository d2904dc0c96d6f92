using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Store.Sql.Dialects;

/// <summary>What a dialect says of instants, UTC.</summary>
public abstract class InstantDialect
{
    /// <summary>The year, the month or the day of the month.</summary>
    public abstract SqlText PartOf(SqlText instant, InstantPart part);

    /// <summary>The text in which the report shows it.</summary>
    public abstract SqlText Shown(SqlText instant, InstantFormat format);

    /// <summary>The first instant of the period that it lies in.</summary>
    public abstract SqlText StartOf(SqlText instant, SummaryPeriod period);
}
