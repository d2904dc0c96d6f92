using System.Globalization;
using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Lists;
using UserReports.Store.History;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;
using UserReports.Store.Sql.Filters;

namespace UserReports.Store.DuckDb.Dialect;

/// <summary>
/// Conditions below a list. The common one, some element equals a value that is collected into a list column, is plain
/// SQL; every other one is decided by <see cref="ListPredicate"/> on the rows that have the list.
/// </summary>
internal sealed class DuckDbLists(SqlText table) : ListDialect
{
    private const int KeysMax = 3;

    /// <summary>With more values the time of <c>list_has_any</c> grows with their number.</summary>
    private const int HasAnyMax = 4;

    private static readonly JsonElement NoElements = JsonElement.Parse("[]");
    private static readonly JsonElement NoMembers = JsonElement.Parse("{}");

    public override Field? DeciderOf(Condition condition) => Decider(condition);

    /// <summary>
    /// The field whose stored JSON alone decides a condition, groups included; null if other columns have a part in it,
    /// or the database answers it better.
    /// </summary>
    private static Field? Decider(Condition condition) =>
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

    public override SqlText Decided(Condition condition, Field decider)
    {
        var column = ColumnNames.Column(decider);
        var predicate = new ListPredicate(condition);
        var name = SqlText.Value(predicate);
        if (decider.Kind == FieldKind.List)
        {
            // An element that does not exist is null, also in an empty list, of which nothing is stored.
            return predicate.Holds(NoElements)
                ? SqlText.Of($"({column} is null or list_matches({column}, {name}))")
                : SqlText.Of($"({column} is not null and list_matches({column}, {name}))");
        }

        var without = predicate.Holds(NoMembers) ? SqlText.True : SqlText.False;
        var matches = SqlText.Of($"json_matches({column}, {name})");
        if (NamedKeys(condition) is { } keys)
        {
            // A value that does not even hold the key's name in its text has no such key; an escape may hide one.
            var holds = SqlText.Join(
                " or ",
                keys.Select(key => SqlText.Of($"contains({column}, {$"\"{key}\""})"))
                    .Append(SqlText.Of($"contains({column}, '\\')"))
            );
            matches = SqlText.Of($"case when {holds} then {matches} else {without} end");
        }

        return SqlText.Of($"coalesce({matches}, {without})");
    }

    public override SqlText Compare(Condition.Comparison comparison)
    {
        if (comparison.Lookup is Lookup.Regex or Lookup.IRegex)
            return Matches(comparison);
        var column = ColumnNames.Column(comparison.Path.Field);
        var values = TextSql.TextsOf(comparison);
        return values.Count switch
        {
            1 => SqlText.Of($"list_contains({column}, {values[0]})"),
            <= HasAnyMax => SqlText.Of($"list_has_any({column}, [{SqlText.Values(values)}])"),
            // Each row would be held against each value; so all that the lists hold is looked up at once.
            _ => SqlText.Of(
                $"document in (select document from (select document, unnest({column}) as value from {table} where {column} is not null) where value in ({SqlText.Values(values)}))"
            ),
        };
    }

    /// <summary>Of an empty list nothing is stored.</summary>
    public override SqlText IsEmpty(SqlText list) => SqlText.Of($"{list} is null");

    /// <summary>Instants stand in JSON in a form that sorts as text.</summary>
    public override SqlText ElementAt(FieldPath path)
    {
        List<string> way = [];
        var list = ListOf(path);
        var element = 0;
        foreach (var step in path.Steps.SkipWhile(step => step != list))
        {
            if (step != list)
                way.Add(step.Name);
            if (step.Kind == FieldKind.List)
                way.Add(path.Elements[element++]!.Value.ToString(CultureInfo.InvariantCulture));
        }

        way.AddRange(path.Keys.Select(key => key!));
        var text = SqlText.Of($"json_extract_string(list_json({ColumnNames.Column(list)}), {JsonPointer.Of(way)})");
        return path.Kind switch
        {
            FieldKind.Integer => SqlText.Of($"try_cast({text} as bigint)"),
            FieldKind.Decimal => SqlText.Of($"try_cast({text} as double)"),
            _ => text,
        };
    }

    public override SqlText RowPerValue(SqlText values) =>
        SqlText.Of($"unnest(case when len({values}) > 0 then list_distinct({values}) else [null] end)");

    public override SqlText JsonAt(FieldPath path)
    {
        var way = JsonWay.WithinList(path);
        var value = SqlText.Of(
            $"value_at_way(list_json({ColumnNames.Column(ListOf(path))}), {JsonSerializer.Serialize(way.Steps)})"
        );
        return way.IsOfSeveral ? SqlText.Of($"coalesce({value}, '[]')") : value;
    }

    public override SqlText JsonOf(SqlText list) => SqlText.Of($"list_json({list})");

    private static Field? Common(IReadOnlyList<Condition> parts) =>
        parts.Count > 0 && Decider(parts[0]) is { } first && parts.Skip(1).All(part => Decider(part) == first)
            ? first
            : null;

    private static bool IsCollected(Condition condition, FieldPath path) =>
        condition is Condition.Comparison { Lookup: Lookup.Exact or Lookup.In } && ColumnNames.IsListOfValues(path);

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
    private static SqlText Matches(Condition.Comparison comparison)
    {
        var path = comparison.Path;
        var column = ColumnNames.Column(path.Elements.Count > 0 ? ListOf(path) : path.Field);
        var found = path.Elements.Count > 0 ? InLists(path, column) : SqlText.Of($"[json({column})]");
        var each = SqlText.Constant("v");
        // Of keys, as many at once as a pointer can take: up to a list of which any element is meant.
        List<string> keys = [];
        foreach (var key in path.Keys)
        {
            if (key is not null)
            {
                keys.Add(key);
                continue;
            }

            found = SqlText.Of(
                $"flatten(list_transform({found}, lambda v: coalesce(json_extract({Below(each, keys)}, '$[*]'), [])))"
            );
            keys = [];
        }

        var value = Below(each, keys);
        var text = SqlText.Of($"json_extract_string({value}, '$')");
        var matches = TextSql.Write(
            DuckDbDialect.Base.Text,
            text,
            text,
            comparison.Lookup,
            TextSql.TextsOf(comparison)
        );
        return SqlText.Of(
            $"({column} is not null and len(list_filter({found}, lambda v: json_type({value}) = 'VARCHAR' and {matches})) > 0)"
        );
    }

    private static SqlText Below(SqlText value, List<string> keys) =>
        keys.Count == 0 ? value : SqlText.Of($"json_extract({value}, {JsonPointer.Of(keys)})");

    /// <summary>The values that a path leads to within a list of the catalogue, as a list of JSON.</summary>
    private static SqlText InLists(FieldPath path, SqlText list)
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
        var found = SqlText.Of($"json_extract(list_json({list}), {way})");
        return path.Elements.Contains(null) ? found : SqlText.Of($"[{found}]");
    }
}
