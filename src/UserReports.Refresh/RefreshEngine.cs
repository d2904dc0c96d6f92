using Microsoft.Extensions.Logging;
using UserReports.Core.Reports;
using UserReports.Refresh.OwnLimits;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>Brings reports from the sources to the store: a whole run, or single accounts.</summary>
public sealed class RefreshEngine : IDisposable
{
    private readonly IReportSource source;
    private readonly IReportStore store;
    private readonly RefreshSettings settings;
    private readonly CurrentLimits limits;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly RangeReader reader;
    private readonly AccountRefresher accounts;
    private readonly SemaphoreSlim running = new(1);
    private bool saidWithoutStripe;

    /// <summary>An engine between a source and a store.</summary>
    /// <param name="limits">The operator's own.</param>
    /// <param name="retentionDays">How many days of submission counters count.</param>
    /// <param name="alone">Does work while no other process does the same; null where there is no other.</param>
    public RefreshEngine(
        IReportSource source,
        IReportStore store,
        RefreshSettings settings,
        CurrentLimits limits,
        int retentionDays,
        TimeProvider time,
        ILogger<RefreshEngine> logger,
        Func<Func<CancellationToken, Task>, CancellationToken, Task>? alone = null
    )
    {
        this.source = source;
        this.store = store;
        this.settings = settings;
        this.limits = limits;
        this.time = time;
        this.logger = logger;
        reader = new(source, store.Writer, store.Trends, new(retentionDays), limits, settings.AccountsPerPart, time);
        accounts = new(reader, store.Corrections, alone);
    }

    /// <summary>The run that this process works on, or null.</summary>
    public RefreshProgress? Progress { get; private set; }

    /// <summary>Takes up the run in progress, or starts one, and works until its ranges are done.</summary>
    /// <param name="progress">Told after every commit.</param>
    /// <exception cref="SourceException">The sources cannot be read at all.</exception>
    /// <exception cref="LimitsException">The operator's file of limits was never right.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Stopped; what was not committed is given back, and the next start
    /// resumes.</exception>
    public async Task<RefreshOutcome> RunAsync(
        IProgress<RefreshProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        await running.WaitAsync(cancellationToken);
        try
        {
            await limits.ResolveAsync(cancellationToken);
            // Nothing else is there to be done yet, so the two need not wait for each other.
            var starting = StartAsync(cancellationToken);
            await Task.WhenAll(source.BeginRunAsync(cancellationToken), starting);
            var run = await starting;
            if (!saidWithoutStripe && !(await source.InspectAsync(cancellationToken)).HasStripe)
            {
                saidWithoutStripe = true;
                RefreshLog.WithoutStripe(logger);
            }

            RefreshLog.Started(logger, run.Uid, run.AccountsDone, run.AccountsTotal);
            return await WorkAsync(run, new(store, run.Uid, settings.Lease), accounts, progress, cancellationToken);
        }
        finally
        {
            Progress = null;
            running.Release();
        }
    }

    /// <summary>
    /// Works on ranges of a run that another process has begun, until there is none to claim; that one completes it.
    /// </summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        if (await store.Runs.FindInProgressAsync(cancellationToken) is not { } run)
            return;
        if (!await running.WaitAsync(TimeSpan.Zero, cancellationToken))
            return;
        try
        {
            var lease = new RunLease(store, run.Uid, settings.Lease);
            // What a run begins with costs the sources something: it is read where there is something to do.
            if (await lease.ClaimAsync(cancellationToken) is not { } claimed)
                return;
            await lease.ReleaseAsync();
            if (claimed.Attempts >= settings.AttemptsMax)
                return;
            await limits.ResolveAsync(cancellationToken);
            await source.BeginRunAsync(cancellationToken);
            RefreshLog.Joined(logger, run.Uid, run.AccountsDone, run.AccountsTotal);
            await WorkAsync(run, lease, null, null, cancellationToken);
        }
        finally
        {
            Progress = null;
            running.Release();
        }
    }

    /// <summary>Computes these accounts anew, in place, in what readers see.</summary>
    /// <exception cref="NoSnapshotException">There is no completed run yet.</exception>
    /// <exception cref="SourceException">The sources cannot be read.</exception>
    public Task RefreshAccountsAsync(IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken) =>
        accounts.ReplaceAsync(accountIds, cancellationToken);

    /// <summary>What accounts' rows should be, each by a clock of its own on one day; nothing is written.</summary>
    /// <exception cref="SourceException">The sources cannot be read.</exception>
    internal Task<IReadOnlyList<Report>> ComputeAsync(
        IReadOnlyDictionary<long, DateTimeOffset> clocks,
        CancellationToken cancellationToken
    ) => reader.ReadAsync(clocks, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        running.Dispose();
        accounts.Dispose();
    }

    /// <param name="completing">Completes the run; null where that is another process's.</param>
    private async Task<RefreshOutcome> WorkAsync(
        Run run,
        RunLease lease,
        AccountRefresher? completing,
        IProgress<RefreshProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        using var scheduler = new LowPriorityScheduler(settings.Workers);
        var worker = new RunWorker(
            run,
            lease,
            reader,
            completing,
            scheduler,
            settings,
            time,
            logger,
            now =>
            {
                Progress = now;
                progress?.Report(now);
            }
        );
        try
        {
            return await worker.WorkAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            RefreshLog.Stopped(logger, run.Uid);
            throw;
        }
    }

    private async Task<Run> StartAsync(CancellationToken cancellationToken)
    {
        if (await store.Runs.ResumeAsync(cancellationToken) is { } present)
            return present;
        var ranges = await source.CutRangesAsync(settings.AccountsPerRange, cancellationToken);
        return await store.Runs.StartAsync([.. ranges.Select(r => (r.Range, r.Accounts))], cancellationToken);
    }
}
