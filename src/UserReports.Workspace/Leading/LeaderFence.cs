using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Leading;

/// <summary>What the leader's writes pass: one whose lease is over writes nothing.</summary>
/// <param name="isNeeded">False where no other node could lead.</param>
internal sealed class LeaderFence(bool isNeeded)
{
    private volatile LeaseTerm? term;

    /// <summary>The term for which this node leads; null if it does not.</summary>
    public LeaseTerm? Term
    {
        get => term;
        set => term = value;
    }

    /// <summary>Does a piece of work in one transaction, which is undone unless the lease is held at its end.</summary>
    /// <exception cref="LedgerException">This node does not lead; nothing was kept.</exception>
    public Task DoAsync(
        WorkspaceSession session,
        Func<WorkspaceCommands, Task> work,
        CancellationToken cancellationToken
    ) =>
        session.DoAsync(
            async commands =>
            {
                await work(commands);
                if (!isNeeded)
                    return;
                if (Term is not { } held || !await Leases.HoldsAsync(commands, held, cancellationToken))
                    throw new LedgerException("This node does not lead any more, so nothing was written.");
            },
            cancellationToken
        );
}
