using Microsoft.Extensions.Logging;
using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Leading;

/// <summary>Which node leads.</summary>
/// <param name="Node">Null while none does.</param>
/// <param name="Since">By the clock of the workspace's server; null while none does, and where there is but one
/// node.</param>
public sealed record LeaderState(string? Node, DateTimeOffset? Since, bool IsThisNode);

/// <summary>
/// Of nodes that share a workspace one leads: it keeps the schedule and follows the sources. It holds a lease, and what
/// it writes is fenced by it.
/// </summary>
/// <remarks>
/// The lease passes by the server's clock. A node that could not prolong it in time stops what it does and tries to
/// lead anew only when all of that has ended, so that nothing of one term is taken for the next one's. A node that
/// shares its workspace with nobody leads at once.
/// </remarks>
public sealed class Leadership
{
    private const string Name = "leader";
    private const string Run = "run";

    /// <summary>
    /// Whoever is killed right after prolonging is missed for so long; with the time between two tries, and what a
    /// frozen transaction may hold up, another one leads within 15 seconds.
    /// </summary>
    internal static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);

    /// <summary>How often the lease is prolonged.</summary>
    internal static readonly TimeSpan ProlongedEvery = TimeSpan.FromSeconds(2);

    /// <summary>How often a node that does not lead tries to.</summary>
    internal static readonly TimeSpan TriedEvery = TimeSpan.FromSeconds(1.5);

    private readonly WorkspaceDatabase workspace;
    private readonly string node;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private string? trouble;

    internal Leadership(WorkspaceDatabase workspace, string node, TimeProvider time, ILogger logger)
    {
        this.workspace = workspace;
        this.node = node;
        this.time = time;
        this.logger = logger;
        Fence = new(workspace.IsShared);
    }

    /// <summary>True while this node leads, as far as it knows.</summary>
    public bool IsLeading => !workspace.IsShared || Fence.Term is not null;

    /// <summary>What writes of this node pass.</summary>
    internal LeaderFence Fence { get; }

    /// <summary>
    /// Does some work whenever this node leads; it is cancelled when that is over, and begun anew when it leads again.
    /// </summary>
    /// <param name="work">Told whether this node leads since its start; ends only when cancelled.</param>
    /// <param name="runAsked">Called when another node has asked for a run.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task LeadAsync(
        Func<bool, CancellationToken, Task> work,
        Action runAsked,
        CancellationToken cancellationToken
    )
    {
        if (!workspace.IsShared)
        {
            await work(true, cancellationToken);
            return;
        }

        for (var isStart = true; ; isStart = false)
        {
            var askedAt = time.GetTimestamp();
            if (await TryTakeAsync(cancellationToken) is { } term)
                await LeadAsync(term, askedAt, token => work(isStart, token), runAsked, cancellationToken);
            await Task.Delay(TriedEvery, time, cancellationToken);
        }
    }

    /// <summary>Which node leads now.</summary>
    /// <exception cref="LedgerException">The workspace cannot be asked.</exception>
    public async Task<LeaderState> FindAsync(CancellationToken cancellationToken)
    {
        if (!workspace.IsShared)
            return new(node, null, true);
        return await workspace.Leases.FindAsync(Name, cancellationToken) is { } found
            ? new(found.Holder, found.Since, Fence.Term is not null)
            : new(null, null, false);
    }

    /// <summary>Asks the node that leads for a run; it begins within seconds.</summary>
    /// <exception cref="LedgerException">The workspace cannot be written.</exception>
    public Task AskForRunAsync(CancellationToken cancellationToken) =>
        workspace.Requests.DoAsync(
            commands =>
                commands.ExecuteAsync(
                    """
                    insert into leader_request (name, asked, served) values (@p0, 1, 0)
                    on conflict (name) do update set asked = leader_request.asked + 1
                    """,
                    cancellationToken,
                    Run
                ),
            cancellationToken
        );

    /// <summary>Takes the lease if it is free, and lets writes pass.</summary>
    internal async Task<LeaseTerm?> TryTakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var term = await workspace.Leases.TakeAsync(Name, Duration, cancellationToken);
            trouble = null;
            return Fence.Term = term;
        }
        catch (LedgerException e)
        {
            Tell(e);
            return null;
        }
    }

    private async Task LeadAsync(
        LeaseTerm term,
        long askedAt,
        Func<CancellationToken, Task> work,
        Action runAsked,
        CancellationToken cancellationToken
    )
    {
        LeaderLog.Leads(logger, node);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var working = work(over.Token);
            var holding = HoldAsync(term, askedAt, runAsked, over.Token);
            await Task.WhenAny(working, holding);
            await over.CancelAsync();
            await Task.WhenAll(EndAsync(working), EndAsync(holding));
        }
        finally
        {
            Fence.Term = null;
            LeaderLog.LeadsNoMore(logger, node);
            await ReleaseAsync(term);
        }

        async Task EndAsync(Task task)
        {
            try
            {
                await task;
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                // As it was told to.
            }
        }
    }

    /// <summary>Prolongs the lease until it is lost, or may be.</summary>
    private async Task HoldAsync(LeaseTerm term, long heldAt, Action runAsked, CancellationToken cancellationToken)
    {
        // The next attempt must come back before the server gives the lease away.
        while (time.GetElapsedTime(heldAt) < Duration - ProlongedEvery)
        {
            await Task.Delay(ProlongedEvery, time, cancellationToken);
            var askedAt = time.GetTimestamp();
            using var late = new CancellationTokenSource(ProlongedEvery, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            try
            {
                if (!await workspace.Leases.ProlongAsync(term, Duration, either.Token))
                    return;
                heldAt = askedAt;
                trouble = null;
                if (await IsRunAskedAsync(either.Token))
                    runAsked();
            }
            catch (LedgerException e)
            {
                Tell(e);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Too late; another attempt.
            }
        }
    }

    private async Task<bool> IsRunAskedAsync(CancellationToken cancellationToken) =>
        await workspace.Requests.DoAsync(
            commands =>
                commands.ExecuteAsync(
                    "update leader_request set served = asked where name = @p0 and served < asked",
                    cancellationToken,
                    Run
                ),
            cancellationToken
        ) > 0;

    private async Task ReleaseAsync(LeaseTerm term)
    {
        using var late = new CancellationTokenSource(ProlongedEvery, time);
        try
        {
            await workspace.Leases.ReleaseAsync(term, late.Token);
        }
        catch (Exception e) when (e is LedgerException or OperationCanceledException)
        {
            // It passes by itself.
        }
    }

    private void Tell(LedgerException e)
    {
        if (e.Message == trouble)
            return;
        trouble = e.Message;
        LeaderLog.CannotLead(logger, e.Message);
    }
}

/// <summary>What is said of leading.</summary>
internal static partial class LeaderLog
{
    [LoggerMessage(
        EventId = 10001,
        Level = LogLevel.Information,
        Message = "This node ({Node}) leads: it keeps the schedule and follows the sources."
    )]
    public static partial void Leads(ILogger logger, string node);

    [LoggerMessage(
        EventId = 10002,
        Level = LogLevel.Information,
        Message = "This node ({Node}) does not lead any more."
    )]
    public static partial void LeadsNoMore(ILogger logger, string node);

    [LoggerMessage(
        EventId = 10003,
        Level = LogLevel.Error,
        Message = "Which node leads cannot be settled, and is tried again: {Problem}"
    )]
    public static partial void CannotLead(ILogger logger, string problem);
}
