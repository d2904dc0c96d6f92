using DuckDB.NET.Data;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>Ends a statement whose answer nobody wants any more; to be disposed before the command.</summary>
/// <remarks>
/// Again and again until it has ended: the database forgets what it is told before a statement runs, and planning one
/// is before.
/// </remarks>
internal sealed class StatementInterruption : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Timer timer;
    private readonly CancellationTokenRegistration registration;

    public StatementInterruption(DuckDBCommand command, CancellationToken token)
    {
        timer = new(_ => command.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        registration = token.Register(() => timer.Change(TimeSpan.Zero, Interval));
    }

    /// <summary>Returns when no interruption is under way any more.</summary>
    public void Dispose()
    {
        registration.Dispose();
        using var over = new ManualResetEvent(initialState: false);
        if (timer.Dispose(over))
            over.WaitOne();
    }
}
