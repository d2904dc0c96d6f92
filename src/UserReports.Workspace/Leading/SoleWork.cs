using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Leading;

/// <summary>Work that only one node may do at a time, whichever: it holds a lease while it does.</summary>
/// <remarks>Nodes that share nothing need not ask.</remarks>
public sealed class SoleWork(WorkspaceDatabase workspace, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for its turn, and works; the work is cancelled if the lease is lost.</summary>
    /// <param name="name">What is done; the same on all nodes.</param>
    /// <exception cref="LedgerException">The workspace cannot be used, or the lease was lost.</exception>
    public async Task DoAsync(string name, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (!workspace.IsShared)
        {
            await work(cancellationToken);
            return;
        }

        LeaseTerm? term;
        while ((term = await workspace.Leases.TakeAsync(name, Leadership.Duration, cancellationToken)) is null)
            await Task.Delay(Pause, time, cancellationToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var holding = HoldAsync(term, over);
        try
        {
            await work(over.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LedgerException("Another node does this now, so it was not done here. It is tried again.", e);
        }
        finally
        {
            await over.CancelAsync();
            await holding;
            await ReleaseAsync(term);
        }
    }

    /// <summary>Prolongs the lease until the work is over; where it is lost, so is the work.</summary>
    private async Task HoldAsync(LeaseTerm term, CancellationTokenSource over)
    {
        try
        {
            do
            {
                await Task.Delay(Leadership.ProlongedEvery, time, over.Token);
            } while (await workspace.Leases.ProlongAsync(term, Leadership.Duration, over.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or LedgerException)
        {
            // The work is over, or nobody can tell whether it may go on.
        }

        await over.CancelAsync();
    }

    private async Task ReleaseAsync(LeaseTerm term)
    {
        using var late = new CancellationTokenSource(Leadership.ProlongedEvery, time);
        try
        {
            await workspace.Leases.ReleaseAsync(term, late.Token);
        }
        catch (Exception e) when (e is LedgerException or OperationCanceledException)
        {
            // It passes by itself.
        }
    }
}
