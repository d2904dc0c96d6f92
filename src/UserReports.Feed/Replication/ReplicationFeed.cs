using System.Runtime.CompilerServices;
using Npgsql.Replication;
using UserReports.Feed.Ledger;
using UserReports.Feed.Replication.Decoding;
using UserReports.Feed.Replication.Servers;
using UserReports.Sources;
using UserReports.Sources.Connections;
using UserReports.Sources.Load;
using UserReports.Sources.Touching;

namespace UserReports.Feed.Replication;

/// <summary>Follows a PostgreSQL database by logical replication.</summary>
/// <remarks>
/// <para>
/// The operator makes the publications, the service its slot. A position is confirmed to the server only after
/// <see cref="ConfirmAsync"/>, so what was told and not confirmed is told again after whatever crash. A feed that is
/// lost drops its slot, and so does one that holds back too much of the server's log, whether or not it is read from:
/// as long as the feed is not disposed of, its slot is watched.
/// </para>
/// <para>To begin anew takes a new slot, and reads the keys that must be remembered; then the first batch comes.</para>
/// </remarks>
public sealed class ReplicationFeed : IChangeFeed
{
    private const int LeaveTries = 20;

    private static readonly TimeSpan LeavePause = TimeSpan.FromMilliseconds(100);

    private readonly ReplicationSettings settings;
    private readonly SourceDatabase database;
    private readonly ReplicationServer server;
    private readonly IFeedKeys keys;
    private readonly TimeProvider time;
    private readonly TouchReader source;
    private FeedSession? session;
    private SlotWatch? watch;
    private bool isDisposed;

    /// <param name="keys">Of this database alone.</param>
    /// <param name="load">What its own questions are counted in; null to count nothing.</param>
    /// <exception cref="SourceException">The connection string is not valid.</exception>
    public ReplicationFeed(ReplicationSettings settings, IFeedKeys keys, TimeProvider time, SourceLoad? load = null)
    {
        (this.settings, this.keys, this.time) = (settings, keys, time);
        server = new(settings);
        database = SourceDatabase.Create(
            settings.Database,
            settings.ConnectionString,
            new(settings.ConnectionString, settings.ConnectionString)
            {
                ConnectionsMax = 2,
                StatementTimeout = settings.StatementTimeout,
            },
            load
        );
        source = new(database);
    }

    /// <inheritdoc/>
    public string Name => $"{settings.Database} feed";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChangeBatch> FollowAsync(
        string? position,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        watch ??= new(server, settings, time);
        try
        {
            while (true)
            {
                await using var current = await BeginAsync(position, cancellationToken);
                session = current;
                watch.Guard(current.CloseAsync);
                while (await NextAsync(current, cancellationToken) is { } batch)
                {
                    position = batch.Position;
                    yield return batch;
                }
            }
        }
        finally
        {
            session = null;
        }
    }

    /// <inheritdoc/>
    public Task ConfirmAsync(ChangeBatch batch, CancellationToken cancellationToken) =>
        session?.ConfirmAsync(batch, cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        if (watch is not null)
            await watch.DisposeAsync();
        await server.DisposeAsync();
        await database.DisposeAsync();
    }

    private async Task<FeedSession> BeginAsync(string? position, CancellationToken cancellationToken)
    {
        try
        {
            var memory = new KeyMemory(keys, source);
            var parts = new FeedParts(settings, server, watch!, memory, new(source, memory, settings.NamedMax), time);
            await source.LookAsync(cancellationToken);
            var connection = await OpenAsync(cancellationToken);
            try
            {
                var start = await new FeedBeginning(parts).FindAsync(position, connection, cancellationToken);
                return new(parts, connection, start);
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
        catch (FeedLostException)
        {
            await LeaveAsync(cancellationToken);
            throw;
        }
    }

    private async Task<ChangeBatch?> NextAsync(FeedSession current, CancellationToken cancellationToken)
    {
        try
        {
            return await current.NextAsync(cancellationToken);
        }
        catch (FeedLostException)
        {
            await current.DisposeAsync();
            await LeaveAsync(cancellationToken);
            throw;
        }
    }

    /// <summary>Drops the slot, from which nothing will be read any more.</summary>
    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The server may still be about to notice that nobody reads.
            for (var tries = 0; tries < LeaveTries && !await server.DropSlotAsync(cancellationToken); tries++)
                await Task.Delay(LeavePause, time, cancellationToken);
        }
        catch (SourceException)
        {
            // The watch, the next beginning or the server's own bound sees to it.
        }
    }

    private async Task<LogicalReplicationConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new LogicalReplicationConnection(server.ConnectionString);
        try
        {
            await connection.Open(cancellationToken);
            return connection;
        }
        catch (Exception e) when (ReplicationFaults.IsOfTheServer(e))
        {
            await connection.DisposeAsync();
            throw ReplicationFaults.Unreachable(settings, e);
        }
    }
}
