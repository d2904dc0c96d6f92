using Microsoft.Extensions.Logging;

namespace UserReports.Refresh;

/// <summary>
/// Has a node that does not lead work on ranges of the run that the leader began. Completing it stays the leader's.
/// </summary>
/// <param name="mayJoin">Whether this node computes what the leader does.</param>
public sealed class JoinedRuns(RefreshEngine engine, Func<bool> mayJoin, TimeProvider time, ILogger<JoinedRuns> logger)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    private readonly Trouble trouble = new(logger, "Work on the leader's run");

    /// <summary>Works until cancelled; whatever fails is logged once and tried again.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (mayJoin())
                    await engine.JoinAsync(cancellationToken);
                trouble.Over();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                trouble.Tell(e);
            }

            await Task.Delay(Tick, time, cancellationToken);
        }
    }
}
