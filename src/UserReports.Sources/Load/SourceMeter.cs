using System.Diagnostics;

namespace UserReports.Sources.Load;

/// <summary>Measures one piece of work at one source.</summary>
/// <param name="load">Null for an embedded database, which is nobody else's.</param>
internal sealed class SourceMeter(SourceLoad? load, string source, SourceWork work)
{
    private long since;
    private TimeSpan busy;

    /// <summary>A statement, or the first of a batch, is sent.</summary>
    public void Sent() => since = Stopwatch.GetTimestamp();

    /// <summary>All rows of a statement have come; the next one of the batch begins.</summary>
    public void Read(long rows)
    {
        if (load is null)
            return;
        var took = Stopwatch.GetElapsedTime(since);
        busy += took;
        load.Answered(source, work, rows, took);
        since = Stopwatch.GetTimestamp();
    }

    /// <summary>The piece of work has ended, well or not.</summary>
    public void End() => load?.Ended(source, work, busy);
}
