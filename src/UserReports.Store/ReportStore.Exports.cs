using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Answers;
using UserReports.Store.Documents;
using UserReports.Store.Generations;
using UserReports.Store.Runs;
using UserReports.Store.Sql;

namespace UserReports.Store;

/// <content>All rows of a query: where they are, and the documents from there.</content>
public sealed partial class ReportStore
{
    private const int ExportChunkRows = 500;
    private const int ExportChunksAhead = 4;

    /// <summary>A sort of fewer rows takes less memory than is worth asking back.</summary>
    private const int SortedRowsToRelease = 10_000;

    /// <summary>Among so many rows the ends of parts of equal size are found closely enough.</summary>
    private const int SampleRows = 1000;

    /// <inheritdoc/>
    public async Task<ReportExport> ExportAsync(ReportQuery query, CancellationToken cancellationToken)
    {
        var generation = Enter();
        try
        {
            // What an address points to never changes: with the addresses, eight bytes a row, the database has done its
            // part, and neither a transaction nor the memory of a sort lasts as long as the receiver takes.
            var (addresses, snapshot) = await ReadAsync(
                generation,
                (reading, token) => (AddressesOf(reading, query, token), reading.Snapshot),
                cancellationToken
            );
            return new(
                addresses.Length,
                snapshot,
                Chunks(generation.Documents, addresses, cancellationToken),
                () =>
                {
                    generation.Leave();
                    return ValueTask.CompletedTask;
                }
            );
        }
        catch
        {
            generation.Leave();
            throw;
        }
    }

    private ReadOnlyMemory<long> AddressesOf(Reading reading, ReportQuery query, CancellationToken token)
    {
        var known = AnswersOf(reading.Snapshot);
        if (query.Filter is null && known.Order(query.Ordering) is { } order)
            return order.Documents;
        var addresses = ReadAddresses(reading.Use, query, reading.Snapshot.Rows, known.Count(query.Filter), token);
        known.Remember(query.Filter, addresses.Length);
        return addresses;
    }

    /// <summary>Where the documents of all rows of a query are, in its order.</summary>
    /// <param name="count">How many they are, if that is known.</param>
    private ReadOnlyMemory<long> ReadAddresses(
        GenerationUse use,
        ReportQuery query,
        long rowsMax,
        long? count,
        CancellationToken token
    )
    {
        var ends = (count ?? rowsMax) > settings.SortedRows ? PartEnds(use, query, rowsMax, token) : [];
        AddressList? matches = null;
        if (query.Filter is not null && ends.Count > 0)
        {
            // To ask the filter in each part could be far more work than to find its rows among all.
            matches = Read(new(null, 0), PageSql.Matches(query.Filter));
            if (matches.Written.Length > settings.SortedRows)
                matches.Sort();
            else
                (matches, ends) = (null, []);
        }

        var addresses = new AddressList(
            matches,
            matches?.Written.Length ?? count ?? (query.Filter is null ? rowsMax : 0)
        );
        var sorted = matches is null ? query : query with { Filter = null };
        PageKey? after = null;
        foreach (var end in ends)
        {
            Read(addresses, PageSql.Documents(sorted, after, end.ToKey(backward: true)));
            addresses.Add(end.Document);
            after = end.ToKey(backward: false);
        }

        Read(addresses, PageSql.Documents(sorted, after, null));
        if (addresses.Written.Length >= SortedRowsToRelease)
            ReleaseSort(use.Database);
        return addresses.Written;

        AddressList Read(AddressList into, (string Sql, SqlParameters Parameters) statement) =>
            ReadAll(use, statement.Sql, statement.Parameters.Values, into.AddRange, token, streams: true);
    }

    /// <summary>
    /// Rows between which the others are sorted in parts, one after the other: a sort takes a hundred bytes a row and
    /// more. None where the rows are few, or where the keys of each part would be worked out anew.
    /// </summary>
    private List<KeyedRow> PartEnds(GenerationUse use, ReportQuery query, long rowsMax, CancellationToken token)
    {
        var parts = (rowsMax + settings.SortedRows - 1) / settings.SortedRows;
        if (parts < 2 || !query.Ordering.All(term => IsColumn(term.Path)))
            return [];
        var (sql, parameters) = PageSql.Sample(query.Ordering, SampleRows);
        var sample = ReadKeys(use, sql, parameters, query.Ordering.Count, token);
        if (sample.Count == 0)
            return [];
        return [.. Enumerable.Range(1, (int)parts - 1).Select(i => sample[(int)(i * sample.Count / parts)]).Distinct()];

        static bool IsColumn(FieldPath path) =>
            path.Elements.Count == 0 && path.Field.Kind is not (FieldKind.Json or FieldKind.List);
    }

    /// <summary>
    /// The database's allocator keeps the memory of a finished sort for a next one, however long that is in coming.
    /// When the limit is set, also to what it was, it gives back what it does not use: some milliseconds.
    /// </summary>
    private void ReleaseSort(DuckDBConnection connection) =>
        connection.Execute($"set memory_limit = '{settings.MemoryLimit}'");

    /// <summary>
    /// Some chunks are read ahead on other threads: taking documents out of their blocks is most of an export's work.
    /// </summary>
    private static async IAsyncEnumerable<DocumentBatch> Chunks(
        DocumentFile documents,
        ReadOnlyMemory<long> addresses,
        CancellationToken exportCancellation,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var ahead = new Queue<Task<DocumentBatch>>();
        try
        {
            while (addresses.Length > 0 || ahead.Count > 0)
            {
                exportCancellation.ThrowIfCancellationRequested();
                cancellationToken.ThrowIfCancellationRequested();
                while (addresses.Length > 0 && ahead.Count < ExportChunksAhead)
                {
                    var chunk = addresses[..Math.Min(ExportChunkRows, addresses.Length)];
                    addresses = addresses[chunk.Length..];
                    ahead.Enqueue(Task.Run(() => documents.ReadBatch(chunk.Span), CancellationToken.None));
                }

                yield return await ahead.Dequeue();
            }
        }
        finally
        {
            // The generation is let go of by the caller: nobody may read from it any more then.
            foreach (var chunk in ahead)
                await ((Task)chunk).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Addresses as they come.</summary>
    /// <param name="among">Those that are wanted, sorted; or null for all.</param>
    /// <param name="capacity">How many there are, if that is known: the array is then never copied.</param>
    private sealed class AddressList(AddressList? among, long capacity)
    {
        private readonly ArrayBufferWriter<long> written = new((int)Math.Max(capacity, 1024));

        public ReadOnlyMemory<long> Written => written.WrittenMemory;

        public void Add(long address)
        {
            if (among is not null && among.Written.Span.BinarySearch(address) < 0)
                return;
            written.GetSpan(1)[0] = address;
            written.Advance(1);
        }

        public void Sort() => MemoryMarshal.AsMemory(written.WrittenMemory).Span.Sort();

        public AddressList AddRange(DuckDBDataReader reader)
        {
            while (reader.Read())
                Add(reader.GetInt64(0));
            return this;
        }
    }
}
