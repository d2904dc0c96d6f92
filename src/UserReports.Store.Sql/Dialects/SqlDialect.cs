namespace UserReports.Store.Sql.Dialects;

/// <summary>How one engine's SQL says what the statements of this project need beyond what all of them share.</summary>
/// <remarks>
/// Shared is: comparisons, <c>and</c>, <c>or</c>, <c>in</c>, <c>is null</c>, <c>case</c>, <c>coalesce</c>,
/// <c>contains</c> and the like are not. Text must compare by its bytes of UTF-8, nulls of a comparison must give null,
/// and <c>order by</c> must know <c>nulls first</c> and <c>nulls last</c>.
/// </remarks>
public abstract class SqlDialect
{
    /// <summary>The table of reports, or what stands for it.</summary>
    public abstract SqlText Table { get; }

    /// <summary>What a row of the table has to meet to be one of the reports; null if all of them are.</summary>
    public virtual SqlText? IsReport => null;

    /// <summary>The reports among the table's rows that meet all of some conditions, with a space before it; nothing
    /// where there are none to meet.</summary>
    public SqlText Where(params IEnumerable<SqlText?> conditions)
    {
        List<SqlText> all = [.. conditions.Prepend(IsReport).OfType<SqlText>()];
        return all.Count == 0 ? SqlText.Empty : SqlText.Of($" where {SqlText.Join(" and ", all)}");
    }

    /// <summary>The column that tells where a row's document is; it grows with the table.</summary>
    public abstract SqlText Address { get; }

    /// <summary>The row's own name, <c>{user_id}-{organization_id}</c> or <c>{user_id}-orgnone</c>.</summary>
    public abstract SqlText RowName { get; }

    /// <inheritdoc cref="TextDialect"/>
    public abstract TextDialect Text { get; }

    /// <inheritdoc cref="InstantDialect"/>
    public abstract InstantDialect Instants { get; }

    /// <inheritdoc cref="JsonDialect"/>
    public abstract JsonDialect Json { get; }

    /// <inheritdoc cref="ListDialect"/>
    public abstract ListDialect Lists { get; }

    /// <inheritdoc cref="FigureDialect"/>
    public abstract FigureDialect Figures { get; }

    /// <summary>What stands for a value in the text of a statement.</summary>
    /// <param name="number">From 1.</param>
    public abstract string Placeholder(int number, object value);

    /// <summary>A value as the engine's driver takes it.</summary>
    public virtual object ToParameter(object value) => value;

    /// <summary>True where a condition is false or null.</summary>
    public abstract SqlText IsNotTrue(SqlText condition);

    /// <summary>True where two values are the same, or both null.</summary>
    public abstract SqlText IsSame(SqlText one, SqlText other);

    /// <summary>Behind <c>from</c> and the table: some of the rows, chosen at random.</summary>
    public abstract SqlText SomeRows(int rows);
}
