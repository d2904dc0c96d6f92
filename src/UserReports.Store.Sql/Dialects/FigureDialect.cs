namespace UserReports.Store.Sql.Dialects;

/// <summary>What a dialect says of figures over many rows.</summary>
public abstract class FigureDialect
{
    /// <summary>The sum, which may be more than 64 bits hold.</summary>
    public abstract SqlText Sum(SqlText input);

    /// <summary>The mean, of which no sum on the way may be too large for its type.</summary>
    public virtual SqlText Average(SqlText input) => SqlText.Of($"avg({input})");

    /// <summary>The least of the values.</summary>
    public virtual SqlText Least(SqlText input) => SqlText.Of($"min({input})");

    /// <summary>The greatest of the values.</summary>
    public virtual SqlText Greatest(SqlText input) => SqlText.Of($"max({input})");

    /// <summary>
    /// The same figures as states that can be brought together, and made of such states; null if the engine has none.
    /// Where it has, a statement groups rows once and then whole groups, so that several machines send each other
    /// groups and no rows.
    /// </summary>
    public virtual (FigureDialect Kept, FigureDialect Brought)? States => null;

    /// <summary>The value that is there, at or below which so many percent of the values lie.</summary>
    /// <param name="percent">1 to 99.</param>
    public abstract SqlText Percentile(SqlText input, int percent);

    /// <summary>The lower end of the range that a whole number lies in.</summary>
    /// <param name="step">The width of the ranges.</param>
    public abstract SqlText StartOfRange(SqlText number, int step);
}
