using UserReports.Core.Query;
using UserReports.Store;

namespace UserReports.Server.Tests.Explorer;

/// <summary>A store whose summaries take until they are let go; everything else answers as usual.</summary>
internal sealed class HeldSummaries(IReportReader store) : IReportReader
{
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SnapshotInfo? Snapshot => store.Snapshot;

    public void LetGo() => held.SetResult();

    public Task<ReportPage> FindAsync(ReportQuery query, PageRequest page, CancellationToken cancellationToken) =>
        store.FindAsync(query, page, cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAccountAsync(
        string userUid,
        CancellationToken cancellationToken
    ) => store.FindAccountAsync(userUid, cancellationToken);

    public Task<ReportExport> ExportAsync(ReportQuery query, CancellationToken cancellationToken) =>
        store.ExportAsync(query, cancellationToken);

    public async Task<ReportSummary> SummarizeAsync(SummaryQuery query, CancellationToken cancellationToken)
    {
        await held.Task.WaitAsync(cancellationToken);
        return await store.SummarizeAsync(query, cancellationToken);
    }
}
