namespace UserReports.Sources.Load;

/// <summary>
/// Notices when a source answers far more slowly than it does in peace, or when a replica falls behind, and says by how
/// much to hold back.
/// </summary>
/// <remarks>
/// Like is compared with like: pieces of the same work at the same database. In peace is the best minute of the last
/// day.
/// </remarks>
public sealed class ResponseWatch(TimeProvider time)
{
    private const int SamplesLeast = 20;
    private const int SamplesMax = 2_000;
    private const double SlowTimes = 5;
    private const double RecoveredTimes = 2.5;
    private const double FactorLeast = 1.0 / 16;
    private const int HoursKept = 24;

    /// <summary>Below this, differences are noise.</summary>
    private static readonly TimeSpan Unnoticed = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Source, SourceWork Work), Series> series = [];
    private double factor = 1;
    private string? slow;
    private string? behind;
    private long? judgedAt;

    /// <summary>What the budget is multiplied by: 1, or less while a source is slow.</summary>
    public double Factor
    {
        get
        {
            lock (gate)
            {
                Judge();
                return behind is null ? factor : FactorLeast;
            }
        }
    }

    /// <summary>Why less than the budget applies, or null.</summary>
    public string? Reason
    {
        get
        {
            lock (gate)
                return behind ?? slow;
        }
    }

    /// <summary>Takes note of how long a piece of work's statements took.</summary>
    public void Answered(string source, SourceWork work, TimeSpan took)
    {
        if (work is not (SourceWork.Run or SourceWork.Poll or SourceWork.Accounts))
            return;
        lock (gate)
        {
            if (!series.TryGetValue((source, work), out var of))
                series[(source, work)] = of = new();
            of.Samples.Enqueue((time.GetTimestamp(), took));
            if (of.Samples.Count > SamplesMax)
                of.Samples.Dequeue();
        }
    }

    /// <summary>Takes note of how far behind a replica is.</summary>
    /// <param name="lag">Null where it is behind no more than it may.</param>
    public void Replicated(string source, TimeSpan? lag)
    {
        lock (gate)
        {
            if (lag is { } by)
                behind = FormattableString.Invariant($"the {source} replica is {by.TotalSeconds:0} s behind");
            else if (behind?.Contains($" {source} ", StringComparison.Ordinal) ?? false)
                behind = null;
        }
    }

    private void Judge()
    {
        var now = time.GetTimestamp();
        if (judgedAt is { } last && time.GetElapsedTime(last, now) < Step)
            return;
        judgedAt = now;
        var worst = 0.0;
        string? reason = null;
        foreach (var ((source, work), of) in series)
        {
            if (of.Judge(time, now, Minute) is not var (present, quiet))
                continue;
            var times = present / (quiet > Unnoticed ? quiet : Unnoticed);
            if (times <= worst)
                continue;
            worst = times;
            reason = FormattableString.Invariant(
                $"the {source} database answers {times:0.#} times as slowly as in peace ({Words(work)})"
            );
        }

        if (worst > SlowTimes)
            (factor, slow) = (Math.Max(FactorLeast, factor / 2), reason);
        else if (worst < RecoveredTimes && factor < 1)
            factor = Math.Min(1, factor * 2);
        if (factor >= 1)
            slow = null;
    }

    private static string Words(SourceWork work) =>
        work switch
        {
            SourceWork.Run => "a run",
            SourceWork.Poll => "polling",
            _ => "single accounts",
        };

    /// <summary>The answers to one kind of work.</summary>
    private sealed class Series
    {
        /// <summary>The least of each hour, by hours since 1970.</summary>
        private readonly Dictionary<long, TimeSpan> best = [];

        public Queue<(long At, TimeSpan Took)> Samples { get; } = new();

        /// <summary>The 95th percentile of the last minute and the least there was; null with too few
        /// answers.</summary>
        public (TimeSpan Present, TimeSpan Quiet)? Judge(TimeProvider time, long now, TimeSpan window)
        {
            while (Samples.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) > window)
                Samples.Dequeue();
            if (Samples.Count < SamplesLeast)
                return null;
            var took = Samples.Select(sample => sample.Took).Order().ToList();
            var present = took[(int)(took.Count * 0.95)];
            var hour = time.GetUtcNow().ToUnixTimeSeconds() / 3600;
            if (!best.TryGetValue(hour, out var least) || present < least)
                best[hour] = present;
            foreach (var old in best.Keys.Where(kept => kept <= hour - HoursKept))
                best.Remove(old);
            return (present, best.Values.Min());
        }
    }
}
