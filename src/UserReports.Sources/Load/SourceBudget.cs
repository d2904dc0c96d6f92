namespace UserReports.Sources.Load;

/// <summary>
/// How much of a source's server the service may keep busy. What statements take is a debt that time pays off at the
/// rate of the budget: a run waits while there is any, a poll is left out, and nobody who signs in waits for either.
/// </summary>
/// <remarks>
/// Busy is the time from sending a statement to its last row. That is the server's processor time and what it waits
/// for, and the network's; so the budget is never exceeded by what it does not see. Both databases count together, as
/// they may be one server.
/// </remarks>
public sealed class SourceBudget(SourceSettings settings, TimeProvider time)
{
    /// <summary>The smallest budget there can be.</summary>
    public const double LeastShare = 0.01;

    /// <summary>The largest; in effect, no bound.</summary>
    public const double MostShare = 64;

    /// <summary>Work may begin at full speed for what the budget gives in so long.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(10);

    /// <summary>Whoever waits looks again after so long: the budget may have changed.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Queue<(long At, double Seconds)> lastMinute = new();
    private double debt = double.NegativeInfinity;
    private double usedSeconds;
    private long paidAt = time.GetTimestamp();
    private TimeSpan delayed;
    private long skipped;

    /// <summary>Slow answers, of which the budget takes account.</summary>
    public ResponseWatch Responses { get; } = new(time);

    /// <summary>How it stands.</summary>
    public BudgetState State
    {
        get
        {
            lock (gate)
            {
                Pay();
                return new(Share(), usedSeconds / 60, delayed, skipped, Responses.Reason);
            }
        }
    }

    /// <summary>Takes note of time that a source was busy.</summary>
    public void Spend(TimeSpan busy)
    {
        lock (gate)
        {
            Pay();
            debt += busy.TotalSeconds;
            usedSeconds += busy.TotalSeconds;
            lastMinute.Enqueue((time.GetTimestamp(), busy.TotalSeconds));
        }
    }

    /// <summary>Waits until there is a share for a piece of a run.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (Remaining() is var remaining && remaining > TimeSpan.Zero)
            await Task.Delay(remaining < WaitMax ? remaining : WaitMax, time, cancellationToken);
        lock (gate)
            delayed += time.GetElapsedTime(began);
    }

    /// <summary>False if there is no share for a poll now: it is to be left out.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            Pay();
            if (debt <= 0)
                return true;
            skipped++;
            return false;
        }
    }

    private TimeSpan Remaining()
    {
        lock (gate)
        {
            Pay();
            return debt <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Max(0.01, debt / Share()));
        }
    }

    private double Share()
    {
        var now = time.GetUtcNow();
        var share = settings.Budget;
        foreach (var hours in settings.QuietHours)
        {
            if (hours.Contains(now))
                share = hours.Share;
        }

        return share * Responses.Factor;
    }

    private void Pay()
    {
        var now = time.GetTimestamp();
        var share = Share();
        debt = Math.Max(-share * Burst.TotalSeconds, debt - (share * time.GetElapsedTime(paidAt, now).TotalSeconds));
        paidAt = now;
        while (lastMinute.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) > TimeSpan.FromMinutes(1))
            usedSeconds -= lastMinute.Dequeue().Seconds;
        if (lastMinute.Count == 0)
            usedSeconds = 0;
    }
}
