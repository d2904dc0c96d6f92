using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;

namespace UserReports.Testing;

/// <summary>
/// Answers bound queries by looking at each row's JSON, word for word as the query language is specified. It knows
/// nothing of SQL and shares nothing with the store: what both agree on is likely right.
/// </summary>
public static class QueryEvaluator
{
    /// <summary>The rows that a query means, in its order.</summary>
    public static List<EvaluatedRow> Evaluate(IEnumerable<EvaluatedRow> rows, ReportQuery query)
    {
        var meant = rows.Where(row => query.Filter is null || Holds(query.Filter, row)).ToList();
        meant.Sort((a, b) => Compare(a, b, query.Ordering));
        return meant;
    }

    private static bool Holds(Condition condition, EvaluatedRow row) =>
        condition switch
        {
            Condition.All all => all.Parts.All(part => Holds(part, row)),
            Condition.Any any => any.Parts.Any(part => Holds(part, row)),
            Condition.Not not => !Holds(not.Part, row),
            Condition.Constant constant => constant.Value,
            Condition.IsEmpty empty => Values(row, empty.List)
                .Any(v => v is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 0),
            Condition.IsNull isNull => Values(row, isNull.Path).Any(v => v is null == isNull.Expected),
            Condition.Comparison comparison => Values(row, comparison.Path)
                .Any(v => v is { } value && Meets(value, comparison)),
            _ => throw new NotSupportedException(),
        };

    /// <summary>All values that a path leads to; null for a null or for nothing.</summary>
    private static IEnumerable<JsonElement?> Values(EvaluatedRow row, FieldPath path)
    {
        if (path.Field == ReportCatalogue.RowId)
            return [JsonSerializer.SerializeToElement($"{row.UserId}-{row.OrganizationId ?? "orgnone"}")];
        IEnumerable<JsonElement?> values = [row.Json];
        var list = 0;
        foreach (var step in path.Steps)
        {
            values = values.Select(v => step.IsInSeries ? Key(v, step.Name) : Member(v, step.Name)).ToList();
            if (step.Kind != FieldKind.List || list == path.Elements.Count)
                continue;
            values = path.Elements[list++] is { } at
                ? values
                    .Select(v =>
                        v is { ValueKind: JsonValueKind.Array } l && at < l.GetArrayLength() ? NotNull(l[at]) : null
                    )
                    .ToList()
                : values
                    .SelectMany(v =>
                        v is { ValueKind: JsonValueKind.Array } l ? l.EnumerateArray().Select(NotNull) : []
                    )
                    .ToList();
        }

        return path.Keys.Aggregate(
            values,
            (at, key) =>
                key is null
                    ? at.SelectMany(v =>
                            v is { ValueKind: JsonValueKind.Array } l ? l.EnumerateArray().Select(NotNull) : []
                        )
                        .ToList()
                    : at.Select(v => Key(v, key)).ToList()
        );
    }

    private static JsonElement? Key(JsonElement? value, string key) =>
        value is { ValueKind: JsonValueKind.Array } list
            ? key is "0" or [not '0', ..]
            && int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && at < list.GetArrayLength()
                ? NotNull(list[at])
                : null
            : Member(value, key);

    private static JsonElement? Member(JsonElement? owner, string name) =>
        owner is { ValueKind: JsonValueKind.Object } o && o.TryGetProperty(name, out var value) ? NotNull(value) : null;

    private static JsonElement? NotNull(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value;

    private static bool Meets(JsonElement value, Condition.Comparison comparison)
    {
        switch (comparison.Path.Kind)
        {
            case FieldKind.Text:
                return Text(
                    value.GetString()!,
                    comparison.Lookup,
                    [.. comparison.Values.Select(v => ((QueryValue.Text)v).Value)]
                );
            case FieldKind.Boolean:
                return comparison.Values.Any(v => ((QueryValue.Boolean)v).Value == value.GetBoolean());
            case FieldKind.Integer or FieldKind.Decimal:
                return Ordered(
                    LongNumber.Of(value.GetRawText()),
                    comparison.Lookup,
                    [.. comparison.Values.Select(v => LongNumber.Of(((QueryValue.Number)v).Value.ToString()))]
                );
            case FieldKind.Instant when comparison.Values[0] is QueryValue.Text:
                return Text(
                    value.GetString()!,
                    comparison.Lookup,
                    [.. comparison.Values.Select(v => ((QueryValue.Text)v).Value)]
                );
            case FieldKind.Instant:
                return Instant(value.GetDateTimeOffset().UtcDateTime, comparison);
            default:
                return FreeForm(value, comparison);
        }
    }

    private static bool Instant(DateTime instant, Condition.Comparison comparison)
    {
        List<DateTime> instants = [.. comparison.Values.OfType<QueryValue.Instant>().Select(v => v.Value.UtcDateTime)];
        List<LongNumber> numbers =
        [
            .. comparison.Values.OfType<QueryValue.Number>().Select(v => LongNumber.Of(v.Value.ToString())),
        ];
        return comparison.Part switch
        {
            InstantPart.Whole => Ordered(instant, comparison.Lookup, instants),
            InstantPart.Date => Ordered(instant.Date, comparison.Lookup, instants),
            InstantPart.Year => Ordered(LongNumber.Of(instant.Year), comparison.Lookup, numbers),
            InstantPart.Month => Ordered(LongNumber.Of(instant.Month), comparison.Lookup, numbers),
            _ => Ordered(LongNumber.Of(instant.Day), comparison.Lookup, numbers),
        };
    }

    private static bool FreeForm(JsonElement value, Condition.Comparison comparison)
    {
        List<QueryValue.FreeForm> values = [.. comparison.Values.Cast<QueryValue.FreeForm>()];
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return Text(value.GetString()!, comparison.Lookup, [.. values.Select(v => v.Value)]);
            case JsonValueKind.Number:
                List<LongNumber> numbers =
                [
                    .. values
                        .Where(v => v.AsNumber is not null)
                        .Select(v => LongNumber.Of(v.AsNumber!.Value.ToString())),
                ];
                return numbers.Count > 0
                    && (comparison.Lookup == Lookup.In || numbers.Count == values.Count)
                    && Ordered(LongNumber.Of(value.GetRawText()), comparison.Lookup, numbers);
            case JsonValueKind.True or JsonValueKind.False:
                return comparison.Lookup is Lookup.Exact or Lookup.In
                    && values.Any(v => v.AsBoolean == value.GetBoolean());
            default:
                return false;
        }
    }

    private static bool Ordered<T>(T value, Lookup lookup, IReadOnlyList<T> others)
        where T : IComparable<T> =>
        lookup switch
        {
            Lookup.Exact or Lookup.In => others.Any(other => value.CompareTo(other) == 0),
            Lookup.Gt => value.CompareTo(others[0]) > 0,
            Lookup.Gte => value.CompareTo(others[0]) >= 0,
            Lookup.Lt => value.CompareTo(others[0]) < 0,
            Lookup.Lte => value.CompareTo(others[0]) <= 0,
            Lookup.Range => value.CompareTo(others[0]) >= 0 && value.CompareTo(others[1]) <= 0,
            _ => false,
        };

    private static bool Text(string text, Lookup lookup, IReadOnlyList<string> values)
    {
        var value = values[0];
        var (folded, foldedValue) = (CaseFolding.Fold(text), CaseFolding.Fold(value));
        return lookup switch
        {
            Lookup.IExact => folded == foldedValue,
            Lookup.Contains => text.Contains(value, StringComparison.Ordinal),
            Lookup.IContains => folded.Contains(foldedValue, StringComparison.Ordinal),
            Lookup.StartsWith => text.StartsWith(value, StringComparison.Ordinal),
            Lookup.IStartsWith => folded.StartsWith(foldedValue, StringComparison.Ordinal),
            Lookup.EndsWith => text.EndsWith(value, StringComparison.Ordinal),
            Lookup.IEndsWith => folded.EndsWith(foldedValue, StringComparison.Ordinal),
            Lookup.Regex => Regex.IsMatch(text, value, RegexOptions.CultureInvariant),
            Lookup.IRegex => Regex.IsMatch(text, value, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase),
            _ => Ordered(new CodePointText(text), lookup, [.. values.Select(v => new CodePointText(v))]),
        };
    }

    private static int Compare(EvaluatedRow a, EvaluatedRow b, IReadOnlyList<OrderTerm> ordering)
    {
        foreach (var term in ordering)
        {
            var (x, y) = (Values(a, term.Path).Single(), Values(b, term.Path).Single());
            if (x is null || y is null)
            {
                if (x is null != y is null)
                    return x is null ? 1 : -1;
                continue;
            }

            var compared = CompareValues(x.Value, y.Value, term.Path.Kind);
            if (compared != 0)
                return term.Descending ? -compared : compared;
        }

        var byUser = a.UserId.CompareTo(b.UserId);
        return byUser != 0 ? byUser
            : a.OrganizationId is null || b.OrganizationId is null
                ? (a.OrganizationId is null).CompareTo(b.OrganizationId is null)
            : new CodePointText(a.OrganizationId).CompareTo(new(b.OrganizationId));
    }

    private static int CompareValues(JsonElement x, JsonElement y, FieldKind kind) =>
        kind switch
        {
            FieldKind.Text => new CodePointText(x.GetString()!).CompareTo(new(y.GetString()!)),
            FieldKind.Boolean => x.GetBoolean().CompareTo(y.GetBoolean()),
            FieldKind.Integer => x.GetInt64().CompareTo(y.GetInt64()),
            FieldKind.Decimal => x.GetDouble().CompareTo(y.GetDouble()),
            FieldKind.Instant => x.GetDateTimeOffset().CompareTo(y.GetDateTimeOffset()),
            _ => new CodePointText(JsonText(x)).CompareTo(new(JsonText(y))),
        };

    private static string JsonText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>Text that compares by code point: by its UTF-32, which is slow and beyond doubt.</summary>
    private readonly record struct CodePointText(string Text) : IComparable<CodePointText>
    {
        public int CompareTo(CodePointText other)
        {
            var (a, b) = (Runes(Text), Runes(other.Text));
            for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
            {
                if (a[i] != b[i])
                    return a[i].CompareTo(b[i]);
            }

            return a.Count.CompareTo(b.Count);
        }

        private static List<int> Runes(string text) => [.. text.EnumerateRunes().Select(rune => rune.Value)];
    }
}

/// <summary>A number as a fraction of whole numbers of any length, which is slow and beyond doubt.</summary>
internal readonly record struct LongNumber(BigInteger Above, BigInteger Below) : IComparable<LongNumber>
{
    public static LongNumber Of(long number) => new(number, 1);

    /// <param name="text">With or without a point and an exponent.</param>
    public static LongNumber Of(string text)
    {
        var parts = text.ToLowerInvariant().Split('e');
        var point = parts[0].Split('.');
        var power =
            (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0)
            - (point.Length > 1 ? point[1].Length : 0);
        var digits = BigInteger.Parse(string.Concat(point), CultureInfo.InvariantCulture);
        return power < 0 ? new(digits, BigInteger.Pow(10, -power)) : new(digits * BigInteger.Pow(10, power), 1);
    }

    public int CompareTo(LongNumber other) => (Above * other.Below).CompareTo(other.Above * Below);
}

/// <summary>A row as the evaluator sees it.</summary>
public sealed record EvaluatedRow(long UserId, string? OrganizationId, JsonElement Json)
{
    public static EvaluatedRow Of(Report report) =>
        new(report.UserId, report.OrganizationId, JsonElement.Parse(ReportText.Of(report).Span));
}
