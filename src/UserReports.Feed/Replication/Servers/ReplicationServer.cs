using System.Net.Sockets;
using Npgsql;
using NpgsqlTypes;
using UserReports.Sources;
using UserReports.Sources.Schema;

namespace UserReports.Feed.Replication.Servers;

/// <summary>The database that is followed, beside its stream: one connection, opened anew when it is lost.</summary>
internal sealed class ReplicationServer : IAsyncDisposable
{
    private const int PageBytes = 8192;
    private const int PageHeaderBytesMax = 40;

    private readonly ReplicationSettings settings;
    private readonly SemaphoreSlim turn = new(1);
    private readonly string connectionString;
    private NpgsqlConnection? connection;

    /// <exception cref="SourceException">The connection string is not valid.</exception>
    public ReplicationServer(ReplicationSettings settings)
    {
        this.settings = settings;
        try
        {
            connectionString = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
            {
                Pooling = false,
                ApplicationName = "user-reports feed",
                IncludeErrorDetail = false,
                CommandTimeout = (int)settings.StatementTimeout.TotalSeconds,
            }.ConnectionString;
        }
        catch (ArgumentException e)
        {
            throw new SourceException(
                $"The connection string of the {settings.Database} feed is not valid: {e.Message}",
                e
            );
        }
    }

    /// <summary>For connections besides this one.</summary>
    public string ConnectionString => connectionString;

    /// <summary>The server's major version; known once it was asked anything.</summary>
    public int Version { get; private set; }

    /// <summary>True if another process than the server's answers: a pooler.</summary>
    public Task<bool> HasPoolerAsync(CancellationToken cancellationToken) =>
        AskAsync(
            async (open, token) =>
            {
                await using var command = new NpgsqlCommand("select pg_backend_pid()", open);
                return (int)(await command.ExecuteScalarAsync(token))! != open.ProcessID;
            },
            cancellationToken
        );

    /// <summary>One row of settings and rights, as text.</summary>
    public Task<IReadOnlyList<string?>> RowAsync(
        string sql,
        CancellationToken cancellationToken,
        params object[] values
    ) =>
        AskAsync<IReadOnlyList<string?>>(
            async (open, token) =>
            {
                await using var command = Command(open, sql, values);
                await using var reader = await command.ExecuteReaderAsync(token);
                await reader.ReadAsync(token);
                return
                [
                    .. Enumerable
                        .Range(0, reader.FieldCount)
                        .Select(i => reader.IsDBNull(i) ? null : reader.GetString(i)),
                ];
            },
            cancellationToken
        );

    /// <summary>The tables that are there of those which are followed.</summary>
    public async Task<IReadOnlyList<FollowedTable>> TablesAsync(CancellationToken cancellationToken)
    {
        var touches = (settings.Database == "platform" ? SourceTouches.Platform : SourceTouches.Usage)
            .Where(touch =>
                settings.Stripe != StripeUse.Off || !touch.Name.Contains("stripe", StringComparison.Ordinal)
            )
            .ToDictionary(touch => touch.Name, StringComparer.Ordinal);
        var tables = await RowsAsync(
            ServerStatements.Tables,
            row => new FollowedTable(
                touches[row.GetString(0)],
                row.GetString(1),
                row.GetFieldValue<uint>(2),
                row.GetFieldValue<char>(3),
                row.GetFieldValue<char>(4),
                row.GetFieldValue<string[]>(5),
                row.GetFieldValue<string[]>(6)
            ),
            cancellationToken,
            (object)touches.Keys.ToArray()
        );
        // As they are declared: what is said of several is the same each time.
        var places = touches.Keys.Index().ToDictionary(touch => touch.Item, touch => touch.Index);
        return [.. tables.OrderBy(table => places[table.Touch.Name])];
    }

    /// <summary>What the feed's publications publish.</summary>
    public async Task<IReadOnlyList<PublishedTable>> PublishedAsync(CancellationToken cancellationToken)
    {
        await AskAsync((_, _) => Task.FromResult(true), cancellationToken);
        return await RowsAsync(
            ServerStatements.Published(Version),
            row => new PublishedTable(
                row.GetString(0),
                row.GetFieldValue<uint>(1),
                row.GetString(2),
                row.IsDBNull(3) ? null : row.GetFieldValue<string[]>(3),
                row.GetBoolean(4),
                row.GetBoolean(5),
                row.GetBoolean(6),
                row.GetBoolean(7),
                row.GetBoolean(8)
            ),
            cancellationToken,
            (object)settings.Publications.ToArray()
        );
    }

    /// <summary>The end of the log, the slot, and what publications and tables are like.</summary>
    public async Task<ServerLook> LookAsync(IReadOnlyList<FollowedTable> tables, CancellationToken cancellationToken) =>
        (
            await RowsAsync(
                ServerStatements.Look,
                row => new ServerLook(
                    WithoutHeader((ulong)row.GetFieldValue<NpgsqlLogSequenceNumber>(0)),
                    row.GetFieldValue<DateTimeOffset>(1),
                    row.IsDBNull(2)
                        ? null
                        : new(
                            row.GetString(2),
                            row.IsDBNull(3) ? null : row.GetString(3),
                            row.IsDBNull(4) ? null : row.GetInt32(4),
                            row.IsDBNull(5) ? 0 : (ulong)row.GetFieldValue<NpgsqlLogSequenceNumber>(5),
                            row.IsDBNull(6) ? null : row.GetInt64(6),
                            row.IsDBNull(7) ? null : row.GetString(7)
                        ),
                    new(row.GetString(8), row.GetString(9))
                ),
                cancellationToken,
                settings.Slot,
                settings.Publications.ToArray(),
                tables.Select(table => table.Number).ToArray(),
                tables
                    .SelectMany(table =>
                        SourceTouches
                            .ReadColumns(table.Name)
                            .Concat(table.Key)
                            .Select(column => $"{table.Name}.{column}")
                    )
                    .ToArray()
            )
        )[0];

    /// <summary>True while some of these transactions cannot be seen by others, though their end is logged.</summary>
    public async Task<bool> HidesAsync(IReadOnlyCollection<uint> transactions, CancellationToken cancellationToken) =>
        (
            await RowsAsync(
                ServerStatements.Hidden,
                row => row.GetBoolean(0),
                cancellationToken,
                (object)transactions.Select(number => (long)number).ToArray()
            )
        )[0];

    /// <summary>
    /// Makes the slot. The server first waits until the transactions that are open have ended, however long that is.
    /// </summary>
    public async Task CreateSlotAsync(CancellationToken cancellationToken)
    {
        var isStandby = (await RowAsync("select pg_is_in_recovery()::text", cancellationToken))[0] == "true";
        await RowAsync(
            $"select x::text from ({ServerStatements.CreateSlot(Version, isStandby)} as x) s",
            cancellationToken,
            settings.Slot
        );
    }

    /// <summary>Drops the slot if it is there.</summary>
    /// <returns>False if somebody uses it.</returns>
    public async Task<bool> DropSlotAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(
                async (open, token) =>
                {
                    await using var command = Command(open, ServerStatements.DropSlot, [settings.Slot]);
                    return await command.ExecuteNonQueryAsync(token);
                },
                cancellationToken
            );
            return true;
        }
        catch (SourceException e)
            when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.ObjectInUse })
        {
            return false;
        }
    }

    /// <summary>Ends a process of the server that serves the same role.</summary>
    public Task EndAsync(int process, CancellationToken cancellationToken) =>
        RowAsync("select pg_terminate_backend($1)::text", cancellationToken, process);

    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync();
        if (connection is not null)
            await connection.DisposeAsync();
        turn.Dispose();
    }

    private static ulong WithoutHeader(ulong lsn) =>
        lsn % PageBytes <= PageHeaderBytesMax ? lsn - (lsn % PageBytes) : lsn;

    private static NpgsqlCommand Command(NpgsqlConnection open, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, open);
        foreach (var value in values)
        {
            command.Parameters.Add(
                value is uint[] numbers
                    ? new() { Value = numbers, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Oid }
                    : new NpgsqlParameter { Value = value }
            );
        }

        return command;
    }

    private Task<IReadOnlyList<T>> RowsAsync<T>(
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        params object[] values
    ) =>
        AskAsync<IReadOnlyList<T>>(
            async (open, token) =>
            {
                List<T> rows = [];
                await using var command = Command(open, sql, values);
                await using var reader = await command.ExecuteReaderAsync(token);
                while (await reader.ReadAsync(token))
                    rows.Add(read(reader));
                return rows;
            },
            cancellationToken
        );

    private async Task<T> AskAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> ask,
        CancellationToken cancellationToken
    )
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (connection is not { State: System.Data.ConnectionState.Open })
            {
                if (connection is not null)
                    await connection.DisposeAsync();
                connection = new(connectionString);
                await connection.OpenAsync(cancellationToken);
                Version = connection.PostgreSqlVersion.Major;
            }

            return await ask(connection, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or IOException or TimeoutException)
        {
            throw ReplicationFaults.Unreachable(settings, e);
        }
        finally
        {
            turn.Release();
        }
    }
}
