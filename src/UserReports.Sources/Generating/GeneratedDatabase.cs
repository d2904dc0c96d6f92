using System.Data.Common;
using DuckDB.NET.Data;
using Npgsql;
using NpgsqlTypes;
using UserReports.Sources.Connections;

namespace UserReports.Sources.Generating;

/// <summary>A database that is being filled: PostgreSQL by binary COPY, an embedded file by appender.</summary>
internal sealed class GeneratedDatabase : IAsyncDisposable
{
    private readonly string name;
    private readonly DbConnection connection;

    private GeneratedDatabase(string name, DbConnection connection)
    {
        this.name = name;
        this.connection = connection;
    }

    /// <summary>Opens an empty database; nothing is made in it yet.</summary>
    /// <exception cref="SourceException">It cannot be reached, or is not empty.</exception>
    public static async Task<GeneratedDatabase> OpenAsync(
        string name,
        string connectionString,
        CancellationToken cancellationToken
    )
    {
        DbConnection connection;
        if (SourceDatabase.EmbeddedPath(connectionString) is { } path)
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
                Directory.CreateDirectory(folder);
            connection = new DuckDBConnection($"Data Source={path}");
        }
        else
        {
            connection = new NpgsqlConnection(connectionString);
        }

        try
        {
            await connection.OpenAsync(cancellationToken);
            var database = new GeneratedDatabase(name, connection);
            var existing = await database.ScalarAsync(
                """
                select count(*) from information_schema.tables
                where table_schema not in ('pg_catalog', 'information_schema')
                """,
                cancellationToken
            );
            if (existing > 0)
            {
                throw new SourceException(
                    $"The {name} database is not empty; generated accounts go only into an empty one. Name another database."
                );
            }

            return database;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            if (e is DbException or System.Net.Sockets.SocketException)
                throw CannotBeFilled(name, e);
            throw;
        }
    }

    /// <summary>Makes the tables.</summary>
    /// <exception cref="SourceException">The role may not, for example.</exception>
    public async Task CreateAsync(IEnumerable<GeneratedTable> tables, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var table in tables)
                await ExecuteAsync(table.CreateStatement(IsEmbedded), cancellationToken);
        }
        catch (DbException e)
        {
            throw CannotBeFilled(name, e);
        }
    }

    private bool IsEmbedded => connection is DuckDBConnection;

    /// <summary>Appends rows to a table.</summary>
    public async Task WriteAsync(
        GeneratedTable table,
        IReadOnlyList<object?[]> rows,
        CancellationToken cancellationToken
    )
    {
        if (rows.Count == 0)
            return;
        if (connection is DuckDBConnection embedded)
        {
            Append(embedded, table, rows);
            return;
        }

        var columns = string.Join(", ", table.Columns.Select(c => $"\"{c.Name}\""));
        await using var copy = await ((NpgsqlConnection)connection).BeginBinaryImportAsync(
            $"copy {table.Name} ({columns}) from stdin (format binary)",
            cancellationToken
        );
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            for (var i = 0; i < row.Length; i++)
            {
                if (row[i] is null)
                    await copy.WriteNullAsync(cancellationToken);
                else
                    await copy.WriteAsync(row[i]!, TypeOf(table.Columns[i].Kind), cancellationToken);
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }

    /// <summary>Makes the indexes and lets the planner see the tables.</summary>
    public async Task FinishAsync(IEnumerable<GeneratedTable> tables, CancellationToken cancellationToken)
    {
        if (IsEmbedded)
        {
            await ExecuteAsync("checkpoint", cancellationToken);
            return;
        }

        foreach (var statement in tables.SelectMany(t => t.IndexStatements()))
            await ExecuteAsync(statement, cancellationToken);
        await ExecuteAsync("vacuum analyze", cancellationToken);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static SourceException CannotBeFilled(string name, Exception e) =>
        new($"The {name} database cannot be filled: {e.Message.Split('\n')[0]}", e);

    private static NpgsqlDbType TypeOf(ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Text => NpgsqlDbType.Varchar,
            ColumnKind.Boolean => NpgsqlDbType.Boolean,
            ColumnKind.Integer => NpgsqlDbType.Integer,
            ColumnKind.BigInteger => NpgsqlDbType.Bigint,
            ColumnKind.Decimal => NpgsqlDbType.Numeric,
            ColumnKind.Instant => NpgsqlDbType.TimestampTz,
            ColumnKind.Date => NpgsqlDbType.Date,
            _ => NpgsqlDbType.Jsonb,
        };

    private static void Append(DuckDBConnection connection, GeneratedTable table, IReadOnlyList<object?[]> rows)
    {
        using var appender = connection.CreateAppender(table.Name);
        foreach (var values in rows)
        {
            var row = appender.CreateRow();
            foreach (var value in values)
            {
                _ = value switch
                {
                    null => row.AppendNullValue(),
                    string text => row.AppendValue(text),
                    bool flag => row.AppendValue(flag),
                    int number => row.AppendValue(number),
                    long number => row.AppendValue(number),
                    decimal number => row.AppendValue(number),
                    DateTime instant => row.AppendValue(instant),
                    DateOnly day => row.AppendValue(day),
                    _ => throw new NotSupportedException($"No column holds a {value.GetType().Name}."),
                };
            }

            row.EndRow();
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<long> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(
            await command.ExecuteScalarAsync(cancellationToken),
            System.Globalization.CultureInfo.InvariantCulture
        );
    }
}
