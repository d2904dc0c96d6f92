using UserReports.Core.Reports;
using UserReports.Store;
using UserReports.Store.Shared;

namespace UserReports.Workspace.Runs;

/// <summary>The ledger of a store that several machines share, in the workspace.</summary>
internal sealed class SharedLedger : ISharedLedger
{
    private readonly SharedRuns runs;
    private readonly SharedRanges ranges;
    private readonly SharedGenerations generations;

    /// <param name="layout">Of the tables that this version of the program makes.</param>
    public SharedLedger(Func<CancellationToken, Task<WorkspaceContext>> open, TimeProvider time, int layout)
    {
        var session = new RunSession(open);
        runs = new(session, time, layout);
        ranges = new(session, time);
        generations = new(session, runs, time);
    }

    public Task<Run?> FindInProgressAsync(CancellationToken cancellationToken) =>
        runs.FindInProgressAsync(cancellationToken);

    public Task<Run?> ResumeAsync(CancellationToken cancellationToken) => runs.ResumeAsync(cancellationToken);

    public Task<Run> StartAsync(
        IReadOnlyList<(AccountRange Range, long Accounts)> ranges,
        CancellationToken cancellationToken
    ) => runs.StartAsync(ranges, cancellationToken);

    public Task<IReadOnlyList<ClaimedRange>> ClaimAsync(
        Guid run,
        string ownerToken,
        int max,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) => ranges.ClaimAsync(run, ownerToken, max, lease, cancellationToken);

    public Task<bool> HeartbeatAsync(
        Guid run,
        string ownerToken,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) => ranges.HeartbeatAsync(run, ownerToken, lease, cancellationToken);

    public Task<bool> FailAsync(
        Guid run,
        string ownerToken,
        AccountRange range,
        string error,
        CancellationToken cancellationToken
    ) => ranges.FailAsync(run, ownerToken, range, error, cancellationToken);

    public Task ReleaseAsync(Guid run, string ownerToken, CancellationToken cancellationToken) =>
        ranges.ReleaseAsync(run, ownerToken, cancellationToken);

    public Task AbortAsync(Guid run, string reason, CancellationToken cancellationToken) =>
        runs.AbortAsync(run, reason, cancellationToken);

    public Task<IReadOnlyList<Run>> ListAsync(CancellationToken cancellationToken) => runs.ListAsync(cancellationToken);

    public Task<Run?> FindAsync(Guid run, CancellationToken cancellationToken) =>
        runs.FindAsync(run, cancellationToken);

    public Task<SharedGeneration?> FindPublishedAsync(CancellationToken cancellationToken) =>
        generations.FindPublishedAsync(cancellationToken);

    public Task<SharedGeneration?> FindBuildingAsync(Guid run, CancellationToken cancellationToken) =>
        generations.FindBuildingAsync(run, cancellationToken);

    public Task<bool> HoldsAsync(
        Guid run,
        string ownerToken,
        IReadOnlyList<WrittenRange> written,
        CancellationToken cancellationToken
    ) => ranges.HoldsAsync(run, ownerToken, written, cancellationToken);

    public Task<bool> MarkDoneAsync(
        Guid run,
        string ownerToken,
        long claim,
        IReadOnlyList<WrittenRange> written,
        CancellationToken cancellationToken
    ) => ranges.MarkDoneAsync(run, ownerToken, claim, written, cancellationToken);

    public Task<IReadOnlySet<long>?> FindClaimsAsync(Guid run, CancellationToken cancellationToken) =>
        generations.FindClaimsAsync(run, cancellationToken);

    public Task<bool> PublishAsync(Guid run, long rows, CancellationToken cancellationToken) =>
        generations.PublishAsync(run, rows, cancellationToken);

    public Task<(long Change, SharedGeneration Before)> BeginChangeAsync(
        string generation,
        CancellationToken cancellationToken
    ) => generations.BeginChangeAsync(generation, cancellationToken);

    public Task<bool> PublishChangeAsync(
        string generation,
        long change,
        SharedFigures figures,
        CancellationToken cancellationToken
    ) => generations.PublishChangeAsync(generation, change, figures, cancellationToken);

    public Task TouchAsync(IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken) =>
        generations.TouchAsync(accountIds, cancellationToken);

    public Task<IReadOnlyList<long>> TouchedAsync(CancellationToken cancellationToken) =>
        generations.TouchedAsync(cancellationToken);

    public Task CorrectedAsync(Guid run, IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken) =>
        generations.CorrectedAsync(run, accountIds, cancellationToken);

    public Task RenewAsync(string generation, CancellationToken cancellationToken) =>
        generations.RenewAsync(generation, cancellationToken);

    public Task<IReadOnlyList<string>> FindUnusedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        generations.FindUnusedAsync(since, cancellationToken);

    public Task ForgetAsync(string generation, CancellationToken cancellationToken) =>
        generations.ForgetAsync(generation, cancellationToken);
}
