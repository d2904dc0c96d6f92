using UserReports.Core.Reports;
using UserReports.Refresh.OwnLimits;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>From the sources to reports: reads a range part by part, computes it, and packs it for the store.</summary>
internal sealed class RangeReader(
    IReportSource source,
    IReportWriter writer,
    IStorageTrendKeeper trends,
    ReportComputation computation,
    CurrentLimits limits,
    int accountsPerPart,
    TimeProvider time
)
{
    /// <summary>A range's reports, packed; whoever asks disposes of them.</summary>
    /// <exception cref="SourceException">The sources cannot be read.</exception>
    public async Task<ComputedRange> ReadAsync(
        ClaimedRange range,
        LowPriorityScheduler scheduler,
        CancellationToken cancellationToken
    )
    {
        var parts = await PartsAsync(range, cancellationToken);
        var batch = writer.NewBatch();
        try
        {
            var own = await limits.GetAsync(cancellationToken);
            // What is told once per run is told with its first range.
            HashSet<DataWarning> warnings = range.Range.IsFirst ? [.. limits.State.Warnings] : [];
            foreach (var part in parts)
            {
                var read = await source.ReadRangeAsync(part, time.GetUtcNow(), cancellationToken);
                await scheduler.RunAsync(
                    () =>
                        batch.Add(computation.Compute(read, own, warning => warnings.Add(warning), trends.Read(part))),
                    cancellationToken
                );
            }

            await scheduler.RunAsync(batch.Finish, cancellationToken);
            return new(range.Range, range.Accounts, batch, [.. warnings]);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>The reports of single accounts, as they stand now.</summary>
    /// <exception cref="SourceException">The sources cannot be read.</exception>
    public Task<IReadOnlyList<Report>> ReadAsync(
        IReadOnlyCollection<long> accountIds,
        CancellationToken cancellationToken
    ) => ComputeAsync(accountIds, time.GetUtcNow(), cancellationToken);

    /// <summary>
    /// The reports of single accounts as they stand now, but by earlier clocks: what the clock alone changes is not
    /// changed.
    /// </summary>
    /// <param name="clocks">Each account's instant; all of one day.</param>
    /// <exception cref="SourceException">The sources cannot be read.</exception>
    public async Task<IReadOnlyList<Report>> ReadAsync(
        IReadOnlyDictionary<long, DateTimeOffset> clocks,
        CancellationToken cancellationToken
    )
    {
        var read = await source.ReadAccountsAsync([.. clocks.Keys], clocks.Values.Max(), cancellationToken);
        var own = await limits.GetAsync(cancellationToken);
        var past = trends.Read([.. clocks.Keys]);
        return
        [
            .. read
                .Accounts.GroupBy(account => clocks[account.Account.Id])
                .SelectMany(group =>
                    computation.Compute(
                        read with
                        {
                            ReadAt = group.Key,
                            Accounts = [.. group],
                        },
                        own,
                        warn: _ => { },
                        past
                    )
                ),
        ];
    }

    private async Task<IReadOnlyList<Report>> ComputeAsync(
        IReadOnlyCollection<long> accountIds,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        computation.Compute(
            await source.ReadAccountsAsync(accountIds, now, cancellationToken),
            await limits.GetAsync(cancellationToken),
            warn: _ => { },
            trends.Read(accountIds)
        );

    /// <summary>Where ids have few gaps they need not be counted to be cut.</summary>
    private async Task<IReadOnlyList<AccountRange>> PartsAsync(ClaimedRange range, CancellationToken cancellationToken)
    {
        if (range.Accounts <= accountsPerPart)
            return [range.Range];
        var ids = range.Range.LastId - range.Range.FirstId + 1;
        if (ids <= 2 * range.Accounts)
            return range.Range.Cut(accountsPerPart);
        var cut = await source.CutAsync(range.Range, accountsPerPart, cancellationToken);
        return [.. cut.Select(part => part.Range)];
    }
}
