namespace UserReports.Core.Query;

/// <summary>A query that is known to fit the report: what rows, in which order.</summary>
/// <param name="Filter">Which rows, or null for all.</param>
/// <param name="Ordering">At most five terms; ties end on the row id.</param>
public sealed record ReportQuery(Condition? Filter, IReadOnlyList<OrderTerm> Ordering)
{
    /// <summary>All rows, by username.</summary>
    public static readonly ReportQuery Everything = new(null, []);
}

/// <summary>Decides for every row whether it is meant: true or false, never unknown.</summary>
public abstract record Condition;

/// <summary>One term of an ordering.</summary>
public sealed record OrderTerm(string Path, bool Descending);
