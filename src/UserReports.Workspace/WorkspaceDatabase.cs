using System.Data.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Feed.Ledger;
using UserReports.Store.Shared;
using UserReports.Workspace.Earlier;
using UserReports.Workspace.Engines;
using UserReports.Workspace.Following;
using UserReports.Workspace.Leading;
using UserReports.Workspace.Runs;

namespace UserReports.Workspace;

/// <summary>
/// What operators and the service keep beside the rows: an SQLite file of one process, or a PostgreSQL database that
/// several share. It is the one thing to back up.
/// </summary>
/// <remarks>Opened by whoever uses it first, so that a start does not wait for it.</remarks>
public sealed class WorkspaceDatabase : IAsyncDisposable
{
    /// <summary>Connections that requests share.</summary>
    private const int RequestsAtOnce = 4;

    private readonly IWorkspaceEngine engine;
    private readonly EarlierFiles? files;
    private readonly SemaphoreSlim opening = new(1);
    private readonly WorkspaceSession following;
    private readonly WorkspaceSession keys;
    private readonly WorkspaceSession leading;
    private readonly TimeProvider time;
    private volatile bool isReady;

    /// <summary>Makes the workspace known; nothing is opened yet.</summary>
    /// <param name="connectionString"><c>Data Source=FILE</c>, which is made, and its folder, if it is not there; or
    /// <c>Host=…</c> for PostgreSQL.</param>
    /// <param name="node">As people name this process among others.</param>
    /// <param name="files">What earlier versions kept in files, to be taken over; null for nothing.</param>
    /// <exception cref="LedgerException">It is neither.</exception>
    public WorkspaceDatabase(
        string connectionString,
        TimeProvider time,
        string node = "this node",
        ILogger<WorkspaceDatabase>? logger = null,
        EarlierFiles? files = null
    )
    {
        this.time = time;
        engine = EngineOf(connectionString);
        this.files = files;
        following = new(engine, OpenAsync);
        keys = new(engine, OpenAsync);
        leading = new(engine, OpenAsync);
        Requests = new(engine, OpenAsync, RequestsAtOnce, logger);
        Leases = new(leading, node);
        Leadership = new(this, node, time, logger ?? (ILogger)NullLogger.Instance);
        Follow = new FollowLedger(following, Leadership.Fence, time);
        Keys = new FeedKeys(keys, Leadership.Fence);
    }

    /// <summary>What following has been told and not done yet.</summary>
    public IFollowLedger Follow { get; }

    /// <summary>Whose rows of source tables are.</summary>
    public IFeedKeys Keys { get; }

    /// <summary>Which of the nodes leads.</summary>
    public Leadership Leadership { get; }

    /// <summary>True if other nodes may use it, too.</summary>
    public bool IsShared => engine is PostgresEngine;

    /// <summary>What keeps it.</summary>
    internal IWorkspaceEngine Engine => engine;

    /// <summary>What requests are answered by.</summary>
    internal WorkspaceSession Requests { get; }

    /// <inheritdoc cref="Leading.Leases"/>
    internal Leases Leases { get; }

    /// <summary>The ledger of a store that several machines share.</summary>
    /// <param name="layout">Of the tables that this version of the program makes.</param>
    public ISharedLedger SharedLedger(int layout) => new SharedLedger(OpenAsync, time, layout);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await following.DisposeAsync();
        await keys.DisposeAsync();
        await leading.DisposeAsync();
        await Requests.DisposeAsync();
        opening.Dispose();
    }

    /// <summary>What keeps the workspace of a connection string.</summary>
    internal static IWorkspaceEngine EngineOf(string connectionString)
    {
        DbConnectionStringBuilder builder;
        try
        {
            builder = new() { ConnectionString = connectionString };
        }
        catch (ArgumentException e)
        {
            throw new LedgerException($"The setting Workspace is no connection string: {e.Message}", e);
        }

        return builder.TryGetValue("Data Source", out var file)
            ? new SqliteEngine((string)file)
            : new PostgresEngine(connectionString);
    }

    /// <summary>Sees to it that the tables are there.</summary>
    internal async Task MakeReadyAsync(CancellationToken cancellationToken)
    {
        await using var context = await OpenAsync(cancellationToken);
    }

    /// <summary>A connection to tables that are up to date.</summary>
    private async Task<WorkspaceContext> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var context = await engine.OpenAsync(cancellationToken);
            try
            {
                if (!isReady)
                    await MakeReadyAsync(context, cancellationToken);
                return context;
            }
            catch
            {
                await context.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(engine.Tell(e), e);
        }
        catch (InvalidOperationException e) when (e.InnerException is DbException cause)
        {
            // As the framework wraps what may pass by itself.
            throw new LedgerException(engine.Tell(cause), e);
        }
    }

    private async Task MakeReadyAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        await opening.WaitAsync(cancellationToken);
        try
        {
            if (isReady)
                return;
            await WorkspaceMigration.ApplyAsync(context, engine, cancellationToken);
            if (files is not null)
            {
                await using var session = new WorkspaceSession(engine, engine.OpenAsync);
                await files.TakeOverAsync(session, cancellationToken);
            }

            isReady = true;
        }
        finally
        {
            opening.Release();
        }
    }
}
