using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using UserReports.Core.Documents;
using UserReports.Core.Reports;
using UserReports.Feed.Ledger;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh.Following;

/// <summary>
/// Computes some published accounts anew and compares them field by field: how right readers' rows are, proven rather
/// than promised.
/// </summary>
/// <remarks>
/// A change that was committed a moment ago is no mistake: a row that differs counts only if following was told nothing
/// of it after it had the time, and the row was not replaced meanwhile.
/// </remarks>
internal sealed class AccuracySampler(
    IFollowLedger ledger,
    IReportSource source,
    IReportStore store,
    RefreshEngine engine,
    FollowProgress progress,
    FollowSettings settings,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>What a row that is missing, or that should not be there, differs in.</summary>
    public const string MissingRow = "row";

    private static readonly IEqualityComparer<byte[]> Bytes = EqualityComparer<byte[]>.Create(
        (one, other) => one.AsSpan().SequenceEqual(other),
        bytes => bytes.Length
    );

    /// <summary>How long following may take to be told what was there already.</summary>
    private static readonly TimeSpan ToldWithin = TimeSpan.FromMinutes(2);

    /// <summary>What the last sample showed; null before the first.</summary>
    public PublishedAccuracy? Last { get; private set; }

    /// <summary>Takes up what an earlier process or another node found.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken) =>
        Last = await ledger.FindAccuracyAsync(cancellationToken) ?? Last;

    /// <summary>Compares a sample, and keeps what it showed.</summary>
    /// <param name="isFollowing">False where changes since the last run are expected to be missing.</param>
    /// <exception cref="NoSnapshotException">There is no completed run yet.</exception>
    /// <exception cref="SourceException">The sources cannot be read.</exception>
    public async Task<PublishedAccuracy> SampleAsync(bool isFollowing, CancellationToken cancellationToken)
    {
        var accounts = await store.Reader.SampleAccountsAsync(settings.SampledAccounts, cancellationToken);
        var published = await PublishedAsync(accounts, cancellationToken);
        var computed = await ComputeAsync(accounts, published, cancellationToken);
        var differing = accounts
            .SelectMany(account => Compare(account, published[account], computed[account]))
            .ToList();
        var undecided =
            isFollowing && differing.Count > 0
                ? await ExcusedAsync([.. differing.Select(row => row.Account).Distinct()], published, cancellationToken)
                : [];
        differing.RemoveAll(row => undecided.Contains(row.Account));
        var rows = accounts.Where(account => !undecided.Contains(account)).Sum(account => published[account].Count);
        return await KeepAsync(rows, differing, isFollowing, cancellationToken);
    }

    private static List<(long Account, IReadOnlyList<string> Paths)> Compare(
        long account,
        List<ReadOnlyMemory<byte>> published,
        List<ReadOnlyMemory<byte>> computed
    )
    {
        var rows = Math.Max(published.Count, computed.Count);
        return
        [
            .. Enumerable
                .Range(0, rows)
                .Select(i =>
                    (
                        account,
                        i < published.Count && i < computed.Count
                            ? RowComparison.Differences(published[i], computed[i])
                            : [MissingRow]
                    )
                )
                .Where(row => row.Item2.Count > 0),
        ];
    }

    private static ReadOnlyMemory<byte> Render(ReportJson json, Report report)
    {
        var output = new ArrayBufferWriter<byte>();
        return ReportJson.TryExpand(json.Write(report), output)
            ? output.WrittenMemory
            : throw new JsonException("A report was written with codes that stand for nothing.");
    }

    private async Task<Dictionary<long, List<ReadOnlyMemory<byte>>>> PublishedAsync(
        IReadOnlyCollection<long> accounts,
        CancellationToken cancellationToken
    )
    {
        var published = accounts.ToDictionary(account => account, _ => new List<ReadOnlyMemory<byte>>());
        foreach (var found in await store.Reader.FindAccountsAsync(accounts, cancellationToken))
            published[found.AccountId].Add(found.Document);
        return published;
    }

    /// <summary>
    /// The documents as they should be, by the clock by which the published ones were computed: what the calendar alone
    /// changes is no mistake either.
    /// </summary>
    private async Task<Dictionary<long, List<ReadOnlyMemory<byte>>>> ComputeAsync(
        IReadOnlyCollection<long> accounts,
        Dictionary<long, List<ReadOnlyMemory<byte>>> published,
        CancellationToken cancellationToken
    )
    {
        var computed = accounts.ToDictionary(account => account, _ => new List<ReadOnlyMemory<byte>>());
        var now = time.GetUtcNow();
        using var json = new ReportJson();
        foreach (
            var ofOneDay in accounts
                .Select(account =>
                    (
                        Account: account,
                        At: published[account]
                            .Select(document => ReportDocument.LastUpdatedOf(document.Span))
                            .DefaultIfEmpty(now)
                            .Max()
                    )
                )
                .GroupBy(row => row.At.UtcDateTime.Date)
        )
        {
            var clocks = ofOneDay.ToDictionary(row => row.Account, row => row.At);
            var reports = await engine.ComputeAsync(clocks, cancellationToken);
            foreach (var report in reports.OrderBy(report => report.OrganizationId, StringComparer.Ordinal))
                computed[report.UserId].Add(Render(json, report));
        }

        return computed;
    }

    /// <summary>Those accounts whose difference following knows of, or may yet be told of.</summary>
    private async Task<HashSet<long>> ExcusedAsync(
        IReadOnlyList<long> accounts,
        Dictionary<long, List<ReadOnlyMemory<byte>>> published,
        CancellationToken cancellationToken
    )
    {
        if (!await progress.WaitUntilToldAsync(ToldWithin, cancellationToken))
            return [.. accounts];
        // Dirty first: what is computed between the two looks is no longer dirty, but replaced.
        var dirty = await DirtyAsync(cancellationToken);
        var now = await PublishedAsync(accounts, cancellationToken);
        return
        [
            .. accounts.Where(account =>
                dirty.Contains(account)
                || !now[account]
                    .Select(document => document.ToArray())
                    .SequenceEqual(published[account].Select(document => document.ToArray()), Bytes)
            ),
        ];
    }

    private async Task<IReadOnlySet<long>> DirtyAsync(CancellationToken cancellationToken) =>
        await DirtyEntries.AccountsOfAsync(
            source,
            await ledger.OldestAsync(int.MaxValue, new Dictionary<string, ulong>(), cancellationToken),
            cancellationToken
        );

    private async Task<PublishedAccuracy> KeepAsync(
        int rows,
        List<(long Account, IReadOnlyList<string> Paths)> differing,
        bool isFollowing,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var since = Last?.Fields.ToDictionary(field => field.Path, field => field.Since, StringComparer.Ordinal) ?? [];
        var accuracy = new PublishedAccuracy(
            now,
            rows,
            differing.Count,
            [
                .. differing
                    .SelectMany(row => row.Paths)
                    .CountBy(path => path)
                    .OrderByDescending(field => field.Value)
                    .ThenBy(field => field.Key, StringComparer.Ordinal)
                    .Select(field => new DifferingField(
                        field.Key,
                        field.Value,
                        since.GetValueOrDefault(field.Key, now)
                    )),
            ]
        );
        await ledger.KeepAccuracyAsync(accuracy, cancellationToken);
        Last = accuracy;
        RefreshMeter.SampledRows.Add(rows);
        RefreshMeter.DifferingRows.Add(differing.Count);
        if (isFollowing && differing.Count > 0)
            FollowLog.Differing(logger, rows, differing.Count, string.Join(", ", accuracy.Fields.Select(f => f.Path)));
        return accuracy;
    }
}
