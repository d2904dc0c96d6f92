using Microsoft.EntityFrameworkCore;
using UserReports.Core.Reports;
using UserReports.Store;

namespace UserReports.Workspace.Runs;

/// <summary>Runs of the shared store: begun, ended and told of.</summary>
internal sealed class SharedRuns(RunSession session, TimeProvider time, int layout)
{
    /// <summary>Older runs are forgotten, but for the last few.</summary>
    private static readonly TimeSpan HistoryMax = TimeSpan.FromDays(30);

    private const int HistoryMin = 10;

    public Task<Run?> FindInProgressAsync(CancellationToken cancellationToken) =>
        session.DoAsync(
            async context =>
                await InProgressAsync(context, cancellationToken) is { } row
                    ? await ToRunAsync(context, row, cancellationToken)
                    : null,
            cancellationToken
        );

    /// <summary>Takes up the run in progress, if there is one. What failed too often before is tried again.</summary>
    public Task<Run?> ResumeAsync(CancellationToken cancellationToken) =>
        session.DoAsync(
            async context =>
            {
                if (await InProgressAsync(context, cancellationToken) is not { } row)
                    return null;
                await context
                    .SharedRanges.Where(range =>
                        range.Run == row.Uid && range.Status == RangeStatus.Pending && range.Attempts > 0
                    )
                    .ExecuteUpdateAsync(set => set.SetProperty(range => range.Attempts, 0), cancellationToken);
                return await ToRunAsync(context, row, cancellationToken);
            },
            cancellationToken
        );

    public async Task<Run> StartAsync(
        IReadOnlyList<(AccountRange Range, long Accounts)> ranges,
        CancellationToken cancellationToken
    )
    {
        if (await ResumeAsync(cancellationToken) is { } present)
            return present;
        // The index lets one of two in that begin at the same time; the other one, tried again, finds it.
        return await session.DoAsync(
            async context =>
            {
                if (await InProgressAsync(context, cancellationToken) is { } other)
                    return await ToRunAsync(context, other, cancellationToken);
                var row = await BeginAsync(context, ranges, cancellationToken);
                await context.SaveChangesAsync(cancellationToken);
                return await ToRunAsync(context, row, cancellationToken);
            },
            cancellationToken
        );
    }

    public Task AbortAsync(Guid run, string reason, CancellationToken cancellationToken) =>
        session.DoAsync(
            async context =>
            {
                var uid = NameOf(run);
                var now = Now();
                var aborted = await context
                    .SharedRuns.Where(row => row.Uid == uid && row.Status == (int)RunStatus.InProgress)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.Status, (int)RunStatus.Aborted)
                                .SetProperty(row => row.FinishedAt, now)
                                .SetProperty(row => row.LastError, reason),
                        cancellationToken
                    );
                if (aborted == 0)
                    return false;
                await EndAsync(context, uid, cancellationToken);
                await context
                    .SharedGenerations.Where(row => row.Run == uid)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.Status, GenerationStatus.Retired)
                                // Nobody reads what was never published.
                                .SetProperty(row => row.UsedAt, 0),
                        cancellationToken
                    );
                return true;
            },
            cancellationToken
        );

    public Task<IReadOnlyList<Run>> ListAsync(CancellationToken cancellationToken) =>
        session.DoAsync<IReadOnlyList<Run>>(
            async context =>
            {
                var rows = await context
                    .SharedRuns.AsNoTracking()
                    .OrderByDescending(run => run.Number)
                    .ToListAsync(cancellationToken);
                List<Run> runs = [];
                foreach (var row in rows)
                    runs.Add(await ToRunAsync(context, row, cancellationToken));
                return runs;
            },
            cancellationToken
        );

    public Task<Run?> FindAsync(Guid run, CancellationToken cancellationToken) =>
        session.DoAsync(
            async context =>
            {
                var uid = NameOf(run);
                return
                    await context
                        .SharedRuns.AsNoTracking()
                        .FirstOrDefaultAsync(row => row.Uid == uid, cancellationToken)
                        is { } row
                    ? await ToRunAsync(context, row, cancellationToken)
                    : null;
            },
            cancellationToken
        );

    /// <summary>Forgets what a run that has ended needs no more, and runs of long ago.</summary>
    public async Task EndAsync(WorkspaceContext context, string uid, CancellationToken cancellationToken)
    {
        await context.SharedRanges.Where(row => row.Run == uid).ExecuteDeleteAsync(cancellationToken);
        await context.TouchedAccounts.Where(row => row.Run == uid).ExecuteDeleteAsync(cancellationToken);
        var kept = await context
            .SharedRuns.OrderByDescending(run => run.Number)
            .Take(HistoryMin)
            .Select(run => run.Number)
            .ToListAsync(cancellationToken);
        var oldest = kept[^1];
        var since = Instants.Microseconds(time.GetUtcNow() - HistoryMax);
        var old = context.SharedRuns.Where(run => run.Number < oldest && run.StartedAt < since);
        await context
            .SharedWarnings.Where(row => old.Any(run => run.Uid == row.Run))
            .ExecuteDeleteAsync(cancellationToken);
        await old.ExecuteDeleteAsync(cancellationToken);
    }

    public static string NameOf(Guid run) => run.ToString("N");

    private static Task<SharedRunRow?> InProgressAsync(WorkspaceContext context, CancellationToken cancellationToken) =>
        context
            .SharedRuns.AsNoTracking()
            .FirstOrDefaultAsync(run => run.Status == (int)RunStatus.InProgress, cancellationToken);

    private long Now() => Instants.Microseconds(time.GetUtcNow());

    private async Task<SharedRunRow> BeginAsync(
        WorkspaceContext context,
        IReadOnlyList<(AccountRange Range, long Accounts)> ranges,
        CancellationToken cancellationToken
    )
    {
        var uid = NameOf(Guid.NewGuid());
        var last = await context.SharedRuns.MaxAsync(run => (long?)run.Number, cancellationToken) ?? 0;
        var row = new SharedRunRow
        {
            Uid = uid,
            Number = last + 1,
            Status = (int)RunStatus.InProgress,
            StartedAt = Now(),
            AccountsTotal = ranges.Sum(range => range.Accounts),
            RangesTotal = ranges.Count,
        };
        context.Add(row);
        context.Add(
            new SharedGenerationRow
            {
                Name = uid,
                Run = uid,
                Status = GenerationStatus.Building,
                Layout = layout,
            }
        );
        context.AddRange(
            ranges.Select(range => new SharedRangeRow
            {
                Run = uid,
                FirstId = range.Range.FirstId,
                LastId = range.Range.LastId,
                Accounts = range.Accounts,
                Status = RangeStatus.Pending,
            })
        );
        return row;
    }

    private static async Task<Run> ToRunAsync(
        WorkspaceContext context,
        SharedRunRow row,
        CancellationToken cancellationToken
    )
    {
        List<DataWarning> warnings =
            row.WarningCount == 0
                ? []
                : await context
                    .SharedWarnings.Where(warning => warning.Run == row.Uid)
                    .OrderBy(warning => warning.Number)
                    .Select(warning => new DataWarning(warning.Subject, warning.Problem))
                    .ToListAsync(cancellationToken);
        return new(
            Guid.ParseExact(row.Uid, "N"),
            (RunStatus)row.Status,
            Instants.Of(row.StartedAt),
            row.FinishedAt is { } finished ? Instants.Of(finished) : null,
            row.AccountsTotal,
            row.AccountsDone,
            row.RowsWritten,
            row.RangesTotal,
            row.RangesDone,
            row.HeartbeatAt is { } heartbeat ? Instants.Of(heartbeat) : null,
            row.LastError,
            row.WarningCount,
            warnings
        );
    }
}
