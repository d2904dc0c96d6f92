using System.Globalization;
using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;
using UserReports.Store.Sql.Filters;

namespace UserReports.Store.DuckDb.Lists;

/// <summary>
/// A condition on a value within one stored JSON value: a list of the catalogue, or a free-form field. It holds or does
/// not for the whole of that value.
/// </summary>
internal sealed class JsonTest
{
    private readonly Condition condition;
    private readonly FieldPath path;
    private readonly Field[] steps;
    private readonly Func<string, bool>? text;

    private JsonTest(Condition condition, FieldPath path)
    {
        this.condition = condition;
        this.path = path;
        steps = [.. path.Steps.SkipWhile(step => step.Kind != FieldKind.List)];
        if (condition is Condition.Comparison comparison)
            text = TextTest(comparison);
    }

    /// <summary>The test of a condition, groups of conditions included.</summary>
    /// <exception cref="NotSupportedException">A path of it leads through no list and no free-form field.</exception>
    public static Func<JsonElement, bool> Of(Condition condition)
    {
        switch (condition)
        {
            case Condition.All all:
                var needed = all.Parts.Select(Of).ToArray();
                return json => Array.TrueForAll(needed, test => test(json));
            case Condition.Any any:
                var enough = any.Parts.Select(Of).ToArray();
                return json => Array.Exists(enough, test => test(json));
            case Condition.Not not:
                var part = Of(not.Part);
                return json => !part(json);
            default:
                return new JsonTest(
                    condition,
                    PathOf(condition)
                        ?? throw new NotSupportedException($"{condition.GetType().Name} is no condition of a value.")
                ).Holds;
        }
    }

    /// <summary>What a single condition looks at; null for others.</summary>
    public static FieldPath? PathOf(Condition condition) =>
        condition switch
        {
            Condition.Comparison c => c.Path,
            Condition.IsNull c => c.Path,
            Condition.IsEmpty c => c.List,
            _ => null,
        };

    private bool Holds(JsonElement json) => steps.Length > 0 ? InList(json, 0, 0) : BelowKeys(NotNull(json), 0);

    private bool InList(JsonElement list, int step, int depth)
    {
        // The list itself is asked for, not its elements.
        if (depth == path.Elements.Count)
            return Decide(list);
        if (path.Elements[depth] is not { } at)
            return list.EnumerateArray().Any(element => Below(element, step + 1, depth + 1));
        return at < list.GetArrayLength() ? Below(list[at], step + 1, depth + 1) : Missing(depth);
    }

    private bool Below(JsonElement owner, int step, int depth)
    {
        for (; step < steps.Length; step++)
        {
            if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(steps[step].Name, out var value))
                return Missing(depth);
            if (steps[step].Kind == FieldKind.List)
                return InList(value, step, depth);
            owner = value;
        }

        return BelowKeys(NotNull(owner), 0);
    }

    private bool BelowKeys(JsonElement? value, int key)
    {
        for (; key < path.Keys.Count; key++)
        {
            if (path.Keys[key] is not { } name)
            {
                return value is { ValueKind: JsonValueKind.Array } list
                    && list.EnumerateArray().Any(element => BelowKeys(NotNull(element), key + 1));
            }

            value = value is { } owner ? Key(owner, name) : null;
        }

        return Decide(value);
    }

    /// <summary>
    /// Where the way ends early the value is null; but a list that is not there has no element that could be meant.
    /// </summary>
    private bool Missing(int depth) =>
        path.Elements.Skip(depth).All(element => element is not null) && !path.HasAnyKey && Decide(null);

    private static JsonElement? Key(JsonElement owner, string key)
    {
        try
        {
            return owner.ValueKind switch
            {
                JsonValueKind.Object when owner.TryGetProperty(key, out var value) => NotNull(value),
                JsonValueKind.Array
                    when key is "0" or [not '0', ..]
                        && int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                        && at < owner.GetArrayLength() => NotNull(owner[at]),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // A neighbour's name is no text.
            return null;
        }
    }

    private static JsonElement? NotNull(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value;

    private bool Decide(JsonElement? value)
    {
        if (condition is Condition.IsNull isNull)
            return value is null == isNull.Expected;
        if (value is not { } present)
            return false;
        if (condition is not Condition.Comparison comparison)
            return present.ValueKind == JsonValueKind.Array && present.GetArrayLength() == 0;
        return path.Kind switch
        {
            FieldKind.Text => text!(present.GetString()!),
            FieldKind.Boolean => comparison.Values.Any(v => ((QueryValue.Boolean)v).Value == present.GetBoolean()),
            FieldKind.Integer or FieldKind.Decimal => Compare(
                ExactNumber.Parse(present.GetRawText()),
                comparison,
                v => ((QueryValue.Number)v).Value
            ),
            FieldKind.Instant when text is not null => text(present.GetString()!),
            FieldKind.Instant => Instant(present.GetDateTimeOffset(), comparison),
            _ => FreeForm(present, comparison),
        };
    }

    private static bool Instant(DateTimeOffset instant, Condition.Comparison comparison) =>
        comparison.Part switch
        {
            InstantPart.Whole => Compare(instant, comparison, v => ((QueryValue.Instant)v).Value),
            InstantPart.Date => Compare(
                instant.UtcDateTime.Date,
                comparison,
                v => ((QueryValue.Instant)v).Value.UtcDateTime.Date
            ),
            InstantPart.Year => Compare(instant.UtcDateTime.Year, comparison),
            InstantPart.Month => Compare(instant.UtcDateTime.Month, comparison),
            _ => Compare(instant.UtcDateTime.Day, comparison),
        };

    private bool FreeForm(JsonElement value, Condition.Comparison comparison) =>
        value.ValueKind switch
        {
            JsonValueKind.String => JsonText.StringOf(value) is { } found && text!(found),
            JsonValueKind.Number => Number(ExactNumber.Parse(value.GetRawText()), comparison),
            JsonValueKind.True or JsonValueKind.False => comparison.Lookup is Lookup.Exact or Lookup.In
                && comparison.Values.Any(v => ((QueryValue.FreeForm)v).AsBoolean == value.GetBoolean()),
            _ => false,
        };

    /// <summary>In a list those count that are numbers; else all must be.</summary>
    private static bool Number(ExactNumber number, Condition.Comparison comparison)
    {
        if (comparison.Lookup == Lookup.In)
            return comparison.Values.Any(v => ((QueryValue.FreeForm)v).AsNumber is { } one && one == number);
        return comparison.Values.All(v => ((QueryValue.FreeForm)v).AsNumber is not null)
            && Compare(number, comparison, v => ((QueryValue.FreeForm)v).AsNumber!.Value);
    }

    private static bool Compare(int part, Condition.Comparison comparison) =>
        Compare((ExactNumber)part, comparison, v => ((QueryValue.Number)v).Value);

    private static bool Compare<T>(T value, Condition.Comparison comparison, Func<QueryValue, T> read)
        where T : IComparable<T>
    {
        int To(int index) => value.CompareTo(read(comparison.Values[index]));
        return comparison.Lookup switch
        {
            Lookup.Exact => To(0) == 0,
            Lookup.In => comparison.Values.Any(v => value.CompareTo(read(v)) == 0),
            Lookup.Gt => To(0) > 0,
            Lookup.Gte => To(0) >= 0,
            Lookup.Lt => To(0) < 0,
            Lookup.Lte => To(0) <= 0,
            Lookup.Range => To(0) >= 0 && To(1) <= 0,
            _ => false,
        };
    }

    private static Func<string, bool>? TextTest(Condition.Comparison comparison)
    {
        var isText =
            comparison.Path.Kind is FieldKind.Text or FieldKind.Json
            || comparison.Path.Kind == FieldKind.Instant && Lookups.IsTextual(comparison.Lookup);
        if (!isText)
            return null;
        HashSet<string> values = new(comparison.Values.Select(TextSql.TextOf), StringComparer.Ordinal);
        var value = TextSql.TextOf(comparison.Values[0]);
        var last = TextSql.TextOf(comparison.Values[^1]);
        var folded = CaseFolding.Fold(value);
        return comparison.Lookup switch
        {
            Lookup.Exact => text => text == value,
            Lookup.In => values.Contains,
            Lookup.IExact => text => CaseFolding.Fold(text) == folded,
            Lookup.Contains => text => text.Contains(value, StringComparison.Ordinal),
            Lookup.IContains => text => CaseFolding.Fold(text).Contains(folded, StringComparison.Ordinal),
            Lookup.StartsWith => text => text.StartsWith(value, StringComparison.Ordinal),
            Lookup.IStartsWith => text => CaseFolding.Fold(text).StartsWith(folded, StringComparison.Ordinal),
            Lookup.EndsWith => text => text.EndsWith(value, StringComparison.Ordinal),
            Lookup.IEndsWith => text => CaseFolding.Fold(text).EndsWith(folded, StringComparison.Ordinal),
            Lookup.Gt => text => CodePoints.Compare(text, value) > 0,
            Lookup.Gte => text => CodePoints.Compare(text, value) >= 0,
            Lookup.Lt => text => CodePoints.Compare(text, value) < 0,
            Lookup.Lte => text => CodePoints.Compare(text, value) <= 0,
            _ => text => CodePoints.Compare(text, value) >= 0 && CodePoints.Compare(text, last) <= 0,
        };
    }
}
