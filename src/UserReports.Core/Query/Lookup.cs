using UserReports.Core.Reports;

namespace UserReports.Core.Query;

/// <summary>How a field is compared with a value.</summary>
public enum Lookup
{
    /// <summary>Equal.</summary>
    Exact,

    /// <summary>Equal to one of a comma-separated list.</summary>
    In,

    /// <summary>Null, or with <c>false</c> not null.</summary>
    IsNull,

    /// <summary>Equal, whatever the case.</summary>
    IExact,

    /// <summary>Holds the text.</summary>
    Contains,

    /// <summary>Holds the text, whatever the case.</summary>
    IContains,

    /// <summary>Begins with the text.</summary>
    StartsWith,

    /// <summary>Begins with the text, whatever the case.</summary>
    IStartsWith,

    /// <summary>Ends with the text.</summary>
    EndsWith,

    /// <summary>Ends with the text, whatever the case.</summary>
    IEndsWith,

    /// <summary>Some part matches the regular expression (RE2 syntax).</summary>
    Regex,

    /// <summary>Some part matches the regular expression, whatever the case.</summary>
    IRegex,

    /// <summary>Greater or later.</summary>
    Gt,

    /// <summary>Greater or later, or equal.</summary>
    Gte,

    /// <summary>Less or earlier.</summary>
    Lt,

    /// <summary>Less or earlier, or equal.</summary>
    Lte,

    /// <summary>Between two values, comma-separated, both included.</summary>
    Range,
}

/// <summary>What of an instant is compared, in UTC.</summary>
public enum InstantPart
{
    /// <summary>The instant itself.</summary>
    Whole,

    /// <summary>Its calendar day.</summary>
    Date,

    /// <summary>Its year.</summary>
    Year,

    /// <summary>Its month, 1 to 12.</summary>
    Month,

    /// <summary>Its day of the month, 1 to 31.</summary>
    Day,
}

/// <summary>Which lookups go with which kind of field; their names in the query language.</summary>
public static class Lookups
{
    private static readonly Lookup[] Always = [Lookup.Exact, Lookup.In, Lookup.IsNull];
    private static readonly Lookup[] Ordered = [Lookup.Gt, Lookup.Gte, Lookup.Lt, Lookup.Lte, Lookup.Range];

    private static readonly Lookup[] Textual =
    [
        Lookup.IExact,
        Lookup.Contains,
        Lookup.IContains,
        Lookup.StartsWith,
        Lookup.IStartsWith,
        Lookup.EndsWith,
        Lookup.IEndsWith,
        Lookup.Regex,
        Lookup.IRegex,
    ];

    private static readonly Dictionary<string, Lookup> ByName = Enum.GetValues<Lookup>()
        .ToDictionary(NameOf, StringComparer.Ordinal);

    private static readonly Dictionary<string, InstantPart> PartByName = Enum.GetValues<InstantPart>()
        .Where(p => p != InstantPart.Whole)
        .ToDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>True for those that look at text alone; of an instant, at the text that the report shows.</summary>
    public static bool IsTextual(Lookup lookup) => Textual.Contains(lookup);

    /// <summary>The name in the query language: lower case.</summary>
    public static string NameOf(Lookup lookup) => lookup.ToString().ToLowerInvariant();

    /// <inheritdoc cref="NameOf(Lookup)"/>
    public static string NameOf(InstantPart part) => part.ToString().ToLowerInvariant();

    /// <summary>The lookup of that name, or null.</summary>
    public static Lookup? Find(string name) => ByName.TryGetValue(name, out var lookup) ? lookup : null;

    /// <summary>The part of an instant of that name, or null.</summary>
    public static InstantPart? FindPart(string name) => PartByName.TryGetValue(name, out var part) ? part : null;

    /// <summary>The lookups of a field, in the order of the documentation.</summary>
    public static IReadOnlyList<Lookup> Of(FieldKind kind) =>
        kind switch
        {
            FieldKind.Text => [.. Always, .. Textual, .. Ordered],
            FieldKind.Json => [.. Always, .. Textual, .. Ordered],
            FieldKind.Instant => [.. Always, .. Ordered, .. Textual],
            FieldKind.Integer or FieldKind.Decimal => [.. Always, .. Ordered],
            FieldKind.Boolean => Always,
            _ => [Lookup.IsNull],
        };

    /// <summary>
    /// The names of everything that may follow a path to a field of that kind, parts of instants included.
    /// </summary>
    public static IReadOnlyList<string> NamesOf(FieldKind kind) =>
        kind == FieldKind.Instant ? [.. Of(kind).Select(NameOf), .. PartByName.Keys] : [.. Of(kind).Select(NameOf)];
}
