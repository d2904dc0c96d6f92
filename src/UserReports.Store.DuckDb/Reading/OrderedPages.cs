using Microsoft.Extensions.Logging;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Store.DuckDb.Generations;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>
/// Orders of all rows. A page without a filter is a slice of its ordering, which is worked out in the background when
/// somebody asks for it a second time; from then on the first page and the ten-thousandth cost the same.
/// </summary>
internal sealed class OrderedPages(
    QueryExecutor queries,
    AddressReader addresses,
    StoreSettings settings,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    private readonly CancellationTokenSource closing = new();
    private Task ordering = Task.CompletedTask;

    /// <summary>The page as a slice; null if there is no such order, or the place to go on from is not in it.</summary>
    public FoundPage? Find(ReadTransaction reading, ReportQuery query, PageRequest page, SnapshotCache cache)
    {
        if (query.Filter is not null)
            return null;
        if (cache.Order(query.Ordering) is not { } order)
        {
            Begin(reading, query.Ordering, cache);
            return null;
        }

        var start = page.Offset;
        var length = page.Limit;
        if (page.Key is { } key)
        {
            if ((cache.Place(query.Ordering, key) ?? PlaceOf(reading, query, key, order)) is not { } place)
                return null;
            start = key.Backward ? Math.Max(0, place - length) : place + 1;
            length = key.Backward ? (int)(place - start) : length;
        }

        var documents = order.Slice(start, length).ToArray();
        var hasMore = page.Key is { Backward: true } ? start > 0 : start + documents.Length < order.Count;
        if (Ends(reading, query, documents) is not { } rows)
            return null;
        if (rows.Count > 0)
        {
            // Whoever turns pages goes on from one of these.
            cache.RememberPlace(query.Ordering, rows[0].ToKey(backward: true), start);
            cache.RememberPlace(query.Ordering, rows[^1].ToKey(backward: false), start + rows.Count - 1);
        }

        return new(rows, hasMore);
    }

    /// <summary>Gives up the order that is being worked out, if any; none is begun any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await ordering;
        closing.Dispose();
    }

    /// <summary>Where a key's row stands, if that row still has the key's values.</summary>
    private static long? PlaceOf(ReadTransaction reading, ReportQuery query, PageKey key, RowOrder order)
    {
        var row = reading
            .KeyedRows(DuckDbStatements.Pages.Account(query.Ordering, key.UserId), query.Ordering.Count)
            .SingleOrDefault(found => found.OrganizationId == key.OrganizationId);
        return
            row is not null && row.Keys.SequenceEqual(key.Values) && order.IndexOf(row.Document) is >= 0 and var place
            ? place
            : null;
    }

    /// <summary>
    /// The rows of a slice: only the first and the last need their keys, from which other pages go on.
    /// </summary>
    private static List<KeyedRow>? Ends(ReadTransaction reading, ReportQuery query, long[] documents)
    {
        if (documents.Length == 0)
            return [];
        var ends = reading.KeyedRows(
            DuckDbStatements.Pages.Rows(query.Ordering, documents[0], documents[^1]),
            query.Ordering.Count
        );
        var first = ends.SingleOrDefault(row => row.Document == documents[0]);
        var last = ends.SingleOrDefault(row => row.Document == documents[^1]);
        if (first is null || last is null)
            return null;
        return
        [
            .. documents.Select((document, i) => i == documents.Length - 1 ? last : first with { Document = document }),
        ];
    }

    private void Begin(ReadTransaction reading, IReadOnlyList<OrderTerm> terms, SnapshotCache cache)
    {
        // Rows that change every few seconds are not worth an order that is good for as long.
        if (
            time.GetUtcNow() - cache.Since < settings.OrderAfter
            || !ordering.IsCompleted
            || closing.IsCancellationRequested
            || !cache.TryBegin(terms, reading.Snapshot.Rows)
        )
            return;
        if (reading.Generation.TryEnter() is { } lease)
            ordering = Task.Run(() => OrderAsync(lease, terms, cache), CancellationToken.None);
    }

    private async Task OrderAsync(GenerationLease lease, IReadOnlyList<OrderTerm> terms, SnapshotCache cache)
    {
        using (lease)
        {
            try
            {
                var order = await queries.ReadAsync(
                    lease.Generation,
                    account: null,
                    QueryCost.Of(new ReportQuery(null, terms)),
                    reading => addresses.Order(reading, terms),
                    closing.Token
                );
                cache.Remember(terms, order);
            }
            catch (Exception e) when (e is OperationCanceledException or StoreException)
            {
                // Nothing is lost: pages are still found by their statements.
                StoreLog.OrderFailed(logger, e.Message);
            }
        }
    }
}
