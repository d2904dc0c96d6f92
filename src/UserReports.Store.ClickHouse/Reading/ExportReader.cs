using System.Runtime.CompilerServices;
using UserReports.Core.Query;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.Documents;

namespace UserReports.Store.ClickHouse.Reading;

/// <summary>All rows of a query: their keys as they come, and their documents by the thousand.</summary>
/// <remarks>
/// One statement sorts keys alone, however large the documents are. These are asked for while the receiver takes those
/// before them. Nothing of a generation is ever changed or deleted, and the keys say by which change a row came: so all
/// statements see the state that the first one saw.
/// </remarks>
internal sealed class ExportReader(ClickHouseServer server, Snapshots snapshots)
{
    /// <summary>The usual order, in which documents lie.</summary>
    private static readonly OrderTerm ByUsername = ReportQuery.Everything.Ordering[0];

    /// <summary>Rows whose documents are asked for together when they lie together.</summary>
    private const int StretchRows = 4_000;

    /// <summary>The same of rows that lie anywhere: the more there are, the more of them share what is unpacked for
    /// one.</summary>
    private const int ScatteredRows = 16_000;

    /// <summary>Documents that are handed on together.</summary>
    private const int BatchRows = 1_000;

    /// <summary>An export says after so many rows that it still reads.</summary>
    private const int RowsPerRenewal = 100_000;

    /// <summary>The documents, in the query's order.</summary>
    public async IAsyncEnumerable<DocumentBatch> ReadAsync(
        Snapshot snapshot,
        ReportQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isInOrder =
            query.Ordering is [{ Descending: false, Path: var path }, ..] && path.Field == ByUsername.Path.Field;
        var isStretch = isInOrder && query.Filter is null;
        var statement = snapshot.Pages.Page(query, long.MaxValue, 0, null);
        var keys = server.StreamAsync(statement, RowReader.Key, isLimited: false, reading.Token);
        var ahead = Task.FromResult<IReadOnlyList<DocumentBatch>>([]);
        var rows = 0;
        try
        {
            await foreach (var some in keys.Chunk(isInOrder ? StretchRows : ScatteredRows))
            {
                var next = DocumentsAsync(snapshot, some, isStretch, reading.Token);
                var batches = await Exchange(ref ahead, next);
                foreach (var batch in batches)
                    yield return batch;
                rows += some.Length;
                if (rows < RowsPerRenewal)
                    continue;
                rows = 0;
                await snapshots.RenewAsync(snapshot.Generation, cancellationToken);
            }

            foreach (var batch in await ahead)
                yield return batch;
        }
        finally
        {
            await reading.CancelAsync();
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static T Exchange<T>(ref T place, T next)
    {
        var before = place;
        place = next;
        return before;
    }

    private async Task<IReadOnlyList<DocumentBatch>> DocumentsAsync(
        Snapshot snapshot,
        RowKey[] keys,
        bool isStretch,
        CancellationToken cancellationToken
    )
    {
        List<DocumentBatch> batches =
        [
            .. Enumerable
                .Range(0, (keys.Length + BatchRows - 1) / BatchRows)
                .Select(i => new DocumentBatch(Math.Min(BatchRows, keys.Length - (i * BatchRows)))),
        ];
        await RowReader.DocumentsAsync(
            server,
            snapshot,
            keys,
            isStretch,
            (place, document) => batches[place / BatchRows].Put(place % BatchRows, document),
            cancellationToken
        );
        return batches;
    }
}
