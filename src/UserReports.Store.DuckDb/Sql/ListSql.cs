using System.Globalization;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>
/// Conditions below a list. The common one, some element equals a value that is collected into a list column, is plain
/// SQL; every other one is decided by <see cref="ListPredicate"/> on the rows whose list is not empty.
/// </summary>
internal static class ListSql
{
    public static string Write(Condition condition, FieldPath path, SqlParameters parameters)
    {
        if (
            condition is Condition.Comparison { Lookup: Lookup.Exact or Lookup.In } comparison
            && path.Field.IsCollected
            && path.Elements.All(e => e is null)
        )
        {
            var column = ReportColumns.Quote(path.Field.Path);
            var values = comparison.Values.Select(v => parameters.Add(((QueryValue.Text)v).Value)).ToList();
            return values.Count == 1
                ? $"list_contains({column}, {values[0]})"
                : $"list_has_any({column}, [{string.Join(", ", values)}])";
        }

        var list = ReportColumns.Quote(path.Steps.First(step => step.Kind == FieldKind.List).Path);
        if (condition is Condition.Comparison { Lookup: Lookup.Regex or Lookup.IRegex } pattern)
            return Matches(list, pattern, parameters);
        var matches = $"list_matches({list}, {parameters.Add(new ListPredicate(condition))})";
        // An element that does not exist is null, also in an empty list.
        return condition is Condition.IsNull { Expected: true } && path.IsSingle
            ? $"({list} is null or {matches})"
            : $"({list} is not null and {matches})";
    }

    /// <summary>
    /// Patterns have one meaning everywhere, that of the database's engine; so they cannot be left to the predicate.
    /// </summary>
    private static string Matches(string list, Condition.Comparison comparison, SqlParameters parameters)
    {
        var path = comparison.Path;
        var steps = path.Steps.SkipWhile(step => step.Kind != FieldKind.List).ToList();
        var element = 0;
        // Names of the catalogue need no quotes in a path; keys that people choose go into a pointer of their own.
        var way =
            "$"
            + string.Concat(
                steps.Select(
                    (step, i) =>
                        (i == 0 ? "" : "." + step.Name)
                        + (
                            step.Kind != FieldKind.List ? ""
                            : path.Elements[element++] is { } at ? $"[{at.ToString(CultureInfo.InvariantCulture)}]"
                            : "[*]"
                        )
                )
            );
        var found = path.IsSingle
            ? $"[json_extract(list_json({list}), {parameters.Add(way)})]"
            : $"json_extract(list_json({list}), {parameters.Add(way)})";
        var value = path.Keys.Count == 0 ? "v" : $"json_extract(v, {parameters.Add(FreeFormSql.Pointer(path.Keys))})";
        var text = new TextSql(parameters).Write(
            $"json_extract_string({value}, '$')",
            "",
            comparison.Lookup,
            [.. comparison.Values.Select(v => v is QueryValue.Text t ? t.Value : ((QueryValue.FreeForm)v).Value)]
        );
        return $"({list} is not null and len(list_filter({found}, lambda v: json_type({value}) = 'VARCHAR' and {text})) > 0)";
    }
}
