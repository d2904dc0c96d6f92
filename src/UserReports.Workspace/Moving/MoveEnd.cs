using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Engines;
using UserReports.Workspace.Nodes;

namespace UserReports.Workspace.Moving;

/// <summary>One of the two workspaces of a move: nobody else works with it meanwhile.</summary>
internal sealed class MoveEnd : IAsyncDisposable
{
    private readonly IWorkspaceEngine engine;
    private readonly TimeProvider time;
    private readonly FileStream? held;
    private DbTransaction? transaction;
    private WorkspaceCommands? commands;

    private MoveEnd(IWorkspaceEngine engine, WorkspaceContext context, TimeProvider time, FileStream? held) =>
        (this.engine, Context, this.time, this.held) = (engine, context, time, held);

    public WorkspaceContext Context { get; }

    public string Place => engine.Place;

    private DbConnection Connection => Context.Database.GetDbConnection();

    private WorkspaceCommands Commands => commands ?? throw new InvalidOperationException("Nothing was begun.");

    /// <exception cref="LedgerException">It cannot be used, or a node has it.</exception>
    public static Task<MoveEnd> OpenAsync(
        IWorkspaceEngine engine,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        TellAsync(
            engine,
            async () =>
            {
                FileStream? held = null;
                if (engine is SqliteEngine)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(engine.Place)!);
                    held = Hold(engine.Place);
                }

                try
                {
                    return new MoveEnd(engine, await engine.OpenAsync(cancellationToken), time, held);
                }
                catch
                {
                    held?.Dispose();
                    throw;
                }
            }
        );

    public Task<bool> IsMissingAnyAsync(CancellationToken cancellationToken) =>
        TellAsync(engine, () => WorkspaceMigration.IsMissingAnyAsync(Context, engine, cancellationToken));

    public Task MakeTablesAsync(CancellationToken cancellationToken) =>
        TellAsync(engine, () => WorkspaceMigration.ApplyAsync(Context, engine, cancellationToken));

    /// <summary>Begins its transaction, in which no node can join it.</summary>
    /// <param name="mode">How the table of nodes is locked where there is a server.</param>
    /// <exception cref="LedgerException">A node is at work.</exception>
    public Task BeginAsync(string mode, CancellationToken cancellationToken) =>
        TellAsync(
            engine,
            async () =>
            {
                transaction = await Connection.BeginTransactionAsync(
                    engine is PostgresEngine ? IsolationLevel.RepeatableRead : IsolationLevel.Serializable,
                    cancellationToken
                );
                commands = new(Connection, transaction);
                if (engine is SqliteEngine)
                    return;
                // One end waits while the other one works.
                await commands.ExecuteAsync("set local idle_in_transaction_session_timeout = 0", cancellationToken);
                await commands.ExecuteAsync($"lock table node in {mode} mode", cancellationToken);
                var nodes = await commands.ReadAsync(
                    $"select name from node where not has_stopped and seen_at > {engine.Now(time)} - @p0 order by name",
                    row => row.GetString(0),
                    cancellationToken,
                    Instants.Microseconds(KnownNodes.GoneAfter)
                );
                if (nodes.Count > 0)
                    throw InUse(engine.Place, string.Join(", ", nodes));
            }
        );

    /// <summary>Refuses what holds something, or empties it.</summary>
    public Task EmptyAsync(IReadOnlyList<MoveTable> tables, bool replaces, CancellationToken cancellationToken) =>
        TellAsync(
            engine,
            async () =>
            {
                foreach (var table in tables)
                {
                    if (await CountAsync(table, cancellationToken) == 0)
                        continue;
                    if (!replaces)
                    {
                        throw new LedgerException(
                            $"The workspace {Place} is not empty: it has rows in {table.Name}. Name an empty one, or say --replace, and what it holds is lost."
                        );
                    }

                    await Commands.ExecuteAsync($"delete from \"{table.Name}\"", cancellationToken);
                }
            }
        );

    public async Task<long> CountAsync(MoveTable table, CancellationToken cancellationToken) =>
        (await Commands.ReadAsync(table.Count, row => row.GetInt64(0), cancellationToken))[0];

    public async IAsyncEnumerable<IReadOnlyList<object?>> ReadAsync(
        MoveTable table,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var command = Connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = table.Select;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            yield return table.Read(reader);
    }

    public Task PutAsync(
        MoveTable table,
        IReadOnlyList<IReadOnlyList<object?>> rows,
        CancellationToken cancellationToken
    ) => TellAsync(engine, () => Commands.ExecuteEachAsync(table.Insert, rows, cancellationToken));

    public Task CommitAsync(CancellationToken cancellationToken) =>
        TellAsync(engine, () => transaction!.CommitAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        if (transaction is not null)
            await transaction.DisposeAsync();
        await Context.DisposeAsync();
        held?.Dispose();
    }

    private static FileStream Hold(string place)
    {
        try
        {
            return SqliteEngine.Hold(place);
        }
        catch (IOException e)
        {
            throw InUse(place, e.Message);
        }
    }

    private static LedgerException InUse(string place, string by) =>
        new($"The workspace {place} is in use ({by}). Stop every node that uses it, and move then.");

    /// <inheritdoc cref="TellAsync{T}"/>
    private static async Task TellAsync(IWorkspaceEngine engine, Func<Task> work) =>
        await TellAsync(
            engine,
            async () =>
            {
                await work();
                return true;
            }
        );

    /// <summary>Every failure in one line, with what to do.</summary>
    private static async Task<T> TellAsync<T>(IWorkspaceEngine engine, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(engine.Tell(e), e);
        }
    }
}
