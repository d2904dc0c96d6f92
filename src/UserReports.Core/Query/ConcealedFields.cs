using UserReports.Core.Query.Syntax;
using UserReports.Core.Reports;

namespace UserReports.Core.Query;

/// <summary>What may be asked of fields whose values are concealed from whoever asks.</summary>
/// <remarks>
/// An answer tells as much as the values that it shows: a filter by part of a name, by order or by pattern finds the
/// name out piece by piece, and an order by it tells what comes before what. So an identity can be asked for as a whole
/// by whoever knows it already, and of everything else only whether there is any.
/// </remarks>
public static class ConcealedFields
{
    /// <summary>True if the rows of a filter tell no more than is meant to be told.</summary>
    public static bool Allows(Condition? filter) =>
        filter switch
        {
            Condition.All all => all.Parts.All(Allows),
            Condition.Any any => any.Parts.All(Allows),
            Condition.Not not => Allows(not.Part),
            Condition.Comparison test => Allows(test),
            _ => true,
        };

    /// <summary>True if the order of rows by this path tells nothing that is concealed.</summary>
    public static bool AllowsOrder(FieldPath path) => path.Field.Personal == PersonalKind.None;

    /// <summary>Why a term may not be asked; null if it may.</summary>
    /// <param name="written">The path as it is in the query.</param>
    internal static QueryFault? FaultOf(Condition bound, FieldPath path, string written, int position)
    {
        if (Allows(bound))
            return null;
        var isIdentity = path.Field.Personal == PersonalKind.Identity;
        return QueryFault.Of(
            QueryErrorCode.ConcealedField,
            isIdentity
                ? $"\"{path}\" is concealed: ask for a whole value ({path}:… or {path}__iexact:…), or reveal the query, with a reason."
                : $"\"{path}\" is concealed: ask whether there is one ({path}__isnull:false), or reveal the query, with a reason.",
            written,
            position,
            isIdentity ? [path.ToString(), $"{path}__iexact"] : [$"{path}__isnull"]
        );
    }

    /// <summary>Why a bare word may not be searched for: it stands for part of a name.</summary>
    internal static QueryFault OfWord(ValueText word) =>
        QueryFault.Of(
            QueryErrorCode.ConcealedField,
            "A word alone is searched for within usernames, which are concealed: ask for a whole one (username:…), or reveal "
                + "the query, with a reason.",
            word.Text,
            word.Position,
            word.IsQuoted ? [] : [$"username:{word.Text}"]
        );

    /// <summary>Why rows may not be ordered by a path.</summary>
    internal static QueryFault OfOrder(FieldPath path, string written, int position) =>
        QueryFault.Of(
            QueryErrorCode.ConcealedField,
            $"\"{path}\" is concealed, and an order by it would tell the order of the true values: order by another field, or "
                + "reveal the query, with a reason.",
            written,
            position
        );

    private static bool Allows(Condition.Comparison test) =>
        test.Path.Field.Personal switch
        {
            PersonalKind.Identity => test.Lookup is Lookup.Exact or Lookup.IExact or Lookup.In,
            // An empty text is no more than the absence of one.
            PersonalKind.Detail => test is { Lookup: Lookup.Exact, Values: [var value] } && IsEmpty(value),
            _ => true,
        };

    private static bool IsEmpty(QueryValue value) =>
        value is QueryValue.Text { Value.Length: 0 } or QueryValue.FreeForm { Value.Length: 0 };
}
