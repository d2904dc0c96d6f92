using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Server.Requests;

namespace UserReports.Server.Explorer.Query;

/// <summary>A condition while somebody builds it: a field, a comparison, a value.</summary>
public sealed class ConditionDraft
{
    private static readonly Dictionary<string, string> WordsOf = new(StringComparer.Ordinal)
    {
        ["exact"] = "is",
        ["in"] = "is one of (a,b,c)",
        ["isnull"] = "is empty",
        ["iexact"] = "is (any case)",
        ["contains"] = "contains",
        ["icontains"] = "contains (any case)",
        ["startswith"] = "starts with",
        ["istartswith"] = "starts with (any case)",
        ["endswith"] = "ends with",
        ["iendswith"] = "ends with (any case)",
        ["regex"] = "matches the pattern",
        ["iregex"] = "matches the pattern (any case)",
        ["gt"] = "is more than",
        ["gte"] = "is at least",
        ["lt"] = "is less than",
        ["lte"] = "is at most",
        ["range"] = "is between (a,b)",
        ["date"] = "is on the day",
        ["year"] = "is in the year",
        ["month"] = "is in the month (1–12)",
        ["day"] = "is on day (1–31)",
    };

    /// <summary>Every path that a condition can begin with.</summary>
    public static readonly IReadOnlyList<(string Path, Field Field)> Paths =
    [
        .. ReportCatalogue
            .All.Where(f =>
                f is { IsScalar: true, IsInSeries: false }
                || f.KnownKeys.Count > 0
                || f is { Kind: FieldKind.Object, IsNullable: true }
            )
            .SelectMany(f =>
                f.KnownKeys.Count > 0
                    ? f.KnownKeys.Select(key => (Path: $"{f.Path}__{key}", Field: f))
                    : [(Path: f.Path, Field: f)]
            ),
    ];

    /// <summary>The field, as a path.</summary>
    public string Path { get; set; } = "username";

    /// <summary>The lookup's name.</summary>
    public string Lookup { get; set; } = "icontains";

    /// <summary>As it was typed.</summary>
    public string Value { get; set; } = "";

    /// <summary>Whether the condition must not hold.</summary>
    public bool IsNegated { get; set; }

    /// <summary>The field behind <see cref="Path"/>, or null if there is none.</summary>
    public Field? Field => Paths.FirstOrDefault(p => p.Path == Path).Field;

    /// <summary>The comparisons of the field, with what they mean.</summary>
    public IReadOnlyList<(string Name, string Words)> Lookups =>
        Field is { } known
            ? [.. Core.Query.Lookups.NamesOf(known.Kind).Select(name => (name, WordsOf.GetValueOrDefault(name, name)))]
            : [];

    /// <summary>Takes another field; a comparison that it lacks is replaced.</summary>
    public void Take(string path)
    {
        Path = path.Trim();
        if (Field is { } field && !Core.Query.Lookups.NamesOf(field.Kind).Contains(Lookup))
            Lookup = Core.Query.Lookups.NamesOf(field.Kind)[0];
    }

    /// <summary>The condition's text.</summary>
    public string Text
    {
        get
        {
            var value = Lookup == "isnull" && Value.Length == 0 ? "true" : Value;
            var isText = Field?.Kind is FieldKind.Text;
            return (IsNegated ? "NOT " : "") + QueryText.Term(Path, Lookup, value, isText);
        }
    }

    /// <summary>What is wrong with it, or null.</summary>
    public string? Fault =>
        Field is null ? $"There is no field {Path}."
        : QueryCompiler.Compile(Text, null).Errors is [var error, ..] ? error.Message
        : null;
}
