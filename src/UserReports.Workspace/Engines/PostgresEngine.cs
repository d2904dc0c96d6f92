using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Engines;

/// <summary>The workspace in a PostgreSQL database, which any number of nodes share.</summary>
internal sealed class PostgresEngine : IWorkspaceEngine
{
    /// <summary>The oldest server that will do, as <c>server_version_num</c>.</summary>
    public const int VersionMin = 140_000;

    /// <summary>Any number that no other program locks in this database.</summary>
    private const long MigrationLock = 7_521_436_902;

    /// <summary>
    /// A process that is frozen or cut off in the midst of a transaction keeps its locks so long, and no longer. What
    /// is committed goes to the disk, also where the server is set to be quicker than that: confirming to a source
    /// what a power cut then takes back would lose it.
    /// </summary>
    private const string Prepare = """
        select set_config('idle_in_transaction_session_timeout', '4000', false), set_config('lock_timeout', '10000', false),
            set_config('synchronous_commit',
                case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end, false)
        """;

    /// <summary>The server's clock, in microseconds since 1970.</summary>
    public const string Clock = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";

    private readonly DbContextOptions<PostgresWorkspace> options;
    private readonly string connectionString;

    /// <exception cref="LedgerException">The text is no connection string.</exception>
    public PostgresEngine(string connectionString)
    {
        try
        {
            var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
            var builder = new NpgsqlConnectionStringBuilder(connectionString) { Enlist = false };
            if (!given.ContainsKey("Application Name"))
                builder.ApplicationName = "user-reports workspace";
            // Somebody waits for the answer.
            if (!given.ContainsKey("Timeout"))
                builder.Timeout = 5;
            if (!given.ContainsKey("Command Timeout"))
                builder.CommandTimeout = 15;
            // Of several servers the one that can be written to.
            if (
                builder.Host!.Contains(',', StringComparison.Ordinal) && !given.ContainsKey("Target Session Attributes")
            )
                builder.TargetSessionAttributes = "primary";
            this.connectionString = builder.ConnectionString;
            Place = $"{builder.Database ?? builder.Username} on {builder.Host}";
        }
        catch (ArgumentException e)
        {
            throw new LedgerException($"The setting Workspace is no connection string: {e.Message}", e);
        }

        options = new DbContextOptionsBuilder<PostgresWorkspace>().UseNpgsql(this.connectionString).Options;
    }

    public string Place { get; }

    public string HistoryExists =>
        $"select count(*) from pg_class where oid = to_regclass('\"{WorkspaceMigration.History}\"')";

    public string Now(TimeProvider time) => Clock;

    public async Task<WorkspaceContext> OpenAsync(CancellationToken cancellationToken)
    {
        var context = new PostgresWorkspace(options);
        try
        {
            // Not by the context, which would tell a failure as one of its own.
            var connection = context.Database.GetDbConnection();
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = Prepare;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return context;
        }
        catch (Exception e) when (e is DbException or OperationCanceledException)
        {
            await context.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Several nodes may start at once: one makes the tables, the others wait. The lock belongs to a transaction of its
    /// own, so that it holds behind a pooler, too, and ends with whoever holds it.
    /// </summary>
    public async Task<IAsyncDisposable> PrepareAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        var examined = await PostgresExamination.RunAsync(context.Database.GetDbConnection(), cancellationToken);
        if (examined.FaultBeforeUse is { } fault)
            throw new LedgerException($"The workspace {Place} cannot be used: {fault}");
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            // It waits, idle or for the lock, as long as another one's migration takes.
            command.CommandText =
                $"begin; set local idle_in_transaction_session_timeout = 0; select pg_advisory_xact_lock({MigrationLock})";
            command.CommandTimeout = 600;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public string Tell(Exception exception) =>
        $"The workspace {Place} cannot be used: {PostgresFaults.Tell(exception)}";
}
