using UserReports.Store.Sql.Statements;

namespace UserReports.Store.DuckDb.Dialect;

/// <summary>The statements of a query, in DuckDB's SQL.</summary>
/// <param name="dialect">That of the rows that are read.</param>
internal sealed class DuckDbStatements(DuckDbDialect dialect)
{
    /// <summary>Of the rows that the last completed run wrote.</summary>
    public static PageSql Base { get; } = new(DuckDbDialect.Base);

    /// <summary>Where nothing has changed since the last completed run.</summary>
    public static DuckDbStatements Unchanged { get; } = new(DuckDbDialect.Base);

    /// <summary>Where something has.</summary>
    public static DuckDbStatements Live { get; } = new(DuckDbDialect.Live);

    public DuckDbDialect Dialect => dialect;

    public PageSql Pages { get; } = new(dialect);

    public SummarySql Summaries { get; } = new(dialect);
}
