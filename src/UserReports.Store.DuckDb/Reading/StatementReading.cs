using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Lists;
using UserReports.Store.Sql;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>What reads one state of rows by statements, for one caller.</summary>
internal abstract class StatementReading(CancellationToken cancellationToken) : IDisposable
{
    /// <summary>The database that is asked.</summary>
    public abstract DuckDBConnection Database { get; }

    /// <summary>What is read.</summary>
    public abstract SnapshotInfo Snapshot { get; }

    /// <summary>The statements that read all rows.</summary>
    public abstract DuckDbStatements Statements { get; }

    /// <summary>When the caller wants no answer any more.</summary>
    protected CancellationToken CancellationToken => cancellationToken;

    /// <summary>What the function <c>list_matches</c> of the database finds its conditions in.</summary>
    protected abstract ListConditions Lists { get; }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The rows of a statement. Cancelling ends the database's work, too.</summary>
    /// <exception cref="StoreException">The statement cannot be answered.</exception>
    public List<T> Rows<T>(SqlStatement statement, Func<DuckDBDataReader, T> read)
    {
        return Read(statement, ReadRows);

        List<T> ReadRows(DuckDBDataReader reader)
        {
            List<T> rows = [];
            while (reader.Read())
                rows.Add(read(reader));
            return rows;
        }
    }

    /// <summary>The rows of a page's statement: user id, organisation id, address, then a column per ordering
    /// term.</summary>
    public List<KeyedRow> KeyedRows(SqlStatement statement, int keyCount) =>
        Rows(
            statement,
            reader =>
            {
                var keys = new object?[keyCount];
                for (var i = 0; i < keys.Length; i++)
                    keys[i] = Value(reader, i + 3);
                return new KeyedRow(
                    reader.GetInt64(0),
                    reader.IsDBNull(1) ? null : reader.GetString(1),
                    reader.GetInt64(2),
                    keys
                );
            }
        );

    /// <summary>What becomes of all rows of a statement.</summary>
    /// <param name="streams">Whether rows come while the statement still runs.</param>
    /// <exception cref="StoreException">The statement cannot be answered.</exception>
    public T Read<T>(SqlStatement statement, Func<DuckDBDataReader, T> read, bool streams = false)
    {
        using var registered = Lists.Register(statement.Values);
        using var command = Database.Command(statement.Text, registered.Values);
        command.UseStreamingMode = streams;
        using var interruption = new StatementInterruption(command, cancellationToken);
        try
        {
            using var reader = command.ExecuteReader();
            return read(reader);
        }
        catch (DuckDBException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>A value as the contracts have it: instants with their zone, which is UTC.</summary>
    public static object? Value(DuckDBDataReader reader, int column) =>
        reader.IsDBNull(column) ? null
        : reader.GetValue(column) is DateTime instant
            ? new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc))
        : reader.GetValue(column);
}
