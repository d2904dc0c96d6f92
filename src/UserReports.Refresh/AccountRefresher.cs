using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>
/// Computes single accounts anew, in what readers see and in a run that is about to complete. From reading them to
/// writing them nobody else does the same: else what was read first could be written last, or between a run's last
/// correction and its completion, and be lost.
/// </summary>
internal sealed class AccountRefresher(RangeReader reader, ICorrections corrections) : IDisposable
{
    /// <summary>Accounts are read by their ids; so many at once cost no more memory than a range.</summary>
    private const int AtOnce = 5_000;

    private readonly SemaphoreSlim alone = new(1);

    /// <summary>Replaces the rows of these accounts in what readers see.</summary>
    public async Task ReplaceAsync(IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken)
    {
        await alone.WaitAsync(cancellationToken);
        try
        {
            var reports = await reader.ReadAsync(accountIds, cancellationToken);
            await corrections.ReplaceAccountsAsync(accountIds, reports, cancellationToken);
        }
        finally
        {
            alone.Release();
        }
    }

    /// <summary>
    /// Completes a run, after accounts that were replaced while it went on: they may be newer than its rows of them.
    /// </summary>
    public async Task<bool> CompleteAsync(RunLease lease, CancellationToken cancellationToken)
    {
        await alone.WaitAsync(cancellationToken);
        try
        {
            foreach (var touched in (await corrections.TouchedAsync(cancellationToken)).Chunk(AtOnce))
            {
                var reports = await reader.ReadAsync(touched, cancellationToken);
                await lease.CorrectAsync(touched, reports, cancellationToken);
            }

            return await lease.CompleteAsync(cancellationToken);
        }
        finally
        {
            alone.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => alone.Dispose();
}
