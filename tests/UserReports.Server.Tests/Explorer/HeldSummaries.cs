using UserReports.Core.Query;
using UserReports.Store;

namespace UserReports.Server.Tests.Explorer;

/// <summary>A store whose summaries take until they are let go; everything else answers as usual.</summary>
internal sealed class HeldSummaries : PassingReader
{
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HeldSummaries(IReportReader store) => Reader = store;

    public void LetGo() => held.SetResult();

    public override async Task<ReportSummary> SummarizeAsync(SummaryQuery query, CancellationToken cancellationToken)
    {
        await held.Task.WaitAsync(cancellationToken);
        return await base.SummarizeAsync(query, cancellationToken);
    }
}
