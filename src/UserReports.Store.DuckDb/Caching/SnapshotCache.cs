using System.Collections.Concurrent;
using UserReports.Core.Query;

namespace UserReports.Store.DuckDb.Caching;

/// <summary>
/// What has been found out about one version of the rows. Whoever turns pages, comes back or shares a link asks for the
/// same counts and places again; as no row has changed, the answer has not.
/// </summary>
internal sealed class SnapshotCache(string version, DateTimeOffset since)
{
    private const int CountsMax = 1000;
    private const int PageRowsMax = 100_000;
    private const int PlacesMax = 10_000;
    private const int OrderedRowsMax = 8_000_000;

    private readonly ConcurrentDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FoundPage> pages = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RowOrder?> orders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, KnownPlace> places = new(StringComparer.Ordinal);
    private long pageRows;
    private long orderedRows;

    public string Version => version;

    /// <summary>When this version was first asked for.</summary>
    public DateTimeOffset Since => since;

    public long? Count(Condition? filter) => counts.TryGetValue(NameOf(filter), out var count) ? count : null;

    public void Remember(Condition? filter, long count)
    {
        if (counts.Count < CountsMax)
            counts[NameOf(filter)] = count;
    }

    public FoundPage? Page(ReportQuery query, PageRequest request) => pages.GetValueOrDefault(NameOf(query, request));

    public void Remember(ReportQuery query, PageRequest request, FoundPage page)
    {
        if (Interlocked.Add(ref pageRows, page.Rows.Count + 1) > PageRowsMax)
        {
            pages.Clear();
            Interlocked.Exchange(ref pageRows, 0);
        }

        pages[NameOf(query, request)] = page;
    }

    /// <summary>All rows in an order, if that has been asked for and worked out.</summary>
    public RowOrder? Order(IReadOnlyList<OrderTerm> ordering) => orders.GetValueOrDefault(NameOf(ordering));

    /// <summary>
    /// True for the one who is to work out an order: for the second who asks, if there is room for it.
    /// </summary>
    public bool TryBegin(IReadOnlyList<OrderTerm> ordering, long rows)
    {
        if (orders.ContainsKey(NameOf(ordering)) || Interlocked.Read(ref orderedRows) + rows > OrderedRowsMax)
            return false;
        if (!orders.TryAdd(NameOf(ordering), null))
            return false;
        Interlocked.Add(ref orderedRows, rows);
        return true;
    }

    public void Remember(IReadOnlyList<OrderTerm> ordering, RowOrder order) => orders[NameOf(ordering)] = order;

    /// <summary>
    /// Where the row of a key stands in an order, if a page was told to go on from there, and the row has the key's
    /// values.
    /// </summary>
    public long? Place(IReadOnlyList<OrderTerm> ordering, PageKey key) =>
        places.TryGetValue(NameOf(ordering, key), out var known) && known.Keys.SequenceEqual(key.Values)
            ? known.Place
            : null;

    public void RememberPlace(IReadOnlyList<OrderTerm> ordering, PageKey key, long place)
    {
        if (places.Count >= PlacesMax)
            places.Clear();
        places[NameOf(ordering, key)] = new(key.Values, place);
    }

    private static string NameOf(IReadOnlyList<OrderTerm> ordering, PageKey key) =>
        FormattableString.Invariant($"{NameOf(ordering)}\n{key.UserId}|{key.OrganizationId}");

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
