using UserReports.Core.Query;
using UserReports.Store;

namespace UserReports.Server.Tests;

/// <summary>Passes everything on to the store; a test overrides what it watches or holds up.</summary>
internal abstract class PassingReader : IReportReader
{
    public IReportReader Reader { get; set; } = null!;

    public SnapshotInfo? Snapshot => Reader.Snapshot;

    /// <summary>Whoever asks is watched; all of it is read in nobody's turn.</summary>
    public virtual IReportReader For(long account) => this;

    public virtual Task<ReportPage> FindAsync(
        ReportQuery query,
        PageRequest page,
        CancellationToken cancellationToken
    ) => Reader.FindAsync(query, page, cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAccountAsync(
        string userUid,
        CancellationToken cancellationToken
    ) => Reader.FindAccountAsync(userUid, cancellationToken);

    public virtual Task<ReportExport> ExportAsync(ReportQuery query, CancellationToken cancellationToken) =>
        Reader.ExportAsync(query, cancellationToken);

    public virtual Task<ReportSummary> SummarizeAsync(SummaryQuery query, CancellationToken cancellationToken) =>
        Reader.SummarizeAsync(query, cancellationToken);

    public Task<IReadOnlyList<FoundReport>> FindAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        CancellationToken cancellationToken
    ) => Reader.FindAccountsAsync(accountIds, cancellationToken);

    public virtual Task<IReadOnlyList<long>> StaleAccountsAsync(
        ReportQuery query,
        PageRequest page,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    ) => Reader.StaleAccountsAsync(query, page, before, max, cancellationToken);

    public virtual Task<IReadOnlyList<long>> StaleAccountsAsync(
        string userUid,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    ) => Reader.StaleAccountsAsync(userUid, before, max, cancellationToken);

    public Task<IReadOnlyList<long>> SampleAccountsAsync(int accounts, CancellationToken cancellationToken) =>
        Reader.SampleAccountsAsync(accounts, cancellationToken);
}
