using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.DuckDb.Dialect;

/// <summary>Instants in DuckDB: timestamps without a zone.</summary>
internal sealed class DuckDbInstants : InstantDialect
{
    public override SqlText PartOf(SqlText instant, InstantPart part) =>
        part switch
        {
            InstantPart.Year => SqlText.Of($"year({instant})"),
            InstantPart.Month => SqlText.Of($"month({instant})"),
            InstantPart.Day => SqlText.Of($"day({instant})"),
            _ => throw new NotSupportedException($"No SQL for {part} of an instant."),
        };

    /// <summary>The database writes a space where ISO 8601 has a T, and no zeros that end a fraction.</summary>
    public override SqlText Shown(SqlText instant, InstantFormat format) =>
        format == InstantFormat.Zulu
            ? SqlText.Of($"(replace({instant}::varchar, ' ', 'T') || 'Z')")
            : SqlText.Of($"(replace({instant}::varchar, ' ', 'T') || '+00:00')");

    public override SqlText StartOf(SqlText instant, SummaryPeriod period) =>
        period switch
        {
            SummaryPeriod.Day => SqlText.Of($"date_trunc('day', {instant})::timestamp"),
            SummaryPeriod.Week => SqlText.Of($"date_trunc('week', {instant})::timestamp"),
            SummaryPeriod.Month => SqlText.Of($"date_trunc('month', {instant})::timestamp"),
            SummaryPeriod.Year => SqlText.Of($"date_trunc('year', {instant})::timestamp"),
            _ => throw new NotSupportedException($"No SQL for {period}."),
        };
}
