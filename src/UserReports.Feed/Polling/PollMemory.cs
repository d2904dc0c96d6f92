using System.Diagnostics;
using UserReports.Sources;
using UserReports.Sources.Connections;
using UserReports.Sources.Load;

namespace UserReports.Feed.Polling;

/// <summary>
/// What polling of one database remembers. It outlives a feed that failed: what changed meanwhile is found by the next
/// one.
/// </summary>
internal sealed class PollMemory(SourceDatabase database, PollSettings settings, TimeProvider time)
{
    private const string Clock = "select cast(extract(epoch from now()) * 1000000 as bigint)";

    private readonly PollPlan plan = new(settings);
    private long? decidedAt;
    private long round;
    private DateTimeOffset? lastNow;
    private DateTimeOffset? now;

    /// <summary>What is asked, and what is not.</summary>
    public IReadOnlyList<FeedQuestion> Shown { get; private set; } = [];

    /// <summary>False while the sources have been kept busy for their share: to be left out now.</summary>
    public bool MayAsk => database.MayPoll;

    /// <summary>Asks everything once.</summary>
    /// <param name="position">Where an earlier process was; null to begin now.</param>
    /// <exception cref="SourceException">The database cannot be read, or one question took too long, which is then not
    /// asked any more.</exception>
    public async Task<ChangeBatch> AskAsync(string? position, CancellationToken cancellationToken)
    {
        var earlier = position is null ? null : PollPosition.Read(position);
        return await database.ReadForRunAsync(
            SourceWork.Poll,
            session => AskAsync(session, earlier, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>The last batch is written down.</summary>
    public void Keep()
    {
        foreach (var question in plan.Questions)
            question.Keep();
        lastNow = now ?? lastNow;
    }

    private async Task<ChangeBatch> AskAsync(
        SourceSession session,
        IReadOnlyDictionary<string, string>? earlier,
        CancellationToken cancellationToken
    )
    {
        if (!session.IsEmbedded)
            await session.ExecuteAsync(
                FormattableString.Invariant(
                    $"set local statement_timeout = {(long)settings.QuestionTime.TotalMilliseconds}"
                ),
                cancellationToken
            );
        var clock = DateTimeOffset.UnixEpoch;
        await session.ReadAsync(
            Clock,
            row => clock = DateTimeOffset.UnixEpoch.AddTicks(row.Integer(0) * TimeSpan.TicksPerMicrosecond),
            cancellationToken
        );
        if (decidedAt is null || time.GetElapsedTime(decidedAt.Value) >= settings.DecidedEvery)
        {
            await plan.DecideAsync(session, database.Name, cancellationToken);
            decidedAt = time.GetTimestamp();
        }

        if (earlier is not null)
        {
            foreach (var question in plan.Questions)
            {
                if (earlier.TryGetValue(question.Subject, out var where))
                    question.Resume(where);
            }
        }

        var findings = new PollFindings();
        var current = new PollRound(++round, clock);
        foreach (var question in plan.Questions)
            await AskAsync(question, session, current, findings, cancellationToken);
        Shown = plan.Shown;
        now = clock;
        return new()
        {
            Position = PollPosition.Write(plan.Questions),
            SeenUpTo = clock,
            FirstCommit = lastNow ?? clock,
            Accounts = findings.Accounts,
            Owners = findings.Owners,
            Organizations = findings.Organizations,
            RunReason = findings.RunReason,
        };
    }

    /// <summary>A question that the database ended for its time is not asked again until it is decided anew.</summary>
    private async Task AskAsync(
        PollQuestion question,
        SourceSession session,
        PollRound current,
        PollFindings findings,
        CancellationToken cancellationToken
    )
    {
        var beganAt = Stopwatch.GetTimestamp();
        try
        {
            await question.AskAsync(session, current, findings, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever else failed, the catalogue may have changed.
            decidedAt = null;
            if (Stopwatch.GetElapsedTime(beganAt) >= settings.QuestionTime)
            {
                decidedAt = time.GetTimestamp();
                question.Suspended =
                    $"It took longer than {settings.QuestionTime.TotalSeconds:F0} s ({e.GetType().Name}): what it would find waits for the next run.";
            }

            throw;
        }
    }
}
