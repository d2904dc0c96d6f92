using UserReports.Core.Query.Binding;

namespace UserReports.Core.Query;

/// <summary>A query that is known to fit the report: what rows, in which order.</summary>
/// <param name="Filter">Which rows, or null for all.</param>
/// <param name="Ordering">
/// At most <see cref="QueryBounds.OrderTermsMax"/> terms; nulls come last both ways, ties end on (user id,
/// organisation id).
/// </param>
public sealed record ReportQuery(Condition? Filter, IReadOnlyList<OrderTerm> Ordering)
{
    /// <summary>What is likely not meant, though it can be answered; mostly empty.</summary>
    public IReadOnlyList<QueryWarning> Warnings { get; init; } = [];

    /// <summary>All rows, by username.</summary>
    public static readonly ReportQuery Everything = new(null, QueryBinder.DefaultOrdering);
}

/// <summary>One term of an ordering.</summary>
/// <param name="Path">A path with one value per row.</param>
public sealed record OrderTerm(FieldPath Path, bool Descending)
{
    /// <inheritdoc/>
    public override string ToString() => (Descending ? "-" : "") + Path;
}
