using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>A bound condition as a SQL expression.</summary>
/// <remarks>
/// SQL's third truth value needs care in one place alone: conditions know only true and false, and below AND and OR a
/// null counts as false all the way up. NOT would turn it into false again, so it is written <c>(…) is not true</c>.
/// </remarks>
public sealed class FilterSql(SqlParameters parameters)
{
    /// <summary>The expression; true exactly for the rows that are meant (false or null for the others).</summary>
    public string Write(Condition condition) =>
        condition switch
        {
            _ when ListSql.Decider(condition) is { } decider => ListSql.WriteDecided(condition, decider, parameters),
            Condition.All all => $"({string.Join(" and ", Together(all.Parts, parts => new Condition.All(parts)))})",
            Condition.Any any => $"({string.Join(" or ", Together(any.Parts, parts => new Condition.Any(parts)))})",
            Condition.Not not => $"({Write(not.Part)}) is not true",
            Condition.Constant constant => constant.Value ? "true" : "false",
            Condition.IsEmpty empty => Empty(empty),
            Condition.IsNull isNull => Null(isNull),
            Condition.Comparison comparison => Comparison(comparison),
            _ => throw new NotSupportedException($"No SQL for {condition.GetType().Name}."),
        };

    /// <summary>The parts; those that one field decides are decided by looking at it once.</summary>
    private IEnumerable<string> Together(
        IReadOnlyList<Condition> parts,
        Func<IReadOnlyList<Condition>, Condition> combine
    ) =>
        parts
            .GroupBy(part => ListSql.Decider(part) ?? (object)part, ReferenceEqualityComparer.Instance)
            .Select(group => group.ToList() is [var only] ? Write(only) : Write(combine([.. group])));

    private static string Empty(Condition.IsEmpty condition) =>
        $"{ReportColumns.Quote(condition.List.Field.Path)} is null";

    private string Null(Condition.IsNull condition)
    {
        // The row's own name is always there, and so are the lists, be they empty.
        if (condition.Path.Kind == FieldKind.List || RowIdSql.Is(condition.Path))
            return condition.Expected ? "false" : "true";
        var verb = condition.Expected ? "is null" : "is not null";
        if (condition.Path.Kind == FieldKind.Json && condition.Path.Keys.Count > 0)
            return new FreeFormSql(parameters).WriteNull(condition.Path, condition.Expected);
        return condition.Path.Kind == FieldKind.Object && !condition.Path.Field.IsNullable
            ? condition.Expected
                ? "false"
                : "true"
            : $"{ReportColumns.Quote(condition.Path.Field.Path)} {verb}";
    }

    private string Comparison(Condition.Comparison comparison)
    {
        var path = comparison.Path;
        if (path.IsBelowList || path.HasAnyKey)
            return ListSql.Write(comparison, path, parameters);
        if (RowIdSql.Is(path))
            return new RowIdSql(parameters).Write(comparison);
        var column = ReportColumns.Quote(path.Field.Path);
        return path.Kind switch
        {
            FieldKind.Text => new TextSql(parameters).Write(
                column,
                path.Field.IsSearched
                    ? ReportColumns.Quote(path.Field.Path + ReportColumns.FoldedSuffix)
                    : $"casefold({column})",
                comparison.Lookup,
                [.. comparison.Values.Select(v => ((QueryValue.Text)v).Value)]
            ),
            FieldKind.Boolean => InOrEqual(
                column,
                [.. comparison.Values.Select(v => parameters.Add(((QueryValue.Boolean)v).Value))]
            ),
            FieldKind.Integer => IntegerSql.Write(
                column,
                comparison.Lookup,
                [.. comparison.Values.Select(v => ((QueryValue.Number)v).Value)],
                parameters
            ),
            FieldKind.Instant => new InstantSql(parameters).Write(column, comparison, path.Field.InstantFormat),
            FieldKind.Json => new FreeFormSql(parameters).Write(comparison),
            _ => throw new NotSupportedException($"No SQL for {path}."),
        };
    }

    private static string InOrEqual(string column, IReadOnlyList<string> values) =>
        values.Count == 1 ? $"{column} = {values[0]}" : $"{column} in ({string.Join(", ", values)})";
}
