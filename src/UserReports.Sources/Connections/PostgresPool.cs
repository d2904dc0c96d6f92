using System.Globalization;
using Npgsql;

namespace UserReports.Sources.Connections;

/// <summary>Connections to one PostgreSQL database, straight or through a pooler such as PgBouncer.</summary>
/// <remarks>
/// Nothing that a pooler could refuse or lose stands in the session: no startup parameter of ours, and what a
/// transaction needs is set within it (<see cref="Opening"/>). Statements stay prepared only on connections that are
/// the server's own, or as the connection string's <c>Max Auto Prepare</c> says: behind a pooler the next transaction
/// may run on another of its connections.
/// </remarks>
internal sealed class PostgresPool : IAsyncDisposable
{
    /// <summary>More than a run has.</summary>
    private const int StatementsPrepared = 60;

    private readonly NpgsqlConnectionStringBuilder settings;
    private readonly NpgsqlDataSource asSaid;
    private readonly NpgsqlDataSource? preparing;
    private volatile bool hasPooler;
    private volatile bool hasShakenHands;

    /// <exception cref="ArgumentException">The connection string is not valid.</exception>
    public PostgresPool(string connectionString, SourceSettings sources)
    {
        settings = new(connectionString)
        {
            MaxPoolSize = sources.ConnectionsMax,
            // What only reads leaves nothing in its session that the next one could meet.
            NoResetOnClose = true,
            // A transaction begins with a statement of ours, which must have its connection to itself.
            Multiplexing = false,
            ApplicationName = "user-reports",
            IncludeErrorDetail = false,
            // So that a message can say which tables were read.
            IncludeFailedBatchedCommand = true,
            CommandTimeout = (int)sources.StatementTimeout.TotalSeconds + 5,
        };
        if (!settings.ShouldSerialize("Auto Prepare Min Usages"))
            settings.AutoPrepareMinUsages = 2;
        Opening = OpeningOf(sources.StatementTimeout, settings.SearchPath);
        // A pooler refuses it at the start, so each transaction sets it.
        settings.SearchPath = null;
        asSaid = Create(settings, notices: false);
        if (settings.ShouldSerialize("Max Auto Prepare"))
            return;
        // A run asks the same some twenty statements, hundreds of times: each is planned once for a connection.
        preparing = Create(new(settings.ConnectionString) { MaxAutoPrepare = StatementsPrepared }, notices: true);
    }

    /// <summary>
    /// What must be sent before anything else on a connection, with the first question: one snapshot, nothing is
    /// written, nothing takes longer than it may.
    /// </summary>
    public IReadOnlyList<string> Opening { get; }

    /// <summary>The connection string's own, with what is fixed here.</summary>
    public NpgsqlConnectionStringBuilder Settings => settings;

    /// <summary>True once the server has agreed to TLS on a connection.</summary>
    public bool HasShakenHands => hasShakenHands;

    /// <summary>A connection from the pool, or a new one.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (preparing is not null && !hasPooler)
        {
            var connection = await preparing.OpenConnectionAsync(cancellationToken);
            if (!hasPooler)
                return connection;
            await connection.DisposeAsync();
            preparing.Clear();
        }

        return await asSaid.OpenConnectionAsync(cancellationToken);
    }

    /// <summary>Closes connections once they are free.</summary>
    public void Clear()
    {
        asSaid.Clear();
        preparing?.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await asSaid.DisposeAsync();
        if (preparing is not null)
            await preparing.DisposeAsync();
    }

    private NpgsqlDataSource Create(NpgsqlConnectionStringBuilder connection, bool notices)
    {
        var builder = new NpgsqlDataSourceBuilder(connection.ConnectionString);
        builder.UseSslClientAuthenticationOptionsCallback(_ => hasShakenHands = true);
        if (notices)
            builder.UsePhysicalConnectionInitializer(opened => Notice(opened), NoticeAsync);
        return builder.Build();
    }

    private void Notice(NpgsqlConnection opened)
    {
        using var command = new NpgsqlCommand(PoolerCheck.BackendOf, opened);
        Notice(opened, (int)command.ExecuteScalar()!);
    }

    private async Task NoticeAsync(NpgsqlConnection opened)
    {
        await using var command = new NpgsqlCommand(PoolerCheck.BackendOf, opened);
        Notice(opened, (int)(await command.ExecuteScalarAsync())!);
    }

    private void Notice(NpgsqlConnection opened, int backend)
    {
        if (backend != opened.ProcessID)
            hasPooler = true;
    }

    private static IReadOnlyList<string> OpeningOf(TimeSpan statementTimeout, string? searchPath)
    {
        var timeout = ((long)statementTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        var path = string.IsNullOrEmpty(searchPath) ? "default" : searchPath;
        return
        [
            "begin transaction isolation level repeatable read read only",
            $"set local statement_timeout = {timeout}",
            "set local timezone = 'UTC'",
            "set local jit = off",
            // Ranges are read side by side already.
            "set local max_parallel_workers_per_gather = 0",
            // Behind a pooler somebody else may have left theirs.
            $"set local search_path to {path}",
        ];
    }
}
