using UserReports.Core.Query.Syntax;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;

namespace UserReports.Core.Query.Binding;

/// <summary>
/// Finds values that a field whose values are known does not have: such a query is answered, by no rows, and whoever
/// mistyped it should hear of it.
/// </summary>
internal static class UnlikelyValues
{
    /// <summary>A warning for each value that compares with nothing that the field may hold.</summary>
    public static IEnumerable<QueryWarning> Of(BoundPath bound, IReadOnlyList<ValueText> values)
    {
        var field = bound.Path.Field;
        if (field.KnownValues.Count == 0 || field.Kind != FieldKind.Text)
            return [];
        return values
            .Where(value => !value.IsNull && !field.KnownValues.Any(known => Compares(known, bound.Lookup, value.Text)))
            .Select(value => (value, near: NearestNames.Of(value.Text, field.KnownValues)))
            .Where(odd => field.IsClosed || odd.near.Count > 0)
            .Select(odd => new QueryWarning(
                QueryWarningCode.UnlikelyValue,
                Message(bound, odd.value.Text, odd.near),
                odd.value.Text,
                odd.value.Position,
                odd.near.Count > 0 ? odd.near : field.KnownValues
            ));
    }

    private static string Message(BoundPath bound, string value, IReadOnlyList<string> near)
    {
        var field = bound.Path.Field;
        var fact = field.IsClosed
            ? $"\"{bound.Path}\" is never \"{value}\""
            : $"\"{value}\" is not among the usual values of \"{bound.Path}\"";
        return near.Count > 0
            ? $"{fact}. Did you mean {string.Join(" or ", near)}?"
            : $"{fact}: it is one of {string.Join(", ", field.KnownValues)}.";
    }

    /// <summary>Comparisons of order and patterns are let be: what they mean is up to whoever writes them.</summary>
    private static bool Compares(string known, Lookup lookup, string value) =>
        lookup switch
        {
            Lookup.Exact or Lookup.In => known == value,
            Lookup.IExact => CaseFolding.Fold(known) == CaseFolding.Fold(value),
            Lookup.Contains => known.Contains(value, StringComparison.Ordinal),
            Lookup.IContains => Folded(known, value, (a, b) => a.Contains(b, StringComparison.Ordinal)),
            Lookup.StartsWith => known.StartsWith(value, StringComparison.Ordinal),
            Lookup.IStartsWith => Folded(known, value, (a, b) => a.StartsWith(b, StringComparison.Ordinal)),
            Lookup.EndsWith => known.EndsWith(value, StringComparison.Ordinal),
            Lookup.IEndsWith => Folded(known, value, (a, b) => a.EndsWith(b, StringComparison.Ordinal)),
            _ => true,
        };

    private static bool Folded(string known, string value, Func<string, string, bool> compare) =>
        compare(CaseFolding.Fold(known), CaseFolding.Fold(value));
}
