namespace UserReports.Feed.Polling;

/// <summary>How often, and how gently, sources are polled.</summary>
public sealed record PollSettings
{
    /// <summary>Between the beginnings of two rounds of questions.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// So far behind the last round each question begins: transactions that were open then, and clocks of the
    /// platform's machines that are not the database's.
    /// </summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A table of at most so many rows is compared whole.</summary>
    public int WholeRowsMax { get; init; } = 20_000;

    /// <summary>Rows that one question may find; more are left to a run.</summary>
    public int FoundRowsMax { get; init; } = 20_000;

    /// <summary>Accounts whose counters of one day are remembered.</summary>
    public int RememberedAccountsMax { get; init; } = 2_000_000;

    /// <summary>Pages (of 8 kB) that may be read in one round because no index helps.</summary>
    public int PagesPerRound { get; init; } = 2_048;

    /// <summary>A table of more pages is never read without an index.</summary>
    public int PagesMax { get; init; } = 16_384;

    /// <summary>How long one question may take before the database ends it.</summary>
    public TimeSpan QuestionTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The part of the time that questions may take; where they take longer, rounds are rarer, up to
    /// <see cref="SlowEvery"/>.
    /// </summary>
    public double ShareMax { get; init; } = 0.02;

    /// <summary>
    /// No round is later than this after the last one for the time that questions took, so that a slow source is seen
    /// within half a minute too; what that may cost is bounded by the budget of the sources.
    /// </summary>
    public TimeSpan SlowEvery { get; init; } = TimeSpan.FromSeconds(24);

    /// <summary>How often it is decided anew what is asked.</summary>
    public TimeSpan DecidedEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The time between the beginnings of two rounds, when the first of them took so long.</summary>
    public TimeSpan After(TimeSpan took)
    {
        var gentle = took / ShareMax;
        return TimeSpan.FromTicks(Math.Max(Every.Ticks, Math.Min(gentle.Ticks, SlowEvery.Ticks)));
    }
}
