using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Store.Answers;
using UserReports.Store.Generations;
using UserReports.Store.Runs;
using UserReports.Store.Sql;

namespace UserReports.Store;

/// <content>Reading.</content>
public sealed partial class ReportStore
{
    /// <inheritdoc/>
    public SnapshotInfo? Snapshot
    {
        get
        {
            lock (switching)
                return current?.Snapshot;
        }
    }

    /// <inheritdoc/>
    public Task<ReportPage> FindAsync(ReportQuery query, PageRequest page, CancellationToken cancellationToken) =>
        ReadAsync(
            (generation, reading, token) =>
            {
                var answers = AnswersOf(reading.Snapshot);
                var found = answers.Page(query, page) ?? FindInOrder(generation, reading, query, page, answers, token);
                if (found is null)
                {
                    found = FindByStatement(reading.Use, query, page, token);
                    answers.Remember(query, page, found);
                }

                if (EndOf(page, found) is { } end)
                    answers.Remember(query.Filter, end);
                long? count = page.Count ? CountRows(reading.Use, query.Filter, answers, token) : null;
                return Compose(generation, page, found.Rows, found.HasMore, count, reading.Snapshot);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAccountAsync(
        string userUid,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            (generation, reading, token) =>
            {
                var addresses = Query(
                    reading.Use,
                    "select document from reports where user_uid = $1 order by organization_id",
                    [userUid],
                    reader => reader.GetInt64(0),
                    token
                );
                return generation.Documents.Read(addresses);
            },
            cancellationToken
        );

    private static ReportPage Compose(
        Generation generation,
        PageRequest page,
        IReadOnlyList<KeyedRow> rows,
        bool hasMore,
        long? count,
        SnapshotInfo snapshot
    )
    {
        var backward = page.Key is { Backward: true };
        var hasNext = backward ? rows.Count > 0 : hasMore;
        var hasPrevious = backward ? hasMore : rows.Count > 0 && (page.Key is not null || page.Offset > 0);
        return new(
            count,
            generation.Documents.Read([.. rows.Select(row => row.Document)]),
            hasNext ? rows[^1].ToKey(backward: false) : null,
            hasPrevious ? rows[0].ToKey(backward: true) : null,
            snapshot
        );
    }

    /// <summary>How many rows there are, if the page is the last: then nobody has to count.</summary>
    private static long? EndOf(PageRequest page, FoundPage found) =>
        page.Key is null && !found.HasMore && (found.Rows.Count > 0 || page.Offset == 0)
            ? page.Offset + found.Rows.Count
            : null;

    private static FoundPage FindByStatement(
        GenerationUse use,
        ReportQuery query,
        PageRequest page,
        CancellationToken token
    )
    {
        // One row more than asked for tells whether there is a further page.
        var (sql, parameters) = PageSql.Page(query, page.Limit + 1L, page.Offset, page.Key);
        var rows = ReadKeys(use, sql, parameters, query.Ordering.Count, token);
        var hasMore = rows.Count > page.Limit;
        if (hasMore)
            rows.RemoveAt(page.Limit);
        if (page.Key is { Backward: true })
            rows.Reverse();
        return new(rows, hasMore);
    }

    private static List<KeyedRow> ReadKeys(
        GenerationUse use,
        string sql,
        SqlParameters parameters,
        int keyCount,
        CancellationToken token
    )
    {
        KeyedRow Read(DuckDBDataReader reader)
        {
            var keys = new object?[keyCount];
            for (var i = 0; i < keys.Length; i++)
            {
                keys[i] =
                    reader.IsDBNull(i + 3) ? null
                    : reader.GetValue(i + 3) is DateTime instant
                        ? new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc))
                    : reader.GetValue(i + 3);
            }

            return new(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2), keys);
        }

        return Query(use, sql, parameters.Values, Read, token);
    }

    /// <summary>Runs a statement so that cancelling ends the database's work, too.</summary>
    private static List<T> Query<T>(
        GenerationUse use,
        string sql,
        IReadOnlyList<object> parameters,
        Func<DuckDBDataReader, T> read,
        CancellationToken token
    )
    {
        return ReadAll(use, sql, parameters, ReadRows, token);

        List<T> ReadRows(DuckDBDataReader reader)
        {
            List<T> rows = [];
            while (reader.Read())
                rows.Add(read(reader));
            return rows;
        }
    }

    private static T ReadAll<T>(
        GenerationUse use,
        string sql,
        IReadOnlyList<object> parameters,
        Func<DuckDBDataReader, T> read,
        CancellationToken token,
        bool streams = false
    )
    {
        using var registered = use.Lists.Register(parameters);
        using var command = use.Database.Command(sql, registered.Values);
        command.UseStreamingMode = streams;
        using var interruption = new StatementInterruption(command, token);
        try
        {
            using var reader = command.ExecuteReader();
            return read(reader);
        }
        catch (DuckDBException) when (token.IsCancellationRequested)
        {
            throw new OperationCanceledException(token);
        }
        catch (DuckDBException e)
        {
            switch (StoreFault.Of(e))
            {
                case { Kind: FaultKind.Memory }:
                    throw new QueryMemoryException(e);
                case { Kind: FaultKind.Pattern, Text: var reason }:
                    throw new PatternRejectedException(reason);
                default:
                    throw;
            }
        }
    }

    private static long CountRows(GenerationUse use, Condition? filter, KnownAnswers answers, CancellationToken token)
    {
        if (answers.Count(filter) is { } known)
            return known;
        var (sql, parameters) = PageSql.Count(filter);
        var count = Query(use, sql, parameters.Values, reader => reader.GetInt64(0), token)[0];
        answers.Remember(filter, count);
        return count;
    }

    private async Task<T> ReadAsync<T>(
        Func<Generation, Reading, CancellationToken, T> read,
        CancellationToken cancellationToken
    )
    {
        var generation = Enter();
        try
        {
            return await ReadAsync(generation, (reading, token) => read(generation, reading, token), cancellationToken);
        }
        finally
        {
            generation.Leave();
        }
    }

    private async Task<T> ReadAsync<T>(
        Generation generation,
        Func<Reading, CancellationToken, T> read,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await InTurnAsync(
                () =>
                {
                    using var use = generation.Connect(cancellationToken);
                    // Count and page see one state, whatever is replaced in between.
                    use.Database.Execute("begin transaction");
                    return read(new(use, generation.SnapshotSeenBy(use.Database)), cancellationToken);
                },
                cancellationToken
            );
        }
        catch (DuckDBException e) when (!cancellationToken.IsCancellationRequested)
        {
            var fault = StoreFault.Of(e)!;
            // A block that is not what was written makes the database distrust itself; opened anew, it serves what it
            // still can.
            if (fault.NeedsReopening)
                generation.Suspect();
            throw fault.Kind == FaultKind.Memory ? new QueryMemoryException(e) : Unreadable(generation, fault, e);
        }
    }

    private async Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await querying.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            querying.Release();
        }
    }

    private Generation Enter()
    {
        lock (switching)
        {
            return current is { } generation && generation.TryEnter() ? generation : throw new NoSnapshotException();
        }
    }

    /// <summary>A transaction that reads, and the version that it reads.</summary>
    private sealed record Reading(GenerationUse Use, SnapshotInfo Snapshot);
}
