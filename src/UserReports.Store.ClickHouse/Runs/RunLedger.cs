using UserReports.Core.Reports;
using UserReports.Store.ClickHouse.Reading;
using UserReports.Store.Shared;

namespace UserReports.Store.ClickHouse.Runs;

/// <inheritdoc cref="IRunLedger"/>
/// <remarks>The ledger decides; the tables follow.</remarks>
internal sealed class RunLedger(
    ISharedLedger ledger,
    GenerationKeeper keeper,
    Snapshots snapshots,
    ClickHouseSettings settings
) : IRunLedger
{
    /// <inheritdoc/>
    public async Task<Run?> FindInProgressAsync(CancellationToken cancellationToken)
    {
        var run = await ledger.FindInProgressAsync(cancellationToken);
        await snapshots.RefreshAsync(cancellationToken);
        return run;
    }

    /// <inheritdoc/>
    public async Task<Run?> ResumeAsync(CancellationToken cancellationToken)
    {
        var run = await ledger.ResumeAsync(cancellationToken);
        // Whoever begins sees what was published meanwhile.
        await snapshots.RefreshAsync(cancellationToken);
        return run is null ? null : await PreparedAsync(run, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Run> StartAsync(
        IReadOnlyList<(AccountRange Range, long Accounts)> ranges,
        CancellationToken cancellationToken
    ) => await PreparedAsync(await ledger.StartAsync(ranges, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClaimedRange>> ClaimAsync(
        Guid run,
        string ownerToken,
        int max,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) => ledger.ClaimAsync(run, ownerToken, max, lease, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> HeartbeatAsync(
        Guid run,
        string ownerToken,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) => ledger.HeartbeatAsync(run, ownerToken, lease, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> FailAsync(
        Guid run,
        string ownerToken,
        AccountRange range,
        string error,
        CancellationToken cancellationToken
    ) => ledger.FailAsync(run, ownerToken, range, error, cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(Guid run, string ownerToken, CancellationToken cancellationToken) =>
        ledger.ReleaseAsync(run, ownerToken, cancellationToken);

    /// <inheritdoc/>
    public async Task AbortAsync(Guid run, string reason, CancellationToken cancellationToken)
    {
        await ledger.AbortAsync(run, reason, cancellationToken);
        await keeper.DropUnusedAsync(settings.UnusedFor, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Run>> ListAsync(CancellationToken cancellationToken)
    {
        // Whoever has seen how a run ended sees its rows, too.
        var runs = await ledger.ListAsync(cancellationToken);
        await snapshots.RefreshAsync(cancellationToken);
        return runs;
    }

    /// <inheritdoc/>
    public Task<Run?> FindAsync(Guid run, CancellationToken cancellationToken) =>
        ledger.FindAsync(run, cancellationToken);

    /// <summary>A run with its tables; those that nobody reads any more are dropped.</summary>
    private async Task<Run> PreparedAsync(Run run, CancellationToken cancellationToken)
    {
        await keeper.DropUnusedAsync(settings.UnusedFor, cancellationToken);
        if (await ledger.FindBuildingAsync(run.Uid, cancellationToken) is { } building)
            await keeper.PrepareAsync(building.Name, cancellationToken);
        return run;
    }
}
