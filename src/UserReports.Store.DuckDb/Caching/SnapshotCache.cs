using BitFaster.Caching.Lru;
using UserReports.Core.Query;

namespace UserReports.Store.DuckDb.Caching;

/// <summary>
/// What statements have found out about one version of the rows. Whoever comes back or shares a link asks for the same
/// again; as no row has changed, the answer has not.
/// </summary>
internal sealed class SnapshotCache(string version)
{
    private const int CountsMax = 1000;
    private const int PagesMax = 1000;

    private readonly ConcurrentLru<string, long> counts = new(CountsMax);
    private readonly ConcurrentLru<string, FoundPage> pages = new(PagesMax);

    public string Version => version;

    public long? Count(Condition? filter) => counts.TryGet(NameOf(filter), out var count) ? count : null;

    public void Remember(Condition? filter, long count) => counts.AddOrUpdate(NameOf(filter), count);

    public FoundPage? Page(ReportQuery query, PageRequest request) =>
        pages.TryGet(NameOf(query, request), out var page) ? page : null;

    public void Remember(ReportQuery query, PageRequest request, FoundPage page) =>
        pages.AddOrUpdate(NameOf(query, request), page);

    private static string NameOf(Condition? filter) => filter?.ToString() ?? "";

    private static string NameOf(IReadOnlyList<OrderTerm> ordering) => string.Join(',', ordering);

    private static string NameOf(ReportQuery query, PageRequest request)
    {
        var place = request.Key is not { } key
            ? ""
            : $"{key.UserId}|{key.OrganizationId}|{key.Backward}|{string.Join('\0', key.Values.Select(v => $"{v?.GetType().Name}{v}"))}";
        return FormattableString.Invariant(
            $"{NameOf(query.Filter)}\n{NameOf(query.Ordering)}\n{request.Limit}|{request.Offset}|{place}"
        );
    }
}
