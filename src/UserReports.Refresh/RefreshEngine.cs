using Microsoft.Extensions.Logging;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>Brings reports from the sources to the store: a whole run, or single accounts.</summary>
public sealed class RefreshEngine : IDisposable
{
    private readonly IReportSource source;
    private readonly IReportStore store;
    private readonly RefreshSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly RangeReader reader;
    private readonly AccountRefresher accounts;
    private readonly SemaphoreSlim running = new(1);

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
        reader = new(source, store.Writer, new(retentionDays), settings.AccountsPerPart, time);
        accounts = new(reader, store.Corrections);
    }

    /// <summary>The run that this process works on, or null.</summary>
    public RefreshProgress? Progress { get; private set; }

    /// <summary>Takes up the run in progress, or starts one, and works until its ranges are done.</summary>
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
            // Nothing else is there to be done yet, so the two need not wait for each other.
            var starting = StartAsync(cancellationToken);
            await Task.WhenAll(source.BeginRunAsync(cancellationToken), starting);
            var run = await starting;
            RefreshLog.Started(logger, run.Uid, run.AccountsDone, run.AccountsTotal);
            using var scheduler = new LowPriorityScheduler(settings.Workers);
            var worker = new RunWorker(
                run,
                new(store, run.Uid, settings.Lease),
                reader,
                accounts,
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

    /// <inheritdoc/>
    public void Dispose()
    {
        running.Dispose();
        accounts.Dispose();
    }

    private async Task<Run> StartAsync(CancellationToken cancellationToken)
    {
        if (await store.Runs.FindInProgressAsync(cancellationToken) is not null)
            return await store.Runs.StartAsync([], cancellationToken);
        var ranges = await source.CutRangesAsync(settings.AccountsPerRange, cancellationToken);
        return await store.Runs.StartAsync([.. ranges.Select(r => (r.Range, r.Accounts))], cancellationToken);
    }
}
