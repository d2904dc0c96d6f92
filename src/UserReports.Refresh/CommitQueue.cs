using Microsoft.Extensions.Logging;
using UserReports.Core.Reports;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>
/// Computed ranges that wait for a common commit, which one of the workers does while the others go on. What waits is
/// bounded, so memory does not grow with the accounts.
/// </summary>
/// <param name="commitRows">As many rows go into a commit; small ones are slow.</param>
/// <param name="committed">Told of ranges that are written.</param>
internal sealed class CommitQueue(
    RunLease lease,
    int commitRows,
    LowPriorityScheduler scheduler,
    Action<IReadOnlyList<ComputedRange>> committed,
    ILogger logger
) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim committing = new(1);
    private readonly Dictionary<AccountRange, int> claims = [];
    private List<ComputedRange> waiting = [];

    /// <summary>How many ranges wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    /// <summary>
    /// Takes note that a range is claimed; the number of its claim comes with what was computed under it. All workers
    /// share a token, so the store cannot tell which of them holds a range whose lease has passed and which another one
    /// claimed again: what was read under the older claim is dropped here.
    /// </summary>
    public int Claimed(AccountRange range)
    {
        List<ComputedRange> lost;
        int claim;
        lock (gate)
        {
            claim = claims[range] = claims.GetValueOrDefault(range) + 1;
            lost = waiting.FindAll(computed => computed.Range == range);
            waiting.RemoveAll(lost.Contains);
        }

        lost.ForEach(computed => computed.Reports.Dispose());
        if (lost.Count > 0)
            RefreshLog.LeaseLost(logger, lost.Count);
        return claim;
    }

    /// <summary>
    /// Takes a range that was computed under a claim, and commits when enough waits. While a commit is under way its
    /// rows still cost memory: whoever has as much again waits here, and reads no further.
    /// </summary>
    public async Task AddAsync(int claim, ComputedRange computed, CancellationToken cancellationToken)
    {
        if (TryAdd(claim, computed))
        {
            await CommitAsync(commitRows, cancellationToken);
            return;
        }

        computed.Reports.Dispose();
        RefreshLog.LeaseLost(logger, 1);
    }

    /// <summary>Commits whatever waits.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => CommitAsync(0, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        committing.Dispose();
        waiting.ForEach(range => range.Reports.Dispose());
    }

    private bool TryAdd(int claim, ComputedRange computed)
    {
        lock (gate)
        {
            if (claims[computed.Range] != claim)
                return false;
            waiting.Add(computed);
            return true;
        }
    }

    /// <summary>Commits what waits, once it has <paramref name="rowsMin"/> rows; one commit at a time.</summary>
    private async Task CommitAsync(int rowsMin, CancellationToken cancellationToken)
    {
        if (!HasWaiting(rowsMin))
            return;
        await committing.WaitAsync(cancellationToken);
        try
        {
            if (!HasWaiting(rowsMin))
                return;
            List<ComputedRange> ranges;
            lock (gate)
            {
                ranges = waiting;
                waiting = [];
            }

            try
            {
                if (await WriteAsync(ranges, cancellationToken))
                    committed(ranges);
                else
                    await CommitOneByOneAsync(ranges, cancellationToken);
            }
            finally
            {
                ranges.ForEach(range => range.Reports.Dispose());
            }
        }
        finally
        {
            committing.Release();
        }
    }

    /// <summary>Some range of a common commit was lost; the others are still this worker's.</summary>
    private async Task CommitOneByOneAsync(List<ComputedRange> ranges, CancellationToken cancellationToken)
    {
        var lost = 0;
        foreach (var range in ranges)
        {
            if (await WriteAsync([range], cancellationToken))
                committed([range]);
            else
                lost++;
        }

        RefreshLog.LeaseLost(logger, lost);
    }

    private async Task<bool> WriteAsync(List<ComputedRange> ranges, CancellationToken cancellationToken)
    {
        using var activity = RefreshMeter.Activities.StartActivity("refresh.commit");
        activity?.SetTag("user_reports.ranges", ranges.Count);
        return await scheduler.RunAsync(() => lease.CommitAsync(ranges, cancellationToken), cancellationToken);
    }

    private bool HasWaiting(int rowsMin)
    {
        lock (gate)
            return waiting.Count > 0 && waiting.Sum(range => range.Reports.Count) >= rowsMin;
    }
}
