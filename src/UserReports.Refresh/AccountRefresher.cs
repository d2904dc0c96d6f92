using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>
/// Computes single accounts anew, in what readers see and in a run that is about to complete. From reading them to
/// writing them nobody else does the same: else what was read first could be written last, or between a run's last
/// correction and its completion, and be lost.
/// </summary>
/// <param name="others">Does work while no other process does the same; null where there is no other.</param>
internal sealed class AccountRefresher(
    RangeReader reader,
    ICorrections corrections,
    Func<Func<CancellationToken, Task>, CancellationToken, Task>? others
) : IDisposable
{
    /// <summary>Accounts are read by their ids; so many at once cost no more memory than a range.</summary>
    private const int AtOnce = 5_000;

    private readonly SemaphoreSlim alone = new(1);

    /// <summary>Replaces the rows of these accounts in what readers see.</summary>
    public Task ReplaceAsync(IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken) =>
        DoAloneAsync(
            async token =>
            {
                var reports = await reader.ReadAsync(accountIds, token);
                await corrections.ReplaceAccountsAsync(accountIds, reports, token);
            },
            cancellationToken
        );

    /// <summary>
    /// Completes a run, after accounts that were replaced while it went on: they may be newer than its rows of them.
    /// </summary>
    public async Task<bool> CompleteAsync(RunLease lease, CancellationToken cancellationToken)
    {
        var isCompleted = false;
        await DoAloneAsync(
            async token =>
            {
                foreach (var touched in (await corrections.TouchedAsync(token)).Chunk(AtOnce))
                {
                    var reports = await reader.ReadAsync(touched, token);
                    await lease.CorrectAsync(touched, reports, token);
                }

                isCompleted = await lease.CompleteAsync(token);
            },
            cancellationToken
        );
        return isCompleted;
    }

    /// <inheritdoc/>
    public void Dispose() => alone.Dispose();

    private async Task DoAloneAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await alone.WaitAsync(cancellationToken);
        try
        {
            if (others is null)
                await work(cancellationToken);
            else
                await others(work, cancellationToken);
        }
        finally
        {
            alone.Release();
        }
    }
}
