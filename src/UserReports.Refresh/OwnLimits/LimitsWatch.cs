using Microsoft.Extensions.Logging;
using UserReports.Core.LimitsFiles;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh.OwnLimits;

/// <summary>
/// Looks after the operator's file of limits: what a new one names is computed anew in place at once, and limits for
/// everybody begin a run. Of several nodes the one that leads does so; the others know the file.
/// </summary>
public sealed class LimitsWatch : IDisposable
{
    private const int AccountsAtOnce = 1_000;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly CurrentLimits limits;
    private readonly RefreshEngine engine;
    private readonly RefreshSchedule schedule;
    private readonly IReportSource source;
    private readonly IReportStore store;
    private readonly int accountsMax;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Trouble trouble;
    private readonly SemaphoreSlim asked = new(0, 1);
    private readonly Func<bool> applies;
    private LimitsFile? applied;
    private LimitsFile? resolved;

    /// <summary>A watch that does its work through an engine and a schedule.</summary>
    /// <param name="settings">Says how many accounts are rather left to a run.</param>
    /// <param name="applies">Whether rows are this node's to compute now; null for always.</param>
    public LimitsWatch(
        CurrentLimits limits,
        RefreshEngine engine,
        RefreshSchedule schedule,
        IReportSource source,
        IReportStore store,
        RefreshSettings settings,
        TimeProvider time,
        ILogger<LimitsWatch> logger,
        Func<bool>? applies = null
    )
    {
        this.applies = applies ?? (() => true);
        this.limits = limits;
        this.engine = engine;
        this.schedule = schedule;
        this.source = source;
        this.store = store;
        accountsMax = settings.DueAccountsMax;
        this.time = time;
        this.logger = logger;
        trouble = new(logger, "The reading of limits");
    }

    /// <summary>Has the file looked at now rather than within a second.</summary>
    public void Ask()
    {
        try
        {
            asked.Release();
        }
        catch (SemaphoreFullException)
        {
            // Asked for already.
        }
    }

    /// <summary>Watches until cancelled; whatever fails is logged once and tried again.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await LookAsync(cancellationToken);
                trouble.Over();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                trouble.Tell(e);
            }

            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(asked.WaitAsync(over.Token), Task.Delay(Tick, time, over.Token));
            await over.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => asked.Dispose();

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await limits.ReloadAsync(cancellationToken);
        if (limits.File is not { } file)
            return;
        if (!applies())
        {
            // Whoever leads next asks, as after a start, whether the rows know the file.
            applied = null;
            if (!ReferenceEquals(file, resolved))
                await limits.ResolveAsync(cancellationToken);
            resolved = file;
            return;
        }

        if (ReferenceEquals(file, applied))
            return;
        var change = applied is null
            ? new(await IsNewerThanTheRowsAsync(cancellationToken), [], [])
            : file.ChangeFrom(applied);
        await limits.ResolveAsync(cancellationToken);
        if (!change.IsNone && store.Reader.Snapshot is not null)
            await ApplyAsync(change, cancellationToken);
        applied = file;
    }

    /// <summary>With which limits the rows were computed is not known after a start, only when that began.</summary>
    private async Task<bool> IsNewerThanTheRowsAsync(CancellationToken cancellationToken) =>
        limits.State.Path is { } path
        && (await store.Runs.ListAsync(cancellationToken)).FirstOrDefault(run => run.Status == RunStatus.Completed)
            is { } last
        && File.GetLastWriteTimeUtc(path) > last.StartedAt.UtcDateTime;

    private async Task ApplyAsync(LimitsChange change, CancellationToken cancellationToken)
    {
        var accounts = change.OfEverybody ? null : await ConcernedAsync(change, cancellationToken);
        if (accounts is null || accounts.Count > accountsMax)
        {
            LimitsLog.LeftToARun(logger);
            schedule.RequestRun();
            return;
        }

        foreach (var some in accounts.Chunk(AccountsAtOnce))
            await engine.RefreshAccountsAsync(some, cancellationToken);
        LimitsLog.Recomputed(logger, accounts.Count);
    }

    private async Task<IReadOnlyList<long>> ConcernedAsync(LimitsChange change, CancellationToken cancellationToken)
    {
        var names = await source.FindNamesAsync(change.Accounts, change.Organizations, cancellationToken);
        return await source.MembersAsync([.. names.Accounts.Values], [.. names.Organizations], cancellationToken);
    }
}
