using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserReports.Feed.Ledger;
using UserReports.Store;

namespace UserReports.Workspace.Runs;

/// <summary>Pieces of work on the shared ledger, each in a transaction of its own; as many at once as are
/// asked for.</summary>
internal sealed class RunSession(Func<CancellationToken, Task<WorkspaceContext>> open)
{
    /// <summary>A workspace lets one writer in after the other; who was in another's way tries again.</summary>
    private const int Attempts = 5;

    /// <summary>Does a piece of work.</summary>
    /// <param name="work">Says with <see cref="GivenUp"/> that nothing of it is to be kept.</param>
    /// <exception cref="StoreUnavailableException">It failed; nothing of it was kept.</exception>
    public async Task<T> DoAsync<T>(Func<WorkspaceContext, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(work, cancellationToken);
            }
            catch (Exception e) when (e is DbException or DbUpdateException && attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5 << attempt), cancellationToken);
            }
            catch (Exception e) when (e is DbException or DbUpdateException)
            {
                throw new StoreUnavailableException(
                    $"The workspace cannot be read or written: {(e.InnerException ?? e).Message} It keeps the store's "
                        + "runs; check that it can be reached and has room.",
                    e
                );
            }
            catch (LedgerException e)
            {
                throw new StoreUnavailableException(e.Message, e);
            }
        }
    }

    private async Task<T> TryAsync<T>(Func<WorkspaceContext, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var context = await open(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            var result = await work(context);
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        catch (GivenUpException<T> e)
        {
            await transaction.RollbackAsync(cancellationToken);
            return e.Result;
        }
    }

    /// <summary>Undoes a piece of work, which then has this result.</summary>
    public static Exception GivenUp<T>(T result) => new GivenUpException<T>(result);

    private sealed class GivenUpException<T>(T result) : Exception
    {
        public T Result => result;
    }
}
