using System.Diagnostics;
using Microsoft.Extensions.Logging;
using UserReports.Core.Reports;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>
/// One process's work on one run: workers claim a range each, read and compute it, and hand it to the queue of commits,
/// until nothing is left.
/// </summary>
/// <param name="completing">Completes the run; null where that is another process's: then this one works until there is
/// no range to claim.</param>
/// <param name="told">Told of the progress after every commit.</param>
internal sealed class RunWorker(
    Run run,
    RunLease lease,
    RangeReader reader,
    AccountRefresher? completing,
    LowPriorityScheduler scheduler,
    RefreshSettings settings,
    TimeProvider time,
    ILogger logger,
    Action<RefreshProgress> told
)
{
    private readonly Lock gate = new();
    private readonly HashSet<AccountRange> givenUp = [];
    private readonly long startedAt = time.GetTimestamp();
    private long accountsDone = run.AccountsDone;

    /// <summary>Works until the run is complete, or nothing more can be done for it.</summary>
    public async Task<RefreshOutcome> WorkAsync(CancellationToken cancellationToken)
    {
        using var activity = RefreshMeter.Activities.StartActivity("refresh.run");
        activity?.SetTag("user_reports.run", run.Uid).SetTag("user_reports.accounts", run.AccountsTotal);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var queue = new CommitQueue(lease, settings.CommitRows, scheduler, Committed, logger);
        var heart = new Heartbeat(lease, time, logger).BeatAsync(stop.Token);
        try
        {
            Tell();
            var workers = Enumerable
                .Range(0, settings.Workers)
                .Select(_ => Task.Run(() => WorkOnRangesAsync(queue, stop.Token), stop.Token))
                .ToList();
            await WhenAllOrFirstFailureAsync(workers, stop);
            await queue.FlushAsync(stop.Token);
            return await FinishAsync(stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await heart;
            await GiveBackAsync();
        }
    }

    private static async Task WhenAllOrFirstFailureAsync(List<Task> workers, CancellationTokenSource stop)
    {
        while (workers.Count > 0)
        {
            var ended = await Task.WhenAny(workers);
            workers.Remove(ended);
            if (ended.IsCompletedSuccessfully)
                continue;
            await stop.CancelAsync();
            await Task.WhenAll(workers).ContinueWith(_ => { }, TaskScheduler.Default);
            await ended;
        }
    }

    /// <summary>A store that cannot take them back must not hide what ended the work; their leases pass.</summary>
    private async Task GiveBackAsync()
    {
        try
        {
            await lease.ReleaseAsync();
        }
        catch (Exception e) when (e is StoreException)
        {
            RefreshLog.NotGivenBack(logger, lease.Duration.TotalSeconds, e.Message);
        }
    }

    private async Task WorkOnRangesAsync(CommitQueue queue, CancellationToken cancellationToken)
    {
        while (true)
        {
            var claimed = await lease.ClaimAsync(cancellationToken);
            var worked = claimed is not null && await WorkOnRangeAsync(claimed, queue, cancellationToken);
            if (!worked && await IsOverAsync(queue, cancellationToken))
                return;
        }
    }

    /// <summary>
    /// Nothing is left to claim: either all is done or given up, or other workers still hold ranges that may come
    /// back.
    /// </summary>
    private async Task<bool> IsOverAsync(CommitQueue queue, CancellationToken cancellationToken)
    {
        await queue.FlushAsync(cancellationToken);
        if (completing is null)
            return true;
        var now = await lease.FindAsync(cancellationToken);
        if (now is null || now.Status != RunStatus.InProgress)
            return true;
        int left;
        lock (gate)
            left = now.RangesTotal - now.RangesDone - givenUp.Count - queue.Count;
        if (left <= 0)
            return true;
        await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        return false;
    }

    /// <summary>False if the range is given up; it stays claimed until the work ends, so that no worker takes it up
    /// again before the next start.</summary>
    private async Task<bool> WorkOnRangeAsync(
        ClaimedRange claimed,
        CommitQueue queue,
        CancellationToken cancellationToken
    )
    {
        if (claimed.Attempts >= settings.AttemptsMax)
        {
            GiveUp(claimed.Range);
            return false;
        }

        using var activity = RefreshMeter.Activities.StartActivity("refresh.range");
        activity
            ?.SetTag("user_reports.accounts", claimed.Accounts)
            .SetTag("user_reports.attempt", claimed.Attempts + 1);
        var claim = queue.Claimed(claimed.Range);
        ComputedRange computed;
        try
        {
            using var reading = RefreshMeter.Activities.StartActivity("refresh.read");
            computed = await reader.ReadAsync(claimed, scheduler, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, a source or a value that nobody thought of: it costs this range, not the others.
            activity?.SetStatus(ActivityStatusCode.Error);
            await FailAsync(claimed, e, cancellationToken);
            return true;
        }

        await queue.AddAsync(claim, computed, cancellationToken);
        return true;
    }

    private async Task FailAsync(ClaimedRange claimed, Exception e, CancellationToken cancellationToken)
    {
        RefreshLog.RangeFailed(
            logger,
            e is SourceException ? null : e,
            claimed.Range.FirstId,
            claimed.Range.LastId,
            claimed.Attempts + 1,
            e.Message
        );
        RefreshMeter.Failures.Add(1);
        await lease.FailAsync(claimed.Range, e.Message, cancellationToken);
        if (claimed.Attempts + 1 >= settings.AttemptsMax)
            GiveUp(claimed.Range);
        await Task.Delay(settings.Backoff * Math.Pow(2, claimed.Attempts), time, cancellationToken);
    }

    private void GiveUp(AccountRange range)
    {
        lock (gate)
            givenUp.Add(range);
    }

    private void Committed(IReadOnlyList<ComputedRange> ranges)
    {
        var done = ranges.Sum(range => range.Accounts);
        Interlocked.Add(ref accountsDone, done);
        RefreshMeter.Accounts.Add(done);
        RefreshMeter.Rows.Add(ranges.Sum(range => range.Reports.Count));
        Tell();
    }

    private async Task<RefreshOutcome> FinishAsync(CancellationToken cancellationToken)
    {
        var completed = completing is not null && await completing.CompleteAsync(lease, cancellationToken);
        var now = await lease.FindAsync(cancellationToken) ?? run;
        if (completed)
        {
            RefreshMeter.Runs.Add(1);
            RefreshLog.Completed(logger, run.Uid, now.RowsWritten, now.WarningCount);
        }
        else if (completing is not null && now.Status == RunStatus.InProgress)
        {
            RefreshLog.Incomplete(logger, run.Uid, now.RangesTotal - now.RangesDone);
        }

        return new(now, [.. givenUp]);
    }

    private void Tell()
    {
        var elapsed = time.GetElapsedTime(startedAt);
        var done = Interlocked.Read(ref accountsDone);
        var rate = elapsed > TimeSpan.Zero ? (done - run.AccountsDone) / elapsed.TotalSeconds : 0;
        TimeSpan? left = rate > 0 ? TimeSpan.FromSeconds(Math.Max(0, run.AccountsTotal - done) / rate) : null;
        told(new(run.Uid, done, run.AccountsTotal, rate, left));
    }
}
