using UserReports.Feed;
using UserReports.Feed.Ledger;

namespace UserReports.Refresh.Following;

/// <summary>Up to when everything is visible, by database.</summary>
/// <remarks>What is written down and what is counted must not overtake each other, or a lag would seem
/// shorter.</remarks>
internal sealed class FollowProgress(IFollowLedger ledger, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim alone = new(1);
    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> seenUpTo = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> batches = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim changed = new(0, 1);

    // Unknown until it was counted: an earlier process may have left entries.
    private DirtySummary? dirty;

    /// <summary>Entries as they were counted last; 0 before the first batch.</summary>
    public long Dirty
    {
        get
        {
            lock (gate)
                return dirty?.Count ?? 0;
        }
    }

    /// <summary>Now less the instant up to which every change of a database is visible; null before the first
    /// batch.</summary>
    public TimeSpan? LagOf(string database)
    {
        lock (gate)
        {
            if (dirty is null || !seenUpTo.TryGetValue(database, out var seen))
                return null;
            var visible = dirty.FirstCommits.TryGetValue(database, out var first) && first < seen ? first : seen;
            var lag = time.GetUtcNow() - visible;
            // The database's clock may be ahead of this one.
            return lag > TimeSpan.Zero ? lag : TimeSpan.Zero;
        }
    }

    /// <summary>Writes a batch down.</summary>
    public async Task WriteAsync(string feed, string database, ChangeBatch batch, CancellationToken cancellationToken)
    {
        await alone.WaitAsync(cancellationToken);
        try
        {
            await ledger.WriteAsync(feed, database, batch, cancellationToken);
            var summary = IsEmpty(batch) && IsCounted ? null : await ledger.SummarizeAsync(cancellationToken);
            lock (gate)
            {
                seenUpTo[database] = batch.SeenUpTo;
                batches[database] = batches.GetValueOrDefault(database) + 1;
                dirty = summary ?? dirty;
            }
        }
        finally
        {
            alone.Release();
        }

        if (!IsEmpty(batch))
            Wake();
    }

    /// <summary>Counts what is dirty.</summary>
    public async Task<DirtySummary> SummarizeAsync(CancellationToken cancellationToken)
    {
        await alone.WaitAsync(cancellationToken);
        try
        {
            var summary = await ledger.SummarizeAsync(cancellationToken);
            lock (gate)
                dirty = summary;
            return summary;
        }
        finally
        {
            alone.Release();
        }
    }

    /// <summary>
    /// Waits until whatever is committed now has been told: the second batch from now on was begun after now. False if
    /// that takes longer than it may.
    /// </summary>
    public async Task<bool> WaitUntilToldAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        Dictionary<string, long> before;
        lock (gate)
            before = new(batches, StringComparer.Ordinal);
        var beganAt = time.GetTimestamp();
        while (true)
        {
            lock (gate)
            {
                if (before.Count > 0 && before.All(told => batches[told.Key] >= told.Value + 2))
                    return true;
            }

            if (time.GetElapsedTime(beganAt) >= most)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(250), time, cancellationToken);
        }
    }

    /// <summary>Waits until something was written down, at most so long. True if something was.</summary>
    public async Task<bool> WaitAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = changed.WaitAsync(over.Token);
        await Task.WhenAny(woken, Task.Delay(most, time, over.Token));
        await over.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return woken.IsCompletedSuccessfully;
    }

    /// <summary>Ends <see cref="WaitAsync"/>.</summary>
    public void Wake()
    {
        try
        {
            changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // Woken already.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        alone.Dispose();
        changed.Dispose();
    }

    private bool IsCounted
    {
        get
        {
            lock (gate)
                return dirty is not null;
        }
    }

    private static bool IsEmpty(ChangeBatch batch) =>
        batch.Accounts.Count == 0
        && batch.Owners.Count == 0
        && batch.Organizations.Count == 0
        && batch.RunReason is null;
}
