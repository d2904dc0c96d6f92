namespace UserReports.Refresh;

/// <summary>When reports are refreshed and how much is under way at once.</summary>
public sealed record RefreshSettings
{
    /// <summary>From the end of the last completed run to the start of the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether a start begins a run, however young the last one is.</summary>
    public bool OnStart { get; init; } = true;

    /// <summary>How many accounts a range holds: the unit of work, of resumption and of progress.</summary>
    public int AccountsPerRange { get; init; } = 10_000;

    /// <summary>
    /// How many accounts of a range are read, computed and packed at once. What lives that long costs the garbage
    /// collector its time and the process its memory; with fewer, the sources answer more statements.
    /// </summary>
    public int AccountsPerPart { get; init; } = 1_000;

    /// <summary>
    /// Ranges that are read and computed at once; by default as many as there are processors, at least 2.
    /// </summary>
    public int Workers { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>How long a worker may be silent before its ranges are given away.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Rows that wait for a common commit: small commits are slow, waiting rows cost memory. A row group of the store,
    /// which goes to the disk at once.
    /// </summary>
    public int CommitRows { get; init; } = 30_720;

    /// <summary>How often a range is tried before a run goes on without it; the next start tries again.</summary>
    public int AttemptsMax { get; init; } = 3;

    /// <summary>The pause after a range's first failure; it doubles with every further one.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// So many accounts whose billing period has ended (at the end of a month: all of them) are left to a run.
    /// </summary>
    public int DueAccountsMax { get; init; } = 10_000;
}
