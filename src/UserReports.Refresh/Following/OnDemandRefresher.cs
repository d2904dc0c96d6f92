using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh.Following;

/// <summary>Computes accounts anew because somebody wants them fresh, within the time that somebody has.</summary>
public sealed class OnDemandRefresher(RefreshEngine engine, TimeProvider time)
{
    /// <summary>Accounts of one request, at most; more are left as they are.</summary>
    public const int AccountsMax = 1_000;

    /// <summary>Few enough that a time limit is met between two of them.</summary>
    private const int AtOnce = 200;

    /// <summary>
    /// Computes these accounts anew, in their order, as far as the time goes. What was done stays, whatever fails then.
    /// </summary>
    /// <param name="within">The time there is; what was begun then is broken off.</param>
    /// <exception cref="NoSnapshotException">There is no completed run yet.</exception>
    public async Task<OnDemandOutcome> RefreshAsync(
        IReadOnlyList<long> accountIds,
        TimeSpan within,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        List<long> left = [.. accountIds];
        string? problem = null;
        foreach (var some in accountIds.Take(AccountsMax).Chunk(AtOnce))
        {
            try
            {
                await engine.RefreshAccountsAsync(some, either.Token);
                left.RemoveRange(0, some.Length);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is SourceException or StoreUnavailableException)
            {
                problem = e.Message;
                break;
            }
        }

        return new(accountIds.Count - left.Count, left, problem);
    }

    /// <summary>Computes one account anew; one that is gone at the source loses its rows.</summary>
    /// <exception cref="NoSnapshotException">There is no completed run yet.</exception>
    /// <exception cref="SourceException">The sources cannot be read.</exception>
    public Task RefreshAsync(long accountId, CancellationToken cancellationToken) =>
        engine.RefreshAccountsAsync([accountId], cancellationToken);
}

/// <summary>What became of a request for fresh rows.</summary>
/// <param name="Refreshed">Accounts computed anew.</param>
/// <param name="Left">Accounts that are as they were.</param>
/// <param name="Problem">Why, if not for want of time; fit for an operator. Null otherwise.</param>
public sealed record OnDemandOutcome(int Refreshed, IReadOnlyList<long> Left, string? Problem);
