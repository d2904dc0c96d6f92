using System.Globalization;
using UserReports.Core.Query.Syntax;
using UserReports.Core.Reports;

namespace UserReports.Core.Query;

/// <summary>A way through the report to a value: catalogue fields, list elements, and keys of free-form JSON.</summary>
/// <param name="Field">The last catalogue field on the way.</param>
/// <param name="Elements">
/// For each list on the way, from the outside: which element, or null for any. As many as there are lists above
/// <paramref name="Field"/> (the field itself, if it is a list, has none).
/// </param>
/// <param name="Keys">
/// Keys (or, in a JSON list, positions) below a free-form field, null for any element of a list; otherwise empty.
/// </param>
public sealed record FieldPath(Field Field, IReadOnlyList<int?> Elements, IReadOnlyList<string?> Keys)
{
    /// <summary>What decides how the value compares.</summary>
    public FieldKind Kind => Field.Kind;

    /// <summary>True if there is one value per row.</summary>
    public bool IsSingle => Elements.All(element => element is not null) && !HasAnyKey;

    /// <summary>True if any element of a list within free-form JSON is meant.</summary>
    public bool HasAnyKey => Keys.Contains(null);

    /// <summary>True if a list of the catalogue is on the way.</summary>
    public bool IsBelowList => Elements.Count > 0;

    /// <summary>The catalogue fields on the way, from the top.</summary>
    public IEnumerable<Field> Steps => Above(Field).Reverse();

    /// <summary>The list itself, for a path that ends on any of the elements of a list within free-form JSON.</summary>
    public FieldPath OfWholeList => Keys is [.., null] ? this with { Keys = [.. Keys.SkipLast(1)] } : this;

    /// <inheritdoc/>
    public bool Equals(FieldPath? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>As it is written in the query language.</summary>
    public override string ToString()
    {
        var list = 0;
        var segments = Steps.Select(step =>
            step.Kind != FieldKind.List || list == Elements.Count ? step.Name
            : Elements[list++] is { } at ? $"{step.Name}__{at.ToString(CultureInfo.InvariantCulture)}"
            : $"{step.Name}[]"
        );
        var keys = Keys.Select((key, i) => key is null ? "[]" : PathText.Separator + PathText.Segment(key, i == 0));
        return string.Join(PathText.Separator, segments) + string.Concat(keys);
    }

    private static IEnumerable<Field> Above(Field? field)
    {
        for (; field is not null; field = field.Parent)
            yield return field;
    }
}
