using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Engines;

namespace UserReports.Workspace;

/// <summary>A few connections to the workspace, opened when first needed, each used by one piece of work at a
/// time.</summary>
/// <remarks>
/// A connection that failed is closed; the next piece of work opens another. A piece of work whose connection turns out
/// to have ended while it lay idle is done again on another, unless it was being committed.
/// </remarks>
/// <param name="logger">Told once when work fails, and once when it succeeds again; null where whoever asks says
/// so.</param>
internal sealed class WorkspaceSession(
    IWorkspaceEngine engine,
    Func<CancellationToken, Task<WorkspaceContext>> open,
    int connections = 1,
    ILogger? logger = null
) : IAsyncDisposable
{
    private readonly SemaphoreSlim places = new(connections, connections);
    private readonly ConcurrentBag<WorkspaceContext> idle = [];
    private volatile bool isDisposed;
    private string? told;

    /// <summary>Does a piece of work in one transaction.</summary>
    /// <exception cref="LedgerException">It failed; nothing of it was kept.</exception>
    public Task<T> DoAsync<T>(Func<WorkspaceCommands, Task<T>> work, CancellationToken cancellationToken) =>
        RunAsync(work, isTransaction: true, cancellationToken);

    /// <inheritdoc cref="DoAsync{T}"/>
    public Task DoAsync(Func<WorkspaceCommands, Task> work, CancellationToken cancellationToken) =>
        DoAsync(
            async commands =>
            {
                await work(commands);
                return true;
            },
            cancellationToken
        );

    /// <summary>
    /// Asks one question, without a transaction: where there is one writer at a time, it does not wait for him.
    /// </summary>
    /// <exception cref="LedgerException">It failed.</exception>
    public Task<T> ReadAsync<T>(Func<WorkspaceCommands, Task<T>> work, CancellationToken cancellationToken) =>
        RunAsync(work, isTransaction: false, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < connections; i++)
            await places.WaitAsync();
        isDisposed = true;
        while (idle.TryTake(out var context))
            await context.DisposeAsync();
        places.Dispose();
    }

    private async Task<T> RunAsync<T>(
        Func<WorkspaceCommands, Task<T>> work,
        bool isTransaction,
        CancellationToken cancellationToken
    )
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        await places.WaitAsync(cancellationToken);
        try
        {
            var result = await RunHereAsync(work, isTransaction, cancellationToken);
            if (Interlocked.Exchange(ref told, null) is not null && logger is not null)
                WorkspaceLog.WorksAgain(logger);
            return result;
        }
        catch (LedgerException e) when (logger is not null)
        {
            if (Interlocked.Exchange(ref told, e.Message) != e.Message)
                WorkspaceLog.Failed(logger, e.Message);
            throw;
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<T> RunHereAsync<T>(
        Func<WorkspaceCommands, Task<T>> work,
        bool isTransaction,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var wasIdle = idle.TryTake(out var context);
            context ??= await open(cancellationToken);
            var isKept = false;
            var isCommitting = false;
            try
            {
                var connection = context.Database.GetDbConnection();
                await using var transaction = isTransaction
                    ? await connection.BeginTransactionAsync(cancellationToken)
                    : null;
                var result = await work(new(connection, transaction));
                isCommitting = true;
                if (transaction is not null)
                    await transaction.CommitAsync(cancellationToken);
                isKept = true;
                return result;
            }
            catch (DbException e)
            {
                var hasEnded = context.Database.GetDbConnection().State != ConnectionState.Open;
                if (!wasIdle || !hasEnded || isCommitting)
                    throw new LedgerException(engine.Tell(e), e);
            }
            finally
            {
                if (isKept)
                    idle.Add(context);
                else
                    await context.DisposeAsync();
            }
        }
    }
}

/// <summary>What is said of the workspace.</summary>
internal static partial class WorkspaceLog
{
    [LoggerMessage(EventId = 10201, Level = LogLevel.Error, Message = "{Problem}")]
    public static partial void Failed(ILogger logger, string problem);

    [LoggerMessage(EventId = 10202, Level = LogLevel.Information, Message = "The workspace answers again.")]
    public static partial void WorksAgain(ILogger logger);
}
