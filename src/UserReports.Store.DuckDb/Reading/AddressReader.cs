using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.Sql;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>Finds where the documents of all rows of a query are, in its order.</summary>
internal sealed class AddressReader(StoreSettings settings)
{
    /// <summary>A sort of fewer rows takes less memory than is worth asking back.</summary>
    private const int SortedRowsToRelease = 10_000;

    /// <summary>Among so many rows the ends of parts of equal size are found closely enough.</summary>
    private const int SampleRows = 1000;

    /// <summary>The addresses of a query's rows.</summary>
    public ReadOnlyMemory<long> Of(StatementReading reading, ReportQuery query, SnapshotCache cache)
    {
        var addresses = Read(reading, query, cache.Count(query.Filter));
        cache.Remember(query.Filter, addresses.Length);
        return addresses;
    }

    /// <param name="count">How many they are, if that is known.</param>
    private ReadOnlyMemory<long> Read(StatementReading reading, ReportQuery query, long? count)
    {
        var rowsMax = reading.Snapshot.Rows;
        var ends = (count ?? rowsMax) > settings.SortedRows ? PartEnds(reading, query) : [];
        AddressList? matches = null;
        if (query.Filter is not null && ends.Count > 0)
        {
            // To ask the filter in each part could be far more work than to find its rows among all.
            matches = ReadInto(new(null, 0), reading.Statements.Pages.Matches(query.Filter));
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
            ReadInto(addresses, reading.Statements.Pages.Documents(sorted, after, end.ToKey(backward: true)));
            addresses.Add(end.Document);
            after = end.ToKey(backward: false);
        }

        ReadInto(addresses, reading.Statements.Pages.Documents(sorted, after, null));
        if (addresses.Written.Length >= SortedRowsToRelease)
            ReleaseSort(reading);
        return addresses.Written;

        AddressList ReadInto(AddressList into, SqlStatement statement) =>
            reading.Read(statement, into.AddRange, streams: true);
    }

    /// <summary>
    /// Rows between which the others are sorted in parts, one after the other: a sort takes a hundred bytes a row and
    /// more. None where the rows are few, or where the keys of each part would be worked out anew.
    /// </summary>
    private List<KeyedRow> PartEnds(StatementReading reading, ReportQuery query)
    {
        var parts = (reading.Snapshot.Rows + settings.SortedRows - 1) / settings.SortedRows;
        if (parts < 2 || !query.Ordering.All(term => IsColumn(term.Path)))
            return [];
        var sample = reading.KeyedRows(
            reading.Statements.Pages.Sample(query.Ordering, SampleRows),
            query.Ordering.Count
        );
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
    private void ReleaseSort(StatementReading reading) =>
        reading.Database.Execute($"set memory_limit = '{settings.MemoryLimit}'");
}
