using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Store.Sql;

/// <summary>
/// Conditions below a list. The common one, some element equals a value that is collected into a list column, is plain SQL;
/// every other one is decided by <see cref="ListPredicate"/> on the rows whose list is not empty.
/// </summary>
internal static class ListSql
{
    public static string Write(Condition condition, FieldPath path, SqlParameters parameters)
    {
        if (condition is Condition.Comparison { Lookup: Lookup.Exact or Lookup.In } comparison
            && path.Field.IsCollected
            && path.Elements.All(e => e is null))
        {
            var column = ReportColumns.Quote(path.Field.Path);
            var values = comparison.Values.Select(v => parameters.Add(((QueryValue.Text)v).Value)).ToList();
            return values.Count == 1
                ? $"list_contains({column}, {values[0]})"
                : $"list_has_any({column}, [{string.Join(", ", values)}])";
        }

        var list = ReportColumns.Quote(path.Steps.First(step => step.Kind == FieldKind.List).Path);
        var matches = $"list_matches({list}, {parameters.Add(ListPredicate.Register(condition))})";
        // An element that does not exist is null, also in an empty list.
        return condition is Condition.IsNull { Expected: true } && path.IsSingle
            ? $"({list} is null or {matches})"
            : $"({list} is not null and {matches})";
    }
}
