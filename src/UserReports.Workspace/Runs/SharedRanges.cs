using Microsoft.EntityFrameworkCore;
using UserReports.Core.Reports;
using UserReports.Store;
using UserReports.Store.Shared;

namespace UserReports.Workspace.Runs;

/// <summary>Ranges of the shared store's run in progress, and who works on which.</summary>
/// <remarks>Each change of a range names whose it must be, in the very statement that changes it.</remarks>
internal sealed class SharedRanges(RunSession session, TimeProvider time)
{
    public Task<IReadOnlyList<ClaimedRange>> ClaimAsync(
        Guid run,
        string ownerToken,
        int max,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) =>
        session.DoAsync<IReadOnlyList<ClaimedRange>>(
            async context =>
            {
                var uid = SharedRuns.NameOf(run);
                var (now, until) = (Now(), Instants.Microseconds(time.GetUtcNow() + lease));
                var free = await context
                    .SharedRanges.AsNoTracking()
                    .Where(range =>
                        range.Run == uid
                        && (
                            range.Status == RangeStatus.Pending
                            || (range.Status == RangeStatus.Claimed && range.LeaseUntil <= now)
                        )
                    )
                    .OrderBy(range => range.Attempts)
                    .ThenBy(range => range.FirstId)
                    .Take(max)
                    .ToListAsync(cancellationToken);
                List<ClaimedRange> claimed = [];
                foreach (var range in free)
                {
                    var mine = await context
                        .SharedRanges.Where(row =>
                            row.Run == uid
                            && row.FirstId == range.FirstId
                            && row.Status == range.Status
                            && row.Owner == range.Owner
                            && row.LeaseUntil == range.LeaseUntil
                        )
                        .ExecuteUpdateAsync(
                            set =>
                                set.SetProperty(row => row.Status, RangeStatus.Claimed)
                                    .SetProperty(row => row.Owner, ownerToken)
                                    .SetProperty(row => row.LeaseUntil, until),
                            cancellationToken
                        );
                    if (mine == 1)
                        claimed.Add(new(new(range.FirstId, range.LastId), range.Accounts, range.Attempts));
                }

                return claimed;
            },
            cancellationToken
        );

    public Task<bool> HeartbeatAsync(
        Guid run,
        string ownerToken,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) =>
        session.DoAsync(
            async context =>
            {
                var uid = SharedRuns.NameOf(run);
                var (now, until) = (Now(), Instants.Microseconds(time.GetUtcNow() + lease));
                var held = await Held(context, uid, ownerToken, now)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseUntil, until), cancellationToken);
                if (held > 0)
                    await context
                        .SharedRuns.Where(row => row.Uid == uid)
                        .ExecuteUpdateAsync(set => set.SetProperty(row => row.HeartbeatAt, now), cancellationToken);
                return held > 0;
            },
            cancellationToken
        );

    public Task<bool> FailAsync(
        Guid run,
        string ownerToken,
        AccountRange range,
        string error,
        CancellationToken cancellationToken
    ) =>
        session.DoAsync(
            async context =>
            {
                var uid = SharedRuns.NameOf(run);
                var mine = await Held(context, uid, ownerToken, Now())
                    .Where(row => row.FirstId == range.FirstId)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.Status, RangeStatus.Pending)
                                .SetProperty(row => row.Owner, (string?)null)
                                .SetProperty(row => row.Attempts, row => row.Attempts + 1),
                        cancellationToken
                    );
                if (mine == 1)
                    await context
                        .SharedRuns.Where(row => row.Uid == uid)
                        .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastError, error), cancellationToken);
                return mine == 1;
            },
            cancellationToken
        );

    public Task ReleaseAsync(Guid run, string ownerToken, CancellationToken cancellationToken) =>
        session.DoAsync(
            async context =>
            {
                var uid = SharedRuns.NameOf(run);
                return await context
                    .SharedRanges.Where(row =>
                        row.Run == uid && row.Status == RangeStatus.Claimed && row.Owner == ownerToken
                    )
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.Status, RangeStatus.Pending)
                                .SetProperty(row => row.Owner, (string?)null),
                        cancellationToken
                    );
            },
            cancellationToken
        );

    public Task<bool> HoldsAsync(
        Guid run,
        string ownerToken,
        IReadOnlyList<WrittenRange> ranges,
        CancellationToken cancellationToken
    ) =>
        session.DoAsync(
            async context =>
            {
                List<long> ids = [.. ranges.Select(range => range.Range.FirstId)];
                var held = await Held(context, SharedRuns.NameOf(run), ownerToken, Now())
                    .CountAsync(row => ids.Contains(row.FirstId), cancellationToken);
                return held == ranges.Count;
            },
            cancellationToken
        );

    public Task<bool> MarkDoneAsync(
        Guid run,
        string ownerToken,
        long claim,
        IReadOnlyList<WrittenRange> ranges,
        CancellationToken cancellationToken
    ) =>
        session.DoAsync(
            async context =>
            {
                var uid = SharedRuns.NameOf(run);
                var now = Now();
                foreach (var range in ranges)
                {
                    var mine = await Held(context, uid, ownerToken, now)
                        .Where(row => row.FirstId == range.Range.FirstId)
                        .ExecuteUpdateAsync(
                            set =>
                                set.SetProperty(row => row.Status, RangeStatus.Done)
                                    .SetProperty(row => row.Claim, claim),
                            cancellationToken
                        );
                    if (mine != 1)
                        throw RunSession.GivenUp(false);
                }

                var (accounts, rows) = (ranges.Sum(range => range.Accounts), ranges.Sum(range => range.Rows));
                await context
                    .SharedRuns.Where(row => row.Uid == uid)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.AccountsDone, row => row.AccountsDone + accounts)
                                .SetProperty(row => row.RowsWritten, row => row.RowsWritten + rows)
                                .SetProperty(row => row.RangesDone, row => row.RangesDone + ranges.Count)
                                .SetProperty(row => row.HeartbeatAt, now),
                        cancellationToken
                    );
                await WarnAsync(context, uid, [.. ranges.SelectMany(range => range.Warnings)], cancellationToken);
                return true;
            },
            cancellationToken
        );

    /// <summary>The ranges that a token holds.</summary>
    private static IQueryable<SharedRangeRow> Held(WorkspaceContext context, string uid, string ownerToken, long now) =>
        context.SharedRanges.Where(row =>
            row.Run == uid && row.Status == RangeStatus.Claimed && row.Owner == ownerToken && row.LeaseUntil > now
        );

    /// <summary>
    /// Adds the warnings that the run does not know yet; the first are kept in full, all are counted.
    /// </summary>
    private static async Task WarnAsync(
        WorkspaceContext context,
        string uid,
        List<DataWarning> warnings,
        CancellationToken cancellationToken
    )
    {
        if (warnings.Count == 0)
            return;
        var known = (
            await context
                .SharedWarnings.Where(row => row.Run == uid)
                .Select(row => new DataWarning(row.Subject, row.Problem))
                .ToListAsync(cancellationToken)
        ).ToHashSet();
        var next = known.Count;
        List<DataWarning> added = [.. warnings.Where(known.Add)];
        await context
            .SharedRuns.Where(row => row.Uid == uid)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.WarningCount, row => row.WarningCount + added.Count),
                cancellationToken
            );
        context.AddRange(
            added
                .Take(Run.WarningsMax - next)
                .Select(warning => new SharedWarningRow
                {
                    Run = uid,
                    Number = next++,
                    Subject = warning.Subject,
                    Problem = warning.Problem,
                })
        );
    }

    private long Now() => Instants.Microseconds(time.GetUtcNow());
}
