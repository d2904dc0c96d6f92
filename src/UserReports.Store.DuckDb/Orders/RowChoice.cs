using UserReports.Store.DuckDb.Changes;

namespace UserReports.Store.DuckDb.Orders;

/// <summary>The rows that a filter means, as of one version.</summary>
/// <param name="OfBase">Of the base, the replaced ones among them included.</param>
/// <param name="Replaced">How many of those are replaced.</param>
/// <param name="Changed">Of the changed rows.</param>
internal sealed record RowChoice(long Version, OrdinalSet OfBase, int Replaced, HashSet<ChangedRow> Changed)
{
    /// <summary>How many rows.</summary>
    public long Count => OfBase.Count - Replaced + (long)Changed.Count;

    public bool Has(int ordinal) => OfBase.Contains(ordinal);

    public bool Has(ChangedRow row) => Changed.Contains(row);
}
