using UserReports.Sources.Connections;

namespace UserReports.Feed.Polling;

/// <summary>
/// A question that is asked round by round. What it remembers changes only once a round's batch is written down:
/// otherwise the next round finds the same again.
/// </summary>
internal abstract class PollQuestion(PolledTable table, PolledRows rows, PollSettings settings)
{
    private long lastRound;

    /// <summary>What it finds: the table, and which of its changes. Questions are known by it.</summary>
    public abstract string Subject { get; }

    /// <summary>It is asked in one of so many rounds.</summary>
    public int Rounds { get; set; } = 1;

    /// <summary>Why it is asked so.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Why it is not asked any more until it is decided anew; null if it is.</summary>
    public string? Suspended { get; set; }

    /// <summary>The table.</summary>
    protected string Table => table.Touch.Name;

    /// <summary>Its SQL.</summary>
    protected PolledRows Rows => rows;

    /// <summary>How it is polled.</summary>
    protected PollSettings Settings => settings;

    /// <summary>As it is shown.</summary>
    public FeedQuestion Shown =>
        Suspended is { } reason ? new(Subject, null, reason) : new(Subject, settings.Every * Rounds, Reason);

    /// <summary>Asks, if it is this round's turn.</summary>
    public async Task AskAsync(
        SourceSession session,
        PollRound round,
        PollFindings findings,
        CancellationToken cancellationToken
    )
    {
        if (Suspended is not null || (lastRound > 0 && round.Number < lastRound + Rounds))
            return;
        await FindAsync(session, round, findings, cancellationToken);
        lastRound = round.Number;
    }

    /// <summary>What the last round found is written down.</summary>
    public abstract void Keep();

    /// <summary>Where to go on from after a restart, to be given to <see cref="Resume"/>; null for what cannot be
    /// said.</summary>
    public virtual string? Position => null;

    /// <summary>Goes on from where an earlier process was.</summary>
    public virtual void Resume(string position) { }

    /// <summary>Asks and remembers, until <see cref="Keep"/>, what it would have to remember.</summary>
    protected abstract Task FindAsync(
        SourceSession session,
        PollRound round,
        PollFindings findings,
        CancellationToken cancellationToken
    );

    /// <summary>Takes whom a row touches; a row of a table that concerns everybody asks for a run.</summary>
    protected void Add(PollFindings findings, PolledTouch touched)
    {
        if (touched.IsEverybody)
            findings.RunReason ??= $"{Table} changed, which may concern everybody.";
        else
            findings.Add(touched, rows.TouchesOwner);
    }

    /// <summary>Too much changed to be found one by one.</summary>
    protected void LeaveToRun(PollFindings findings) =>
        findings.RunReason ??= $"More rows of {Table} changed at once than are looked at one by one.";
}

/// <summary>A question with what it remembers of the rounds before.</summary>
/// <param name="memory">Before the first round.</param>
internal abstract class PollQuestion<TMemory>(
    PolledTable table,
    PolledRows rows,
    PollSettings settings,
    TMemory? memory
) : PollQuestion(table, rows, settings)
    where TMemory : class
{
    /// <summary>What is remembered.</summary>
    protected TMemory? Memory { get; set; } = memory;

    /// <summary>What a round whose batch is not yet written down has to remember; null if there is none.</summary>
    protected TMemory? Found { get; set; }

    /// <inheritdoc/>
    public override void Keep()
    {
        Memory = Found ?? Memory;
        Found = null;
    }
}

/// <summary>A round of questions.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="Now">By the database's clock: what was committed before is seen.</param>
internal readonly record struct PollRound(long Number, DateTimeOffset Now);
