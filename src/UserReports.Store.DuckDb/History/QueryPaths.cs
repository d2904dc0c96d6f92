using UserReports.Core.Query;

namespace UserReports.Store.DuckDb.History;

/// <summary>Every path that a question names.</summary>
internal static class QueryPaths
{
    public static IEnumerable<FieldPath> Of(ReportQuery query) =>
        Of(query.Filter).Concat(query.Ordering.Select(term => term.Path));

    public static IEnumerable<FieldPath> Of(SummaryQuery query) =>
        Of(query.Filter)
            .Concat(query.Groups.Select(group => group.Path))
            .Concat(query.Measures.Select(measure => measure.Path).OfType<FieldPath>());

    private static IEnumerable<FieldPath> Of(Condition? filter) => filter?.Paths ?? [];
}
