using UserReports.Core.Query;
using UserReports.Store.ClickHouse.Servers;

namespace UserReports.Store.ClickHouse.Reading;

/// <summary>Pages: their rows' keys first, beside them the count, then the documents.</summary>
internal sealed class PageReader(ClickHouseServer server)
{
    public async Task<ReportPage> FindAsync(
        Snapshot snapshot,
        ReportQuery query,
        PageRequest page,
        CancellationToken cancellationToken
    )
    {
        // Whoever fails first ends the other one.
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var counted = page.Count ? CountAsync(snapshot, query.Filter, both.Token) : null;
        try
        {
            var found = await KeysAsync(snapshot, query, page, cancellationToken);
            var documents = await RowReader.DocumentsAsync(
                server,
                snapshot,
                [.. found.Rows.Select(row => row.Key)],
                cancellationToken
            );
            long? count = counted is null ? null : await counted;
            counted = null;
            var (backward, hasRows) = (page.Key is { Backward: true }, found.Rows.Count > 0);
            var hasNext = backward ? hasRows : found.HasMore;
            var hasPrevious = backward ? found.HasMore : hasRows && (page.Key is not null || page.Offset > 0);
            return new(
                count,
                documents,
                hasNext ? Place(found.Rows[^1], backward: false) : null,
                hasPrevious ? Place(found.Rows[0], backward: true) : null,
                snapshot.Info
            );
        }
        catch
        {
            await both.CancelAsync();
            if (counted is not null)
                await ((Task)counted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>The keys of a page's rows, in the query's order.</summary>
    public async Task<IReadOnlyList<RowKey>> RowsAsync(
        Snapshot snapshot,
        ReportQuery query,
        PageRequest page,
        CancellationToken cancellationToken
    ) => [.. (await KeysAsync(snapshot, query, page, cancellationToken)).Rows.Select(row => row.Key)];

    /// <summary>How many rows a filter means.</summary>
    public async Task<long> CountAsync(Snapshot snapshot, Condition? filter, CancellationToken cancellationToken) =>
        filter is null
            ? snapshot.Generation.Figures.Rows
            : (
                await server.RowsAsync(
                    snapshot.Pages.Count(filter),
                    row => (long)RowReader.Value(row, 0, null)!,
                    cancellationToken
                )
            )[0];

    private async Task<FoundRows> KeysAsync(
        Snapshot snapshot,
        ReportQuery query,
        PageRequest page,
        CancellationToken cancellationToken
    )
    {
        // One row more than asked for tells whether there is a further page.
        var rows = await server.RowsAsync(
            snapshot.Pages.Page(query, page.Limit + 1L, page.Offset, page.Key),
            row => new FoundRow(
                RowReader.Key(row),
                [.. query.Ordering.Select((term, i) => RowReader.Value(row, i + RowReader.KeyColumns, term.Path.Kind))]
            ),
            cancellationToken
        );
        var hasMore = rows.Count > page.Limit;
        if (hasMore)
            rows.RemoveAt(page.Limit);
        if (page.Key is { Backward: true })
            rows.Reverse();
        return new(rows, hasMore);
    }

    private static PageKey Place(FoundRow row, bool backward) =>
        new(row.Values, row.Key.UserId, row.Key.OrganizationId, backward);

    private sealed record FoundRows(List<FoundRow> Rows, bool HasMore);

    private sealed record FoundRow(RowKey Key, IReadOnlyList<object?> Values);
}
