using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.Contract.Samples;

/// <summary>
/// Texts of queries that are valid: every field, every lookup, values that occur in the reports and others.
/// </summary>
internal sealed class RandomQueryTexts
{
    private static readonly string[] Keys =
    [
        "country",
        "name",
        "age",
        "score",
        "big",
        "active",
        "list",
        "list__0",
        "list__1",
        "list__3__deep__0",
        "nested__deep__deeper",
        "nested__deep",
        "sector",
        "missing",
        "year",
        "a/b",
        "m~n",
        "0",
        "country__label",
        "null",
        "k\"q",
        "$",
        "*",
        "a.b",
        "tiny",
        "exp",
        "exact",
        "long",
        "list[]",
        "list[]__deep[]",
        "list__3__deep[]",
        "country[]",
        "visits[]__country",
        "visits[]__tags[]",
        "visits[]__n",
        "\"my key\"",
        "'x__y'",
        "\"c:d\"",
        "\"\"",
        "\"l[]\"",
        "\"l[]\"[]",
        "\"a,b\"__\"(c)\"",
        "\"isnull\"",
    ];

    private static readonly string[] OrderKeys =
    [
        "country",
        "name",
        "age",
        "active",
        "missing",
        "sector",
        "nested__deep__deeper",
        "\"my key\"",
        "\"a,b\"__\"(c)\"",
        "\"\"",
    ];

    private static readonly string[] Patterns =
    [
        "^a",
        "e$",
        "[a-c]+",
        "li.e",
        "o{2}",
        "^$",
        "(x|y)+z?",
        "@ex",
        "\\.",
        "smi",
        "ken.a",
        "[^a-z]",
        "b|c",
        "(a*)*b",
        "\\$",
    ];

    private readonly Random random;
    private readonly Dictionary<string, List<string>> seen = new(StringComparer.Ordinal);

    public RandomQueryTexts(int seed, IEnumerable<EvaluatedRow> rows)
    {
        random = new(seed);
        foreach (var row in rows)
        {
            foreach (var field in ReportCatalogue.Fields)
                Remember(field, row.Json);
        }
    }

    public string Query()
    {
        return random.Next(40) == 0 ? "" : Node(random.Next(5));
    }

    public string? Ordering()
    {
        var terms = Enumerable
            .Range(0, random.Next(4))
            .Select(_ => (random.Next(2) == 0 ? "-" : "") + OrderPath())
            .ToList();
        return terms.Count == 0 ? null : string.Join(",", terms);
    }

    private string Node(int depth) =>
        (depth == 0 ? 0 : random.Next(5)) switch
        {
            1 => "NOT " + Grouped(depth - 1),
            2 => $"{Grouped(depth - 1)} AND {Grouped(depth - 1)}",
            3 => $"{Grouped(depth - 1)} OR {Grouped(depth - 1)} OR {Grouped(depth - 1)}",
            4 => $"{Grouped(depth - 1)} {Grouped(depth - 1)}",
            _ => Term(),
        };

    private string Grouped(int depth) => depth == 0 ? Term() : $"({Node(depth)})";

    private string Term()
    {
        if (random.Next(30) == 0)
            return Quote(Pick(AwkwardReports.Texts) + "ice");
        var field = random.Next(40) == 0 ? ReportCatalogue.RowId : Pick(ReportCatalogue.All);
        var path = WithPositions(field);
        if (field.Kind == FieldKind.List)
            return random.Next(3) > 0 ? path + ":" : $"{path[..^(random.Next(2) * 2)]}__isnull:{Flag()}";
        if (field.Kind == FieldKind.Object)
            return random.Next(2) == 0 ? $"{path}:null" : $"{path}__isnull:{Flag()}";
        var key = field.Kind == FieldKind.Json ? "__" + Pick(Keys) : "";
        if (field.Kind == FieldKind.Json && random.Next(10) == 0)
            return random.Next(2) == 0 ? $"{path}:null" : $"{path}__isnull:{Flag()}";
        path += key;
        if (key.EndsWith("[]", StringComparison.Ordinal) && random.Next(5) == 0)
            return path + ":";
        var lookup = Pick(Lookups.Of(field.Kind));
        if (lookup == Lookup.IsNull)
            return $"{path}__isnull:{Flag()}";
        if (lookup == Lookup.Exact && random.Next(6) == 0)
            return $"{path}:null";
        var part =
            field.Kind == FieldKind.Instant && random.Next(3) == 0 ? (InstantPart)random.Next(1, 5) : InstantPart.Whole;
        if (Lookups.IsTextual(lookup))
            part = InstantPart.Whole;
        var suffix =
            (part == InstantPart.Whole ? "" : "__" + Lookups.NameOf(part))
            + (lookup == Lookup.Exact && random.Next(2) == 0 ? "" : "__" + Lookups.NameOf(lookup));
        return $"{path}{suffix}:{Values(field, part, lookup, key)}";
    }

    private string Values(Field field, InstantPart part, Lookup lookup, string key)
    {
        string One() => Value(field, part, key);
        if (lookup is Lookup.Regex or Lookup.IRegex)
            return Quote(random.Next(3) == 0 && part == InstantPart.Whole ? Escaped(One()) : Pick(Patterns));
        if (lookup is not (Lookup.In or Lookup.Range))
            return Quote(Piece(lookup, One()));
        var values = Enumerable
            .Range(0, lookup == Lookup.Range ? 2 : random.Next(1, 4))
            .Select(_ => One().Replace(",", "", StringComparison.Ordinal).Trim());
        return Quote(string.Join(",", values.Select(v => v.Length > 0 && v[0] is '"' or '\'' ? "x" : v)));
    }

    /// <summary>Text that means itself in both engines: only what is plain in either.</summary>
    private static string Escaped(string text) => Regex.Replace(text, "[^a-zA-Z0-9@ ]+", ".*");

    private string Piece(Lookup lookup, string text)
    {
        if (
            lookup
                is Lookup.Contains
                    or Lookup.IContains
                    or Lookup.StartsWith
                    or Lookup.IStartsWith
                    or Lookup.EndsWith
                    or Lookup.IEndsWith
            && text.Length > 2
            && random.Next(2) == 0
        )
        {
            var start = lookup is Lookup.StartsWith or Lookup.IStartsWith ? 0 : random.Next(text.Length - 1);
            var length = lookup is Lookup.EndsWith or Lookup.IEndsWith
                ? text.Length - start
                : random.Next(1, text.Length - start);
            var piece = text.Substring(start, length);
            if (!piece.Any(char.IsSurrogate))
                text = piece;
        }

        return random.Next(4) == 0 && lookup.ToString()[0] == 'I' ? text.ToUpperInvariant() : text;
    }

    private string Value(Field field, InstantPart part, string key)
    {
        switch (part)
        {
            case InstantPart.Year:
                return Pick("1999", "2024", "2025", "2026", "1", "9999", "2024.5");
            case InstantPart.Month:
                return Pick("1", "2", "3", "12", "0", "13");
            case InstantPart.Day:
                return Pick("1", "28", "29", "31");
            case InstantPart.Date:
                return Pick("1999-12-31", "2024-02-29", "2024-03-01", "2026-01-31", "0001-01-01", "9999-12-31");
        }

        if (seen.TryGetValue(field.Path + key, out var values) && random.Next(4) > 0)
            return Pick(values);
        return field.Kind switch
        {
            FieldKind.Boolean => Pick("true", "false", "TRUE", "False"),
            FieldKind.Integer or FieldKind.Decimal => Pick(
                "0",
                "1",
                "-1",
                "99",
                "99.5",
                "100",
                "1e3",
                "-0.5",
                "9223372036854775807",
                "-9223372036854775808",
                "1e30",
                "-1e30",
                "5"
            ),
            FieldKind.Instant => Pick(
                "2026-01-31",
                "2024-02-29T23:59:59Z",
                "2024-03-01",
                "2024-03-01T02:00:00+02:00",
                "0001-01-01",
                "9999-12-31",
                "9999-12-31T23:59:59Z",
                "2026-01-31T12:00:00.5Z",
                "2026-01-31T12:00"
            ),
            FieldKind.Json => Pick(
                "41",
                "41.0",
                "1.5",
                "true",
                "FALSE",
                "Kenya",
                "kenya",
                "null",
                "9007199254740993",
                "9007199254740992",
                "0.1",
                "10e-2",
                "0.30000000000000004",
                "123456789012345678901234567890.5",
                "1e400",
                "two",
                "KEN",
                "5,10",
                "x",
                "",
                "50% off_all",
                "3"
            ),
            _ => Pick(AwkwardReports.Texts),
        };
    }

    private string WithPositions(Field field)
    {
        var path = field.Path;
        if (random.Next(3) == 0)
        {
            // The last list of a path that is asked for its emptiness keeps its brackets.
            var whole = field.Kind == FieldKind.List;
            path = Regex.Replace(
                path,
                "\\[\\](?=__)",
                match => random.Next(2) == 0 ? "__" + Pick("0", "1", "7") : "[]"
            );
            if (whole && !path.EndsWith("[]", StringComparison.Ordinal))
                path += "[]";
        }

        return path;
    }

    private string OrderPath()
    {
        if (random.Next(30) == 0)
            return "id";
        if (random.Next(6) == 0)
            return "extra_details__data__" + Pick(OrderKeys);
        var field = Pick([.. ReportCatalogue.All.Where(f => f is { IsScalar: true, IsInSeries: false })]);
        return field.Path.Replace("[]", "__" + Pick("0", "1"), StringComparison.Ordinal);
    }

    private void Remember(Field field, JsonElement owner)
    {
        if (field.IsInSeries)
        {
            RememberValue(field.Path, owner[int.Parse(field.Name, CultureInfo.InvariantCulture)]);
            return;
        }

        if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(field.Name, out var value))
            return;
        if (field.Kind == FieldKind.List)
        {
            foreach (
                var (child, element) in field.Children.SelectMany(child =>
                    value.EnumerateArray().Select(e => (child, e))
                )
            )
                Remember(child, element);
        }
        else if (field.Kind == FieldKind.Object)
        {
            foreach (var child in field.Children)
                Remember(child, value);
        }
        else if (field.Kind == FieldKind.Json && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
                RememberValue($"{field.Path}__{member.Name}", member.Value);
        }
        else
        {
            RememberValue(field.Path, value);
        }
    }

    private void RememberValue(string path, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array)
            return;
        if (!seen.TryGetValue(path, out var values))
            seen[path] = values = [];
        if (values.Count < 300)
            values.Add(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
    }

    private static string Quote(string text) =>
        "\""
        + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        + "\"";

    private string Flag() => random.Next(2) == 0 ? "true" : "FALSE";

    private T Pick<T>(params IReadOnlyList<T> values) => values[random.Next(values.Count)];
}
