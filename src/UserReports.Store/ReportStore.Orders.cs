using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Store.Answers;
using UserReports.Store.Generations;
using UserReports.Store.Runs;
using UserReports.Store.Sql;

namespace UserReports.Store;

/// <content>
/// Orders of all rows. A page without a filter is a slice of its ordering, which is worked out in the background when
/// somebody asks for it a second time; from then on the first page and the ten-thousandth cost the same.
/// </content>
public sealed partial class ReportStore
{
    private readonly CancellationTokenSource closing = new();
    private KnownAnswers answers = new("", default);
    private Task ordering = Task.CompletedTask;

    private KnownAnswers AnswersOf(SnapshotInfo snapshot)
    {
        var known = Volatile.Read(ref answers);
        if (known.Version == snapshot.Version)
            return known;
        known = new(snapshot.Version, time.GetUtcNow());
        Volatile.Write(ref answers, known);
        return known;
    }

    /// <summary>The page as a slice; null if there is no such order, or the place to go on from is not in it.</summary>
    private FoundPage? FindInOrder(
        Generation generation,
        Reading reading,
        ReportQuery query,
        PageRequest page,
        KnownAnswers known,
        CancellationToken token
    )
    {
        if (query.Filter is not null)
            return null;
        if (known.Order(query.Ordering) is not { } order)
        {
            Order(generation, query.Ordering, known, reading.Snapshot.Rows);
            return null;
        }

        var start = page.Offset;
        var length = page.Limit;
        if (page.Key is { } key)
        {
            if ((known.Place(query.Ordering, key) ?? PlaceOf(reading.Use, query, key, order, token)) is not { } place)
                return null;
            start = key.Backward ? Math.Max(0, place - length) : place + 1;
            length = key.Backward ? (int)(place - start) : length;
        }

        var documents = order.Slice(start, length).ToArray();
        var hasMore = page.Key is { Backward: true } ? start > 0 : start + documents.Length < order.Count;
        if (Ends(reading.Use, query, documents, token) is not { } rows)
            return null;
        if (rows.Count > 0)
        {
            // Whoever turns pages goes on from one of these.
            known.RememberPlace(query.Ordering, rows[0].ToKey(backward: true), start);
            known.RememberPlace(query.Ordering, rows[^1].ToKey(backward: false), start + rows.Count - 1);
        }

        return new(rows, hasMore);
    }

    /// <summary>Where a key's row stands, if that row still has the key's values.</summary>
    private static long? PlaceOf(
        GenerationUse use,
        ReportQuery query,
        PageKey key,
        RowOrder order,
        CancellationToken token
    )
    {
        var (sql, parameters) = PageSql.Account(query.Ordering, key.UserId);
        var row = ReadKeys(use, sql, parameters, query.Ordering.Count, token)
            .SingleOrDefault(found => found.OrganizationId == key.OrganizationId);
        return
            row is not null && row.Keys.SequenceEqual(key.Values) && order.IndexOf(row.Document) is >= 0 and var place
            ? place
            : null;
    }

    /// <summary>
    /// The rows of a slice: only the first and the last need their keys, from which other pages go on.
    /// </summary>
    private static List<KeyedRow>? Ends(GenerationUse use, ReportQuery query, long[] documents, CancellationToken token)
    {
        if (documents.Length == 0)
            return [];
        var (sql, parameters) = PageSql.Rows(query.Ordering, documents[0], documents[^1]);
        var ends = ReadKeys(use, sql, parameters, query.Ordering.Count, token);
        var first = ends.SingleOrDefault(row => row.Document == documents[0]);
        var last = ends.SingleOrDefault(row => row.Document == documents[^1]);
        if (first is null || last is null)
            return null;
        return
        [
            .. documents.Select((document, i) => i == documents.Length - 1 ? last : first with { Document = document }),
        ];
    }

    private void Order(Generation generation, IReadOnlyList<OrderTerm> terms, KnownAnswers known, long rows)
    {
        // Rows that change every few seconds are not worth an order that is good for as long.
        if (
            time.GetUtcNow() - known.Since < settings.OrderAfter
            || !ordering.IsCompleted
            || !known.TryBegin(terms, rows)
        )
            return;
        if (!generation.TryEnter())
            return;
        ordering = Task.Run(
            async () =>
            {
                try
                {
                    known.Remember(terms, await InTurnAsync(() => ReadOrder(generation, terms), closing.Token));
                }
                catch (Exception e)
                    when (e
                            is OperationCanceledException
                                or DuckDBException
                                or QueryMemoryException
                                or StoreException
                                or StoreDamagedException
                    )
                {
                    // Nothing is lost: pages are still found by their statements.
                    StoreLog.OrderFailed(logger, e.Message);
                }
                finally
                {
                    generation.Leave();
                }
            },
            CancellationToken.None
        );
    }

    private RowOrder ReadOrder(Generation generation, IReadOnlyList<OrderTerm> terms)
    {
        using var use = generation.Connect(closing.Token);
        // Parts are of one state.
        use.Database.Execute("begin transaction");
        return new(ReadAddresses(use, new(null, terms), generation.Rows, null, closing.Token));
    }
}
