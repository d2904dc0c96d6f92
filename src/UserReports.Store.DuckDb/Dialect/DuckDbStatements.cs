using UserReports.Store.Sql.Statements;

namespace UserReports.Store.DuckDb.Dialect;

/// <summary>The statements of a query, in DuckDB's SQL.</summary>
internal static class DuckDbStatements
{
    public static PageSql Pages { get; } = new(DuckDbDialect.Instance);

    public static SummarySql Summaries { get; } = new(DuckDbDialect.Instance);
}
