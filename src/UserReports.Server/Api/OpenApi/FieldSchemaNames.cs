using UserReports.Core.Reports;

namespace UserReports.Server.Api.OpenApi;

/// <summary>What the schemas of the catalogue's objects are called.</summary>
internal static class FieldSchemaNames
{
    /// <summary>
    /// <c>ServiceUsage</c> for an object, <c>Subscription</c> for an element of subscriptions, <c>SubscriptionItem</c>
    /// for one of its items, <c>Balance</c> for each of several balances of one shape, and <c>ForecastEntry</c> where
    /// one and many are called the same.
    /// </summary>
    public static string NameOf(Field field)
    {
        if (IsOneOfMany(field))
        {
            var many = NameOf(field.Parent!);
            return Singular(many) is var one && one != many ? one : many + "Entry";
        }

        var own = string.Concat(field.Name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        if (field.Kind != FieldKind.List)
            return own;
        return (field.Parent is { Kind: FieldKind.List } list ? NameOf(list) : "") + Singular(own);
    }

    /// <summary>True for an object whose siblings all have its shape.</summary>
    public static bool IsOneOfMany(Field field) =>
        field.Parent is { Children.Count: > 1 } parent && parent.Children.All(sibling => HasShapeOf(sibling, field));

    private static bool HasShapeOf(Field field, Field other) =>
        field.Children.Count > 0
        && field.Children.Select(child => child.Name).SequenceEqual(other.Children.Select(child => child.Name));

    private static string Singular(string name) => name.EndsWith('s') ? name[..^1] : name;
}
