using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.Sql.Filters;

/// <summary>A bound condition as a SQL expression.</summary>
/// <remarks>
/// SQL's third truth value needs care in one place alone: conditions know only true and false, and below AND and OR a
/// null counts as false all the way up. NOT would turn it into false again, so the dialect writes "is not true".
/// </remarks>
public sealed class FilterSql(SqlDialect dialect)
{
    /// <summary>The expression; true exactly for the rows that are meant (false or null for the others).</summary>
    public SqlText Write(Condition condition) =>
        condition switch
        {
            _ when dialect.Lists.DeciderOf(condition) is { } decider => dialect.Lists.Decided(condition, decider),
            Condition.All all => SqlText.Of(
                $"({SqlText.Join(" and ", Together(all.Parts, parts => new Condition.All(parts)))})"
            ),
            Condition.Any any => SqlText.Of(
                $"({SqlText.Join(" or ", Together(any.Parts, parts => new Condition.Any(parts)))})"
            ),
            Condition.Not not => dialect.IsNotTrue(Write(not.Part)),
            Condition.Constant constant => Constant(constant.Value),
            Condition.IsEmpty empty => dialect.Lists.IsEmpty(ColumnNames.Column(empty.List.Field)),
            Condition.IsNull isNull => Null(isNull),
            Condition.Comparison comparison => Comparison(comparison),
            _ => throw new NotSupportedException($"No SQL for {condition.GetType().Name}."),
        };

    /// <summary>The parts; those that one field decides are decided by looking at it once.</summary>
    private IEnumerable<SqlText> Together(
        IReadOnlyList<Condition> parts,
        Func<IReadOnlyList<Condition>, Condition> combine
    ) =>
        parts
            .GroupBy(part => dialect.Lists.DeciderOf(part) ?? (object)part, ReferenceEqualityComparer.Instance)
            .Select(group => group.ToList() is [var only] ? Write(only) : Write(combine([.. group])));

    private static SqlText Constant(bool value) => value ? SqlText.True : SqlText.False;

    private SqlText Null(Condition.IsNull condition)
    {
        var (path, expected) = (condition.Path, condition.Expected);
        // The row's own name is always there, and so are the lists, be they empty.
        if (path.Kind == FieldKind.List || RowIdSql.Is(path))
            return Constant(!expected);
        if (path.Kind == FieldKind.Json && path.Keys.Count > 0)
            return new FreeFormSql(dialect).WriteNull(path, expected);
        if (path.Kind == FieldKind.Object && !path.Field.IsNullable)
            return Constant(!expected);
        var column = ColumnNames.Column(path.Field);
        return expected ? SqlText.Of($"{column} is null") : SqlText.Of($"{column} is not null");
    }

    private SqlText Comparison(Condition.Comparison comparison)
    {
        var path = comparison.Path;
        if (path.IsBelowList || path.HasAnyKey)
            return dialect.Lists.Compare(comparison);
        if (RowIdSql.Is(path))
            return new RowIdSql(dialect).Write(comparison);
        var column = ColumnNames.Column(path.Field);
        return path.Kind switch
        {
            FieldKind.Text => TextSql.Write(
                dialect.Text,
                column,
                path.Field.IsSearched ? SqlText.Name(ColumnNames.OfFolded(path.Field)) : dialect.Text.Folded(column),
                comparison.Lookup,
                TextSql.TextsOf(comparison)
            ),
            FieldKind.Boolean => InOrEqual(column, [.. comparison.Values.Select(v => ((QueryValue.Boolean)v).Value)]),
            FieldKind.Integer => IntegerSql.Write(
                column,
                comparison.Lookup,
                [.. comparison.Values.Select(v => ((QueryValue.Number)v).Value)]
            ),
            FieldKind.Instant => new InstantSql(dialect).Write(column, comparison, path.Field.InstantFormat),
            FieldKind.Json => new FreeFormSql(dialect).Write(comparison),
            _ => throw new NotSupportedException($"No SQL for {path}."),
        };
    }

    private static SqlText InOrEqual(SqlText column, IReadOnlyList<bool> values) =>
        values.Count == 1
            ? SqlText.Of($"{column} = {values[0]}")
            : SqlText.Of($"{column} in ({SqlText.Values(values)})");
}
