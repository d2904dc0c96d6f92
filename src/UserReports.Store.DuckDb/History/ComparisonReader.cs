using System.Runtime.CompilerServices;
using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Reading;
using UserReports.Store.History;
using UserReports.Store.Sql.Statements;

namespace UserReports.Store.DuckDb.History;

/// <summary>Finds what differs between two states.</summary>
internal sealed class ComparisonReader(SnapshotDays days, GenerationSet generations, QueryExecutor queries)
{
    private const int ChunkRows = 500;

    /// <inheritdoc cref="IReportHistory.CompareAsync"/>
    public async Task<ComparisonPage> FindAsync(
        ComparisonQuery query,
        PageRequest page,
        long? account,
        CancellationToken cancellationToken
    )
    {
        using var states = new ComparedStates(days, generations, query.From, query.To);
        // One row more than asked for tells whether there is a further page.
        var found = await FindAsync(states, query, page.Limit + 1L, page.Key, account, cancellationToken);
        var (rows, keys) = (found.Rows, found.Keys);
        PageKey? next = null;
        if (rows.Count > page.Limit)
        {
            rows.RemoveAt(page.Limit);
            next = keys[page.Limit - 1];
        }

        var documents = await Task.Run(() => Read(states, rows), cancellationToken);
        return new(found.Counts, states.From, found.To, documents, next);
    }

    /// <inheritdoc cref="IReportHistory.ExportComparisonAsync"/>
    public async Task<ComparisonExport> ExportAsync(
        ComparisonQuery query,
        long? account,
        CancellationToken cancellationToken
    )
    {
        var states = new ComparedStates(days, generations, query.From, query.To);
        try
        {
            var found = await FindAsync(states, query, null, null, account, cancellationToken);
            return new(
                found.Rows.Count,
                found.Counts,
                states.From,
                found.To,
                ChunksAsync(states, found.Rows, cancellationToken),
                () =>
                {
                    states.Dispose();
                    return ValueTask.CompletedTask;
                }
            );
        }
        catch
        {
            states.Dispose();
            throw;
        }
    }

    private Task<Found> FindAsync(
        ComparedStates states,
        ComparisonQuery query,
        long? limit,
        PageKey? key,
        long? account,
        CancellationToken cancellationToken
    )
    {
        List<FieldPath> compared = [.. query.Fields.Select(field => field.Path)];
        return queries.RunAsync(
            account,
            QueryCost.OfTwo(query.Query),
            states.Rows,
            token =>
                states.Read(
                    [.. QueryPaths.Of(query.Query), .. compared],
                    (reading, statements) => Find(reading, statements, query, compared, limit, key),
                    token
                ),
            states.Tell,
            cancellationToken
        );
    }

    private static Found Find(
        StatementReading reading,
        ComparisonSql statements,
        ComparisonQuery query,
        IReadOnlyList<FieldPath> compared,
        long? limit,
        PageKey? key
    )
    {
        var found = new Found(new(0, 0, 0, 0), [], [], reading.Snapshot);
        var statement = statements.Write(query.Query, compared, (int)query.Shown, limit, key);
        return reading.Read(statement, Collect, streams: limit is null);

        Found Collect(DuckDBDataReader reader)
        {
            while (reader.Read())
            {
                found = found with
                {
                    Counts = new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)),
                };
                if (reader.IsDBNull(4))
                    continue;
                found.Rows.Add(new((RowChange)reader.GetInt32(4), Address(reader, 7), Address(reader, 8)));
                if (limit is not null)
                    found.Keys.Add(KeyOf(reader, query.Query.Ordering.Count));
            }

            return found;
        }
    }

    private static long? Address(DuckDBDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetInt64(column);

    private static PageKey KeyOf(DuckDBDataReader reader, int count)
    {
        var values = new object?[count];
        for (var i = 0; i < count; i++)
            values[i] = StatementReading.Value(reader, ComparisonSql.ColumnsBeforeKeys + i);
        return new(values, reader.GetInt64(5), reader.IsDBNull(6) ? null : reader.GetString(6));
    }

    private static async IAsyncEnumerable<IReadOnlyList<ComparedRow>> ChunksAsync(
        ComparedStates states,
        List<Place> rows,
        CancellationToken exportCancellation,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        for (var at = 0; at < rows.Count; at += ChunkRows)
        {
            exportCancellation.ThrowIfCancellationRequested();
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = rows.GetRange(at, Math.Min(ChunkRows, rows.Count - at));
            yield return await Task.Run(() => Read(states, chunk), CancellationToken.None);
        }
    }

    private static IReadOnlyList<ComparedRow> Read(ComparedStates states, List<Place> places)
    {
        var was = new Queue<ReadOnlyMemory<byte>>(
            states.ReadEarlier([.. places.Select(place => place.Was).OfType<long>()])
        );
        var present = new Queue<ReadOnlyMemory<byte>>(
            states.ReadLater([.. places.Select(place => place.Is).OfType<long>()])
        );
        return
        [
            .. places.Select(place => new ComparedRow(
                place.Change,
                place.Was is null ? (ReadOnlyMemory<byte>?)null : was.Dequeue(),
                place.Is is null ? (ReadOnlyMemory<byte>?)null : present.Dequeue()
            )),
        ];
    }

    /// <summary>Where the documents of a row that differs are.</summary>
    private readonly record struct Place(RowChange Change, long? Was, long? Is);

    private sealed record Found(ComparisonCounts Counts, List<Place> Rows, List<PageKey> Keys, SnapshotInfo To);
}
