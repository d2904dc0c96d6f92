using System.Diagnostics.Metrics;
using UserReports.Refresh;
using UserReports.Server.Api.Following;
using UserReports.Server.Configuration;
using UserReports.Server.Export;
using UserReports.Server.Telemetry;
using UserReports.Sources.Load;
using UserReports.Store;
using UserReports.Workspace.Leading;

namespace UserReports.Server.Hosting.Observing;

/// <summary>How the service stands, as OpenTelemetry metrics: what is told to people on the page of runs.</summary>
/// <remarks>
/// What has to be asked for (runs, sizes of files) is asked every fifteen seconds, so that whoever scrapes waits for
/// nothing.
/// </remarks>
internal sealed class ServiceGauges : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private readonly IReportReader reader;
    private readonly IRunLedger runs;
    private readonly FollowStatus status;
    private readonly Leadership leadership;
    private readonly StorePlaces places;
    private readonly TimeProvider time;
    private readonly ILogger<ServiceGauges> logger;
    private volatile Figures latest = new(null, null, 0, 0, 0);

    public ServiceGauges(
        IReportReader reader,
        IRunLedger runs,
        FollowStatus status,
        Leadership leadership,
        ServerSettings settings,
        TimeProvider time,
        IMeterFactory meters,
        ILogger<ServiceGauges> logger
    )
    {
        (this.reader, this.runs, this.status, this.leadership) = (reader, runs, status, leadership);
        (this.time, this.logger, places) = (time, logger, StorePlaces.Of(settings));
        Describe(meters.Create("UserReports.Service"));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ServiceMeter.Begin(ExportFormat.All.Select(format => format.Name));
        RefreshMeter.Begin();
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do latest = await AskAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private async Task<Figures> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The newest first.
            var all = await runs.ListAsync(cancellationToken);
            var leads = (await leadership.FindAsync(cancellationToken)).IsThisNode;
            return new(
                all.Count > 0 ? all[0] : null,
                all.FirstOrDefault(run => run.Status == RunStatus.Completed),
                leads ? 1 : 0,
                places.StoreBytes,
                places.WorkspaceBytes
            );
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whoever needs the store or the workspace is told why; what was known goes on being shown.
            ObservingLog.CannotAsk(logger, e.Message);
            return latest;
        }
    }

    private void Describe(Meter meter)
    {
        Gauge(meter, "data.age", "s", "Since the rows' last complete run ended; following makes them younger.", Age);
        Gauge(meter, "rows", "{row}", "Report rows.", () => reader.Snapshot?.Rows);
        Gauge(
            meter,
            "leader",
            "{node}",
            "1 on the node that keeps the schedule and follows, else 0.",
            () => latest.Leads
        );
        Gauge(meter, "run.progress", "1", "Of the run in progress, by accounts; 1 without one.", Progress);
        Gauge(
            meter,
            "run.duration",
            "s",
            "How long the run in progress has taken; without one, the last one.",
            Duration
        );
        Gauge(
            meter,
            "run.warnings",
            "{warning}",
            "Odd data that the last completed run met.",
            () => latest.Last?.WarningCount
        );
        Gauge(meter, "run.failing", "{run}", "1 while the newest run has an error, else 0.", Failing);
        Gauge(
            meter,
            "store.size",
            "By",
            "Files of the store; nothing where the rows are on a server.",
            () => latest.Store
        );
        Gauge(meter, "store.free", "By", "Free space where the store's files are.", () => places.FreeBytes);
        Gauge(
            meter,
            "workspace.size",
            "By",
            "The workspace's file; nothing where it is on a server.",
            () => latest.Workspace
        );
        Gauge(
            meter,
            "follow.dirty",
            "{account}",
            "Accounts and organisations that wait to be computed anew.",
            () => status.Follow.Dirty
        );
        meter.CreateObservableGauge("user_reports.follow.lag", Lags, "s", "How far what is shown is behind a source.");
        Gauge(meter, "budget.share", "1", "The share of a source's core that applies now.", () => Budget.Share);
        Gauge(meter, "budget.used", "1", "The share that was used in the last minute.", () => Budget.Used);
        Count(meter, "source.statements", "{statement}", "Statements sent to a source.", figures => figures.Statements);
        Count(meter, "source.rows", "{row}", "Rows read from a source.", figures => figures.Rows);
        Count(meter, "source.busy", "s", "How long a source's statements took.", figures => figures.Busy.TotalSeconds);
    }

    private BudgetState Budget => status.Load.Budget.State;

    private static void Gauge(Meter meter, string name, string unit, string what, Func<double?> value) =>
        meter.CreateObservableGauge(
            "user_reports." + name,
            () => value() is { } known ? (Measurement<double>[])[new(known)] : [],
            unit,
            what
        );

    private void Count(Meter meter, string name, string unit, string what, Func<SourceFigures, double> value) =>
        meter.CreateObservableCounter(
            "user_reports." + name,
            () =>
                status.Load.Figures.Select(figures => new Measurement<double>(
                    value(figures),
                    KeyValuePair.Create("source", (object?)figures.Source),
                    KeyValuePair.Create("work", (object?)LoadEntry.NameOf(figures.Work))
                )),
            unit,
            what
        );

    private double? Age() => (time.GetUtcNow() - reader.Snapshot?.CompletedAt)?.TotalSeconds;

    private double? Progress() => latest.Newest is { Status: RunStatus.InProgress } run ? run.Progress : 1;

    private double? Duration() =>
        latest.Newest is { } run ? ((run.FinishedAt ?? time.GetUtcNow()) - run.StartedAt).TotalSeconds : null;

    private double? Failing() => latest.Newest is { LastError: not null, Status: not RunStatus.Completed } ? 1 : 0;

    private IEnumerable<Measurement<double>> Lags() =>
        from database in status.Follow.Databases
        where database.Lag is not null
        select new Measurement<double>(
            database.Lag!.Value.TotalSeconds,
            KeyValuePair.Create("database", (object?)database.Database)
        );

    private sealed record Figures(Run? Newest, Run? Last, double Leads, double? Store, double? Workspace);
}
