using System.Globalization;
using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>
/// Conditions below a list. The common one, some element equals a value that is collected into a list column, is plain
/// SQL; every other one is decided by <see cref="ListPredicate"/> on the rows that have the list.
/// </summary>
internal static class ListSql
{
    private const int KeysMax = 3;

    /// <summary>With more values the time of <c>list_has_any</c> grows with their number.</summary>
    private const int HasAnyMax = 4;

    private static readonly JsonElement NoElements = JsonElement.Parse("[]");
    private static readonly JsonElement NoMembers = JsonElement.Parse("{}");

    /// <summary>
    /// The field whose stored JSON alone decides a condition, groups included; null if other columns have a part in it,
    /// or the database answers it better.
    /// </summary>
    public static Field? Decider(Condition condition) =>
        condition switch
        {
            Condition.All { Parts: var parts } => Common(parts),
            Condition.Any { Parts: var parts } => Common(parts),
            Condition.Not { Part: var part } => Decider(part),
            Condition.Comparison { Lookup: Lookup.Regex or Lookup.IRegex } => null,
            _ when JsonTest.PathOf(condition) is not { } path || IsCollected(condition, path) => null,
            _ when JsonTest.PathOf(condition) is { Elements.Count: > 0 } path => ListOf(path),
            Condition.IsEmpty { List: { Kind: FieldKind.Json, Field: var field } } => field,
            _ when JsonTest.PathOf(condition) is { HasAnyKey: true, Field: var field } => field,
            _ => null,
        };

    /// <summary>A condition that one field decides.</summary>
    public static string WriteDecided(Condition condition, Field decider, SqlParameters parameters)
    {
        var column = ReportColumns.Quote(decider.Path);
        var predicate = new ListPredicate(condition);
        var name = parameters.Add(predicate);
        if (decider.Kind == FieldKind.List)
        {
            // An element that does not exist is null, also in an empty list, of which nothing is stored.
            return predicate.Holds(NoElements)
                ? $"({column} is null or list_matches({column}, {name}))"
                : $"({column} is not null and list_matches({column}, {name}))";
        }

        var without = predicate.Holds(NoMembers) ? "true" : "false";
        var matches = $"json_matches({column}, {name})";
        if (NamedKeys(condition) is { } keys)
        {
            // A value that does not even hold the key's name in its text has no such key; an escape may hide one.
            var holds = string.Join(
                " or ",
                keys.Select(key => $"contains({column}, {parameters.Add($"\"{key}\"")})")
                    .Append($"contains({column}, '\\')")
            );
            matches = $"case when {holds} then {matches} else {without} end";
        }

        return $"coalesce({matches}, {without})";
    }

    /// <summary>A condition below a list that is not decided by the list alone.</summary>
    public static string Write(Condition condition, FieldPath path, SqlParameters parameters)
    {
        if (condition is Condition.Comparison { Lookup: Lookup.Regex or Lookup.IRegex } pattern)
            return Matches(pattern, parameters);
        var column = ReportColumns.Quote(path.Field.Path);
        var values = ((Condition.Comparison)condition)
            .Values.Select(v => parameters.Add(((QueryValue.Text)v).Value))
            .ToList();
        var list = string.Join(", ", values);
        return values.Count switch
        {
            1 => $"list_contains({column}, {list})",
            <= HasAnyMax => $"list_has_any({column}, [{list}])",
            // Each row would be held against each value; so all that the lists hold is looked up at once.
            _ => $"document in (select document from (select document, unnest({column}) as value from reports "
                + $"where {column} is not null) where value in ({list}))",
        };
    }

    private static Field? Common(IReadOnlyList<Condition> parts) =>
        parts.Count > 0 && Decider(parts[0]) is { } first && parts.Skip(1).All(part => Decider(part) == first)
            ? first
            : null;

    private static bool IsCollected(Condition condition, FieldPath path) =>
        condition is Condition.Comparison { Lookup: Lookup.Exact or Lookup.In }
        && path.Field.IsCollected
        && path.Elements.All(e => e is null);

    private static Field ListOf(FieldPath path) => path.Steps.First(step => step.Kind == FieldKind.List);

    /// <summary>The keys right below the field of which some is in every value that is not decided without looking;
    /// null if that cannot be said.</summary>
    private static List<string>? NamedKeys(Condition condition)
    {
        List<string> keys =
        [
            .. Leaves(condition).Select(leaf => JsonTest.PathOf(leaf)!.Keys is [{ } first, ..] ? first : "").Distinct(),
        ];
        // A number may be a place in a list.
        return keys.Count <= KeysMax && keys.All(key => key.Length > 0 && !char.IsAsciiDigit(key[0])) ? keys : null;
    }

    private static IEnumerable<Condition> Leaves(Condition condition) =>
        condition switch
        {
            Condition.All all => all.Parts.SelectMany(Leaves),
            Condition.Any any => any.Parts.SelectMany(Leaves),
            Condition.Not not => Leaves(not.Part),
            _ => [condition],
        };

    /// <summary>
    /// Patterns have one meaning everywhere, that of the database's engine; so they cannot be left to the predicate.
    /// </summary>
    private static string Matches(Condition.Comparison comparison, SqlParameters parameters)
    {
        var path = comparison.Path;
        var column = ReportColumns.Quote(path.Elements.Count > 0 ? ListOf(path).Path : path.Field.Path);
        var found = path.Elements.Count > 0 ? InLists(path, column, parameters) : $"[json({column})]";
        // Of keys, as many at once as a pointer can take: up to a list of which any element is meant.
        List<string> keys = [];
        foreach (var key in path.Keys)
        {
            if (key is not null)
            {
                keys.Add(key);
                continue;
            }

            found =
                $"flatten(list_transform({found}, lambda v: coalesce(json_extract({Below("v", keys, parameters)}, '$[*]'), [])))";
            keys = [];
        }

        var value = Below("v", keys, parameters);
        var text = new TextSql(parameters).Write(
            $"json_extract_string({value}, '$')",
            "",
            comparison.Lookup,
            [.. comparison.Values.Select(JsonTest.TextOf)]
        );
        return $"({column} is not null and len(list_filter({found}, lambda v: json_type({value}) = 'VARCHAR' and {text})) > 0)";
    }

    private static string Below(string value, List<string> keys, SqlParameters parameters) =>
        keys.Count == 0 ? value : $"json_extract({value}, {parameters.Add(FreeFormSql.Pointer(keys))})";

    /// <summary>The values that a path leads to within a list of the catalogue, as a list of JSON.</summary>
    private static string InLists(FieldPath path, string list, SqlParameters parameters)
    {
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
        var found = $"json_extract(list_json({list}), {parameters.Add(way)})";
        return path.Elements.Contains(null) ? found : $"[{found}]";
    }
}
