using UserReports.Core.Reports;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>
/// One process's work on one run. Workers claim a range each, read and compute it; computed ranges wait for a common
/// commit, which one of the workers does while the others go on. What waits is bounded, so memory does not grow with
/// the accounts.
/// </summary>
internal sealed class RefreshPass(Run run, bool hasStripe, RefreshEngine engine, IProgress<RefreshProgress>? progress)
    : IDisposable
{
    /// <summary>Single accounts are read by their ids; so many at once cost no more memory than a range.</summary>
    private const int TouchedAtOnce = 5_000;

    private readonly string ownerToken = Guid.NewGuid().ToString("N");
    private readonly QuietThreads threads = new(engine.Settings.Workers);
    private readonly Lock gate = new();
    private readonly SemaphoreSlim committing = new(1);
    private readonly HashSet<AccountRange> givenUp = [];
    private readonly Dictionary<AccountRange, int> claims = [];
    private readonly long startedAt = engine.Time.GetTimestamp();
    private List<ComputedRange> waiting = [];
    private DateTimeOffset lastBeat = engine.Time.GetUtcNow();
    private long accountsDone = run.AccountsDone;

    public async Task<RefreshOutcome> WorkAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var heart = BeatAsync(stop.Token);
        try
        {
            Tell();
            var workers = Enumerable
                .Range(0, engine.Settings.Workers)
                .Select(_ => Task.Run(() => WorkOnRangesAsync(stop.Token), stop.Token))
                .ToList();
            await WhenAllOrFirstFailureAsync(workers, stop);
            await CommitAsync(1, stop.Token);
            return await FinishAsync(stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await heart;
            await GiveBackAsync();
        }
    }

    public void Dispose()
    {
        threads.Dispose();
        committing.Dispose();
        waiting.ForEach(range => range.Reports.Dispose());
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

    /// <summary>A store that cannot take them back must not hide what ended the pass; their leases pass.</summary>
    private async Task GiveBackAsync()
    {
        try
        {
            await engine.Store.Runs.ReleaseAsync(run.Uid, ownerToken, CancellationToken.None);
        }
        catch (Exception e) when (e is StoreException)
        {
            RefreshLog.NotGivenBack(engine.Logger, engine.Settings.Lease.TotalSeconds, e.Message);
        }
    }

    private async Task WorkOnRangesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var claimed = await engine.Store.Runs.ClaimAsync(
                run.Uid,
                ownerToken,
                1,
                engine.Settings.Lease,
                cancellationToken
            );
            var worked = claimed.Count > 0 && await WorkOnRangeAsync(claimed[0], cancellationToken);
            if (!worked && await IsOverAsync(cancellationToken))
                return;
        }
    }

    /// <summary>
    /// Nothing is left to claim: either all is done or given up, or other workers still hold ranges that may come
    /// back.
    /// </summary>
    private async Task<bool> IsOverAsync(CancellationToken cancellationToken)
    {
        await CommitAsync(1, cancellationToken);
        var now = await engine.Store.Runs.FindAsync(run.Uid, cancellationToken);
        if (now is null || now.Status != RunStatus.InProgress)
            return true;
        int left;
        lock (gate)
            left = now.RangesTotal - now.RangesDone - givenUp.Count - waiting.Count;
        if (left <= 0)
            return true;
        await Task.Delay(TimeSpan.FromMilliseconds(200), engine.Time, cancellationToken);
        return false;
    }

    private async Task<bool> WorkOnRangeAsync(ClaimedRange claimed, CancellationToken cancellationToken)
    {
        if (claimed.Attempts >= engine.Settings.AttemptsMax)
        {
            // It stays claimed until this pass ends, so that no worker takes it up again before the next start.
            lock (gate)
                givenUp.Add(claimed.Range);
            return false;
        }

        var claim = Claimed(claimed.Range);
        try
        {
            var computed = await engine.ComputeRangeAsync(claimed, hasStripe, threads, cancellationToken);
            if (!TryWait(claim, computed))
            {
                computed.Reports.Dispose();
                RefreshLog.LeaseLost(engine.Logger, 1);
                return true;
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, a source or a value that nobody thought of: it costs this range, not the others.
            RefreshLog.RangeFailed(
                engine.Logger,
                e is SourceException ? null : e,
                claimed.Range.FirstId,
                claimed.Range.LastId,
                claimed.Attempts + 1,
                e.Message
            );
            RefreshMeter.Failures.Add(1);
            await engine.Store.Runs.FailAsync(run.Uid, ownerToken, claimed.Range, e.Message, cancellationToken);
            if (claimed.Attempts + 1 >= engine.Settings.AttemptsMax)
            {
                lock (gate)
                    givenUp.Add(claimed.Range);
            }

            await Task.Delay(engine.Settings.Backoff * Math.Pow(2, claimed.Attempts), engine.Time, cancellationToken);
            return true;
        }

        await CommitAsync(engine.Settings.CommitRows, cancellationToken);
        return true;
    }

    /// <summary>
    /// The workers of a pass share its token, so the store cannot tell which of them holds a range whose lease has
    /// passed and which another one claimed again: what was read under the older claim is dropped here.
    /// </summary>
    private int Claimed(AccountRange range)
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
            RefreshLog.LeaseLost(engine.Logger, lost.Count);
        return claim;
    }

    private bool TryWait(int claim, ComputedRange computed)
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
        // While a commit is under way its rows still cost memory: whoever has as much again waits here, and reads no
        // further.
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
                    Committed(ranges);
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
                Committed([range]);
            else
                lost++;
        }

        RefreshLog.LeaseLost(engine.Logger, lost);
    }

    private Task<bool> WriteAsync(IReadOnlyList<ComputedRange> ranges, CancellationToken cancellationToken) =>
        threads.RunAsync(
            () => engine.Store.Writer.CommitAsync(run.Uid, ownerToken, ranges, cancellationToken),
            cancellationToken
        );

    private void Committed(IReadOnlyList<ComputedRange> ranges)
    {
        var accounts = ranges.Sum(range => range.Accounts);
        Interlocked.Add(ref accountsDone, accounts);
        RefreshMeter.Accounts.Add(accounts);
        RefreshMeter.Rows.Add(ranges.Sum(range => range.Reports.Count));
        Tell();
    }

    private bool HasWaiting(int rowsMin)
    {
        lock (gate)
            return waiting.Count > 0 && waiting.Sum(range => range.Reports.Count) >= (rowsMin > 1 ? rowsMin : 0);
    }

    private async Task<RefreshOutcome> FinishAsync(CancellationToken cancellationToken)
    {
        var completed = await engine.AloneAsync(
            async () =>
            {
                // Accounts that were refreshed singly meanwhile may be newer than this run's rows of them.
                foreach (
                    var touched in (await engine.Store.Corrections.TouchedAsync(cancellationToken)).Chunk(TouchedAtOnce)
                )
                {
                    var reports = await engine.ComputeAccountsAsync(touched, hasStripe, cancellationToken);
                    await engine.Store.Corrections.CorrectAsync(
                        run.Uid,
                        ownerToken,
                        touched,
                        reports,
                        cancellationToken
                    );
                }

                return await engine.Store.Writer.CompleteAsync(run.Uid, ownerToken, cancellationToken);
            },
            cancellationToken
        );
        var now = await engine.Store.Runs.FindAsync(run.Uid, cancellationToken) ?? run;
        if (completed)
        {
            RefreshMeter.Runs.Add(1);
            RefreshLog.Completed(engine.Logger, run.Uid, now.RowsWritten, now.WarningCount);
        }
        else if (now.Status == RunStatus.InProgress)
        {
            RefreshLog.Incomplete(engine.Logger, run.Uid, now.RangesTotal - now.RangesDone);
        }

        return new(now, [.. givenUp]);
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(engine.Settings.Lease / 4, engine.Time, cancellationToken);
                await BeatOnceAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The pass is over.
        }
    }

    private async Task BeatOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = engine.Time.GetUtcNow();
            var silent = now - lastBeat;
            lastBeat = now;
            await engine.Store.Runs.HeartbeatAsync(run.Uid, ownerToken, engine.Settings.Lease, cancellationToken);
            if (silent > engine.Settings.Lease)
                RefreshLog.Overslept(engine.Logger, silent.TotalSeconds, engine.Settings.Lease.TotalSeconds);
        }
        catch (Exception e) when (e is StoreException)
        {
            // The next beat may do better; if none does, the lease passes and the commit is refused.
            RefreshLog.BeatFailed(engine.Logger, e.Message);
        }
    }

    private void Tell()
    {
        var elapsed = engine.Time.GetElapsedTime(startedAt);
        var done = Interlocked.Read(ref accountsDone);
        var rate = elapsed > TimeSpan.Zero ? (done - run.AccountsDone) / elapsed.TotalSeconds : 0;
        TimeSpan? left = rate > 0 ? TimeSpan.FromSeconds(Math.Max(0, run.AccountsTotal - done) / rate) : null;
        var now = new RefreshProgress(run.Uid, done, run.AccountsTotal, rate, left);
        engine.Report(now);
        progress?.Report(now);
    }
}
