using Microsoft.Extensions.Logging;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>Brings reports from the sources to the store: a whole run, or single accounts.</summary>
public sealed class RefreshEngine : IDisposable
{
    private readonly IReportSource source;
    private readonly IReportStore store;
    private readonly RefreshSettings settings;
    private readonly ReportComputation computation;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SemaphoreSlim running = new(1);
    private readonly SemaphoreSlim correcting = new(1);

    /// <summary>An engine between a source and a store.</summary>
    /// <param name="retentionDays">How many days of submission counters count.</param>
    public RefreshEngine(
        IReportSource source,
        IReportStore store,
        RefreshSettings settings,
        int retentionDays,
        TimeProvider time,
        ILogger<RefreshEngine> logger
    )
    {
        this.source = source;
        this.store = store;
        this.settings = settings;
        this.time = time;
        this.logger = logger;
        computation = new(retentionDays);
    }

    /// <summary>The run that this process works on, or null.</summary>
    public RefreshProgress? Progress { get; private set; }

    /// <summary>One pass: takes up the run in progress, or starts one, and works until its ranges are done.</summary>
    /// <param name="progress">Told after every commit.</param>
    /// <exception cref="SourceException">The sources cannot be read at all.</exception>
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
            var inspection = await source.InspectAsync(cancellationToken);
            // Nothing else is there to be done yet, so the two need not wait for each other.
            var starting = StartAsync(cancellationToken);
            await Task.WhenAll(source.BeginPassAsync(cancellationToken), starting);
            var run = await starting;
            RefreshLog.Started(logger, run.Uid, run.AccountsDone, run.AccountsTotal);
            using var pass = new RefreshPass(run, inspection.HasStripe, this, progress);
            try
            {
                return await pass.WorkAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                RefreshLog.Stopped(logger, run.Uid);
                throw;
            }
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
    public async Task RefreshAccountsAsync(IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken)
    {
        var inspection = await source.InspectAsync(cancellationToken);
        await AloneAsync(
            async () =>
            {
                var reports = await ComputeAccountsAsync(accountIds, inspection.HasStripe, cancellationToken);
                await store.Corrections.ReplaceAccountsAsync(accountIds, reports, cancellationToken);
                return true;
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        running.Dispose();
        correcting.Dispose();
    }

    internal RefreshSettings Settings => settings;

    internal IReportStore Store => store;

    internal TimeProvider Time => time;

    internal ILogger Logger => logger;

    /// <summary>
    /// From reading single accounts to writing them nobody else does the same: else what was read first could be
    /// written last, or between a run's last correction and its completion, and be lost.
    /// </summary>
    internal async Task<T> AloneAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await correcting.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            correcting.Release();
        }
    }

    internal void Report(RefreshProgress progress) => Progress = progress;

    internal async Task<IReadOnlyList<Report>> ComputeAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        bool hasStripe,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        return computation.Compute(
            await source.ReadAccountsAsync(accountIds, o => BillingPeriods.Of(o, hasStripe, now), cancellationToken),
            now,
            warn: _ => { }
        );
    }

    internal async Task<ComputedRange> ComputeRangeAsync(
        ClaimedRange range,
        bool hasStripe,
        QuietThreads threads,
        CancellationToken cancellationToken
    )
    {
        var parts = await PartsAsync(range, cancellationToken);
        var batch = store.Writer.NewBatch();
        try
        {
            HashSet<DataWarning> warnings = [];
            foreach (var part in parts)
            {
                var now = time.GetUtcNow();
                var read = await source.ReadRangeAsync(
                    part,
                    o => BillingPeriods.Of(o, hasStripe, now),
                    cancellationToken
                );
                await threads.RunAsync(
                    () => batch.Add(computation.Compute(read, now, warning => warnings.Add(warning))),
                    cancellationToken
                );
            }

            await threads.RunAsync(batch.Finish, cancellationToken);
            return new(range.Range, range.Accounts, batch, [.. warnings]);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>Where ids have few gaps they need not be counted to be cut.</summary>
    private async Task<IReadOnlyList<AccountRange>> PartsAsync(ClaimedRange range, CancellationToken cancellationToken)
    {
        if (range.Accounts <= settings.AccountsPerPart)
            return [range.Range];
        var ids = range.Range.LastId - range.Range.FirstId + 1;
        if (ids <= 2 * range.Accounts)
            return range.Range.Cut(settings.AccountsPerPart);
        var cut = await source.CutAsync(range.Range, settings.AccountsPerPart, cancellationToken);
        return [.. cut.Select(part => part.Range)];
    }

    private async Task<Run> StartAsync(CancellationToken cancellationToken)
    {
        if (await store.Runs.FindInProgressAsync(cancellationToken) is not null)
            return await store.Runs.StartAsync([], cancellationToken);
        var ranges = await source.CutRangesAsync(settings.AccountsPerRange, cancellationToken);
        return await store.Runs.StartAsync([.. ranges.Select(r => (r.Range, r.Accounts))], cancellationToken);
    }
}
