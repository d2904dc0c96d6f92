using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserReports.Store;
using UserReports.Store.Shared;

namespace UserReports.Workspace.Runs;

/// <summary>Generations of the shared store, and which of their changes are read.</summary>
internal sealed class SharedGenerations(RunSession session, SharedRuns runs, TimeProvider time)
{
    public Task<SharedGeneration?> FindPublishedAsync(CancellationToken cancellationToken) =>
        session.DoAsync(
            async context =>
                ToGeneration(
                    await context
                        .SharedGenerations.AsNoTracking()
                        .FirstOrDefaultAsync(row => row.Status == GenerationStatus.Current, cancellationToken)
                ),
            cancellationToken
        );

    public Task<SharedGeneration?> FindBuildingAsync(Guid run, CancellationToken cancellationToken) =>
        session.DoAsync(
            async context =>
            {
                var uid = SharedRuns.NameOf(run);
                return ToGeneration(
                    await context
                        .SharedGenerations.AsNoTracking()
                        .FirstOrDefaultAsync(
                            row => row.Run == uid && row.Status == GenerationStatus.Building,
                            cancellationToken
                        )
                );
            },
            cancellationToken
        );

    public Task<IReadOnlySet<long>?> FindClaimsAsync(Guid run, CancellationToken cancellationToken) =>
        session.DoAsync<IReadOnlySet<long>?>(
            async context =>
            {
                var uid = SharedRuns.NameOf(run);
                if (!await IsDoneAsync(context, uid, cancellationToken))
                    return null;
                var claims = await context
                    .SharedRanges.Where(row => row.Run == uid)
                    .Select(row => row.Claim!.Value)
                    .Distinct()
                    .ToListAsync(cancellationToken);
                return claims.ToHashSet();
            },
            cancellationToken
        );

    public Task<bool> PublishAsync(Guid run, long rows, CancellationToken cancellationToken) =>
        session.DoAsync(
            async context =>
            {
                var uid = SharedRuns.NameOf(run);
                var now = Now();
                // First what two that do this at once cannot both do.
                var mine = await context
                    .SharedRuns.Where(row => row.Uid == uid && row.Status == (int)RunStatus.InProgress)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.Status, (int)RunStatus.Completed)
                                .SetProperty(row => row.FinishedAt, now),
                        cancellationToken
                    );
                if (mine == 0 || await HasWorkAsync(context, uid, cancellationToken))
                    throw RunSession.GivenUp(false);
                await context
                    .SharedGenerations.Where(row => row.Status == GenerationStatus.Current)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.Status, GenerationStatus.Retired)
                                .SetProperty(row => row.UsedAt, now),
                        cancellationToken
                    );
                await context
                    .SharedGenerations.Where(row => row.Run == uid)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.Status, GenerationStatus.Current)
                                .SetProperty(row => row.CompletedAt, now)
                                .SetProperty(row => row.FirstChange, row => row.Change)
                                .SetProperty(row => row.Rows, rows)
                                .SetProperty(row => row.Changed, 0)
                                .SetProperty(row => row.Replaced, 0),
                        cancellationToken
                    );
                await runs.EndAsync(context, uid, cancellationToken);
                return true;
            },
            cancellationToken
        );

    public Task<(long Change, SharedGeneration Before)> BeginChangeAsync(
        string generation,
        CancellationToken cancellationToken
    ) =>
        session.DoAsync(
            async context =>
            {
                // Numbers are given out by the statement itself; the row is then this transaction's until it ends.
                await context
                    .SharedGenerations.Where(row => row.Name == generation)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(row => row.LastNumber, row => row.LastNumber + 1),
                        cancellationToken
                    );
                var row = await context.SharedGenerations.FirstAsync(row => row.Name == generation, cancellationToken);
                if (row.BegunNumber is { } left)
                    row.GivenUp =
                        (row.GivenUp.Length == 0 ? "" : row.GivenUp + ",")
                        + left.ToString(CultureInfo.InvariantCulture);
                row.BegunNumber = row.LastNumber;
                return (row.LastNumber, ToGeneration(row)!);
            },
            cancellationToken
        );

    public Task<bool> PublishChangeAsync(
        string generation,
        long change,
        SharedFigures figures,
        CancellationToken cancellationToken
    ) =>
        session.DoAsync(
            async context =>
                await context
                    .SharedGenerations.Where(row => row.Name == generation && row.BegunNumber == change)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.BegunNumber, (long?)null)
                                .SetProperty(row => row.Change, change)
                                .SetProperty(row => row.Rows, figures.Rows)
                                .SetProperty(row => row.Changed, figures.Changed)
                                .SetProperty(row => row.Replaced, figures.Replaced),
                        cancellationToken
                    ) == 1,
            cancellationToken
        );

    public Task TouchAsync(IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken) =>
        session.DoAsync(
            async context =>
            {
                var touching = await context
                    .SharedRuns.Where(run => run.Status == (int)RunStatus.InProgress)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(run => run.TouchedLast, run => run.TouchedLast + 1),
                        cancellationToken
                    );
                if (touching == 0)
                    return false;
                var run = await context
                    .SharedRuns.AsNoTracking()
                    .FirstAsync(run => run.Status == (int)RunStatus.InProgress, cancellationToken);
                context.AddRange(
                    accountIds
                        .Distinct()
                        .Select(account => new TouchedAccountRow
                        {
                            Run = run.Uid,
                            Account = account,
                            Sequence = run.TouchedLast,
                        })
                );
                return true;
            },
            cancellationToken
        );

    public Task<IReadOnlyList<long>> TouchedAsync(CancellationToken cancellationToken) =>
        session.DoAsync<IReadOnlyList<long>>(
            async context =>
            {
                await context
                    .SharedRuns.Where(run => run.Status == (int)RunStatus.InProgress)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(run => run.TouchedSeen, run => run.TouchedLast),
                        cancellationToken
                    );
                return await context
                    .TouchedAccounts.Select(row => row.Account)
                    .Distinct()
                    .OrderBy(account => account)
                    .ToListAsync(cancellationToken);
            },
            cancellationToken
        );

    public Task CorrectedAsync(Guid run, IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken) =>
        session.DoAsync(
            async context =>
            {
                var uid = SharedRuns.NameOf(run);
                var seen = await context
                    .SharedRuns.Where(row => row.Uid == uid)
                    .Select(row => row.TouchedSeen)
                    .FirstOrDefaultAsync(cancellationToken);
                return await context
                    .TouchedAccounts.Where(row =>
                        row.Run == uid && row.Sequence <= seen && accountIds.Contains(row.Account)
                    )
                    .ExecuteDeleteAsync(cancellationToken);
            },
            cancellationToken
        );

    public Task RenewAsync(string generation, CancellationToken cancellationToken) =>
        session.DoAsync(
            async context =>
            {
                var now = Now();
                return await context
                    .SharedGenerations.Where(row => row.Name == generation && row.UsedAt < now)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.UsedAt, now), cancellationToken);
            },
            cancellationToken
        );

    public Task<IReadOnlyList<string>> FindUnusedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        session.DoAsync<IReadOnlyList<string>>(
            async context =>
            {
                var used = Instants.Microseconds(since);
                return await context
                    .SharedGenerations.Where(row => row.Status == GenerationStatus.Retired && row.UsedAt < used)
                    .Select(row => row.Name)
                    .ToListAsync(cancellationToken);
            },
            cancellationToken
        );

    public Task ForgetAsync(string generation, CancellationToken cancellationToken) =>
        session.DoAsync(
            context =>
                context
                    .SharedGenerations.Where(row => row.Name == generation && row.Status == GenerationStatus.Retired)
                    .ExecuteDeleteAsync(cancellationToken),
            cancellationToken
        );

    private static async Task<bool> IsDoneAsync(
        WorkspaceContext context,
        string uid,
        CancellationToken cancellationToken
    ) =>
        await context.SharedRuns.AnyAsync(
            row => row.Uid == uid && row.Status == (int)RunStatus.InProgress,
            cancellationToken
        ) && !await HasWorkAsync(context, uid, cancellationToken);

    private static async Task<bool> HasWorkAsync(
        WorkspaceContext context,
        string uid,
        CancellationToken cancellationToken
    ) =>
        await context.SharedRanges.AnyAsync(row => row.Run == uid && row.Status != RangeStatus.Done, cancellationToken)
        || await context.TouchedAccounts.AnyAsync(row => row.Run == uid, cancellationToken);

    private static SharedGeneration? ToGeneration(SharedGenerationRow? row) =>
        row is null
            ? null
            : new(
                row.Name,
                Guid.ParseExact(row.Run, "N"),
                row.Layout,
                row.CompletedAt is { } completed ? Instants.Of(completed) : null,
                row.Change,
                row.FirstChange,
                [
                    .. row
                        .GivenUp.Split(',', StringSplitOptions.RemoveEmptyEntries)
                        .Select(number => long.Parse(number, CultureInfo.InvariantCulture)),
                ],
                new(row.Rows, row.Changed, row.Replaced)
            );

    private long Now() => Instants.Microseconds(time.GetUtcNow());
}
