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
            Condition.All all => $"({string.Join(" and ", all.Parts.Select(Write))})",
            Condition.Any any => $"({string.Join(" or ", any.Parts.Select(Write))})",
            Condition.Not not => $"({Write(not.Part)}) is not true",
            Condition.Constant constant => constant.Value ? "true" : "false",
            Condition.IsEmpty empty => Empty(empty),
            Condition.IsNull isNull => Null(isNull),
            Condition.Comparison comparison => Comparison(comparison),
            _ => throw new NotSupportedException($"No SQL for {condition.GetType().Name}."),
        };

    private static bool IsUnderList(FieldPath path) => path.Elements.Count > 0;

    private string Empty(Condition.IsEmpty condition) =>
        IsUnderList(condition.List)
            ? ListSql.Write(condition, condition.List, parameters)
            : $"{ReportColumns.Quote(condition.List.Field.Path)} is null";

    private string Null(Condition.IsNull condition)
    {
        if (IsUnderList(condition.Path))
            return ListSql.Write(condition, condition.Path, parameters);
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
        if (IsUnderList(path))
            return ListSql.Write(comparison, path, parameters);
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
            FieldKind.Instant => new InstantSql(parameters).Write(column, comparison),
            FieldKind.Json => new FreeFormSql(parameters).Write(comparison),
            _ => throw new NotSupportedException($"No SQL for {path}."),
        };
    }

    private static string InOrEqual(string column, IReadOnlyList<string> values) =>
        values.Count == 1 ? $"{column} = {values[0]}" : $"{column} in ({string.Join(", ", values)})";
}
