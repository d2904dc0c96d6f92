using System.Globalization;
using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>
/// Decides a condition below a list on the list's stored JSON; the store's function <c>list_matches</c> calls it.
/// </summary>
internal sealed class ListPredicate
{
    /// <summary>Free-form JSON may be nested deeper than the reader's default of 64.</summary>
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonText.DepthMax };

    private readonly Condition condition;
    private readonly FieldPath path;
    private readonly Field[] steps;
    private readonly Func<string, bool>? text;

    public ListPredicate(Condition condition)
    {
        this.condition = condition;
        path = condition switch
        {
            Condition.Comparison c => c.Path,
            Condition.IsNull c => c.Path,
            Condition.IsEmpty c => c.List,
            _ => throw new NotSupportedException($"{condition.GetType().Name} is no condition of a list."),
        };
        steps = [.. path.Steps.SkipWhile(step => step.Kind != FieldKind.List)];
        if (condition is Condition.Comparison comparison)
            text = TextTest(comparison);
    }

    /// <summary>Whether the list's JSON meets the condition.</summary>
    public bool Matches(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Options);
        return InList(document.RootElement, 0, 0);
    }

    private bool InList(JsonElement list, int step, int depth)
    {
        // The list itself is asked for its emptiness, not its elements.
        if (depth == path.Elements.Count)
            return list.GetArrayLength() == 0;
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

        foreach (var key in path.Keys)
        {
            if (Key(owner, key) is not { } value)
                return Decide(null);
            owner = value;
        }

        return Decide(owner);
    }

    /// <summary>
    /// Where the way ends early the value is null; but a list that is not there has no element that could be meant.
    /// </summary>
    private bool Missing(int depth) => path.Elements.Skip(depth).All(element => element is not null) && Decide(null);

    private static JsonElement? Key(JsonElement owner, string key) =>
        owner.ValueKind switch
        {
            JsonValueKind.Object when owner.TryGetProperty(key, out var value) => value,
            JsonValueKind.Array
                when key is "0" or [not '0', ..]
                    && int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                    && at < owner.GetArrayLength() => owner[at],
            _ => null,
        };

    private bool Decide(JsonElement? found)
    {
        var value = found is { ValueKind: JsonValueKind.Null } ? null : found;
        if (condition is Condition.IsNull isNull)
            return value is null == isNull.Expected;
        if (condition is not Condition.Comparison comparison || value is not { } present)
            return false;
        return path.Kind switch
        {
            FieldKind.Text => text!(present.GetString()!),
            FieldKind.Boolean => comparison.Values.Any(v => ((QueryValue.Boolean)v).Value == present.GetBoolean()),
            FieldKind.Integer or FieldKind.Decimal => Compare(
                present.GetDecimal(),
                comparison,
                v => ((QueryValue.Number)v).Value
            ),
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
            InstantPart.Year => Compare(instant.UtcDateTime.Year, comparison, v => ((QueryValue.Number)v).Value),
            InstantPart.Month => Compare(instant.UtcDateTime.Month, comparison, v => ((QueryValue.Number)v).Value),
            _ => Compare(instant.UtcDateTime.Day, comparison, v => ((QueryValue.Number)v).Value),
        };

    private bool FreeForm(JsonElement value, Condition.Comparison comparison) =>
        value.ValueKind switch
        {
            JsonValueKind.String => text!(value.GetString()!),
            JsonValueKind.Number => comparison.Values.Cast<QueryValue.FreeForm>() is var numbers
                && (
                    comparison.Lookup == Lookup.In
                        ? numbers.Any(v => v.AsNumber is not null)
                        : numbers.All(v => v.AsNumber is not null)
                )
                && Compare(value.GetDouble(), comparison, v => ((QueryValue.FreeForm)v).AsNumber ?? double.NaN),
            JsonValueKind.True or JsonValueKind.False => comparison.Lookup is Lookup.Exact or Lookup.In
                && comparison.Values.Any(v => ((QueryValue.FreeForm)v).AsBoolean == value.GetBoolean()),
            _ => false,
        };

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
        if (comparison.Path.Kind is not (FieldKind.Text or FieldKind.Json))
            return null;
        List<string> values =
        [
            .. comparison.Values.Select(v => v is QueryValue.Text t ? t.Value : ((QueryValue.FreeForm)v).Value),
        ];
        var value = values[0];
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
            _ => text => CodePoints.Compare(text, value) >= 0 && CodePoints.Compare(text, values[1]) <= 0,
        };
    }
}
