namespace UserReports.Sources.Load;

/// <summary>What the service costs the sources, counted and bounded.</summary>
public sealed class SourceLoad(SourceSettings settings, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Source, SourceWork Work), SourceFigures> figures = [];

    /// <summary>The clock.</summary>
    internal TimeProvider Time => time;

    /// <summary>The bound.</summary>
    public SourceBudget Budget { get; } = new(settings, time);

    /// <summary>The counts so far, by source and work; without those that were never asked for.</summary>
    public IReadOnlyList<SourceFigures> Figures
    {
        get
        {
            lock (gate)
                return
                [
                    .. figures
                        .Values.OrderBy(known => known.Source, StringComparer.Ordinal)
                        .ThenBy(known => known.Work),
                ];
        }
    }

    /// <summary>Takes note of a statement.</summary>
    /// <param name="took">From sending it, or the end of the one before in its batch, to its last row.</param>
    internal void Answered(string source, SourceWork work, long rows, TimeSpan took) =>
        Change(
            source,
            work,
            known =>
                known with
                {
                    Statements = known.Statements + 1,
                    Rows = known.Rows + rows,
                    Busy = known.Busy + took,
                    Longest = took > known.Longest ? took : known.Longest,
                }
        );

    /// <summary>Takes note of a piece of work: all of its statements.</summary>
    internal void Ended(string source, SourceWork work, TimeSpan busy)
    {
        Budget.Spend(busy);
        Budget.Responses.Answered(source, work, busy);
    }

    /// <summary>Takes note of statements that were seen to wait for a lock.</summary>
    internal void Waited(string source, long statements) =>
        Change(source, SourceWork.Run, known => known with { LockWaits = known.LockWaits + statements });

    private void Change(string source, SourceWork work, Func<SourceFigures, SourceFigures> change)
    {
        lock (gate)
        {
            var known =
                figures.GetValueOrDefault((source, work)) ?? new(source, work, 0, 0, TimeSpan.Zero, TimeSpan.Zero, 0);
            figures[(source, work)] = change(known);
        }
    }
}
