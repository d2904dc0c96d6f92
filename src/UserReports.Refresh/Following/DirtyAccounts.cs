using Microsoft.Extensions.Logging;
using UserReports.Feed.Ledger;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh.Following;

/// <summary>Takes what is dirty, finds out which accounts that are, and computes them anew.</summary>
internal sealed class DirtyAccounts(
    IFollowLedger ledger,
    IReportSource source,
    IReportStore store,
    RefreshEngine engine,
    FollowProgress progress,
    FollowSettings settings,
    ILogger logger
)
{
    /// <summary>More accounts than these in one round do not fail by themselves.</summary>
    private const int FailedMax = 3;

    /// <summary>Does one round.</summary>
    /// <param name="replayed">What replicas show.</param>
    /// <exception cref="SourceException">The sources cannot be read.</exception>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    /// <exception cref="LedgerException">The ledger cannot be read or written.</exception>
    public async Task ComputeAsync(IReadOnlyDictionary<string, ulong> replayed, CancellationToken cancellationToken)
    {
        var summary = await progress.SummarizeAsync(cancellationToken);
        if (summary.Count == 0 || store.Reader.Snapshot is not { } snapshot)
            return;
        var most = Math.Max(settings.AccountsMaxAtLeast, (long)(settings.PartMax * snapshot.Rows));
        if (summary.Count > most)
        {
            await LeaveToRunAsync(summary.Count, cancellationToken);
            return;
        }

        var taken = await ledger.OldestAsync(settings.AtOnce, replayed, cancellationToken);
        if (taken.Count == 0)
            return;
        var accounts = await DirtyEntries.AccountsOfAsync(source, taken, cancellationToken);
        if (accounts.Count > most)
        {
            await LeaveToRunAsync(accounts.Count, cancellationToken);
            return;
        }

        var failed = 0;
        foreach (var some in accounts.Chunk(settings.AtOnce))
            failed += await ComputeAsync(some, failed, cancellationToken);
        await ledger.StrikeOutAsync(taken, cancellationToken);
        FollowLog.Computed(logger, accounts.Count - failed);
        await progress.SummarizeAsync(cancellationToken);
    }

    /// <summary>
    /// Computes these accounts. What fails is halved until it is known whose fault it is, so that one account does
    /// not stop all others; if it is more than a few, it is no account's fault.
    /// </summary>
    /// <returns>How many could not be computed; they are left to the next run.</returns>
    private async Task<int> ComputeAsync(long[] accounts, int before, CancellationToken cancellationToken)
    {
        try
        {
            await engine.RefreshAccountsAsync(accounts, cancellationToken);
            return 0;
        }
        catch (Exception e) when (IsOfTheAccounts(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (accounts.Length == 1)
            {
                if (before >= FailedMax)
                    throw;
                FollowLog.Failed(logger, e, accounts[0]);
                return 1;
            }

            var half = accounts.Length / 2;
            var failed = await ComputeAsync(accounts[..half], before, cancellationToken);
            return failed + await ComputeAsync(accounts[half..], before + failed, cancellationToken);
        }
    }

    /// <summary>False for what time heals, and for what the store or the ledger could not do.</summary>
    private static bool IsOfTheAccounts(Exception e) =>
        e is SourceException { IsTransient: false } or StatementRefusedException
        || e is not (SourceException or StoreException or LedgerException or OperationCanceledException);

    private async Task LeaveToRunAsync(long accounts, CancellationToken cancellationToken)
    {
        await ledger.LeaveToRunAsync("More accounts changed at once than are computed one by one.", cancellationToken);
        FollowLog.LeftToRun(logger, accounts);
        await progress.SummarizeAsync(cancellationToken);
    }
}
