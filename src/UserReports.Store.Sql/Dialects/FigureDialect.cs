namespace UserReports.Store.Sql.Dialects;

/// <summary>What a dialect says of figures over many rows.</summary>
public abstract class FigureDialect
{
    /// <summary>The sum, which may be more than 64 bits hold.</summary>
    public abstract SqlText Sum(SqlText input);

    /// <summary>The value that is there, at or below which so many percent of the values lie.</summary>
    /// <param name="percent">1 to 99.</param>
    public abstract SqlText Percentile(SqlText input, int percent);

    /// <summary>The lower end of the range that a whole number lies in.</summary>
    /// <param name="step">The width of the ranges.</param>
    public abstract SqlText StartOfRange(SqlText number, int step);
}
