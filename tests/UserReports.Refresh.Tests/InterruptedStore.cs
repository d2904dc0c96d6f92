using UserReports.Core.Reports;
using UserReports.Store;
using UserReports.Store.History;

namespace UserReports.Refresh.Tests;

/// <summary>A real store that fails at certain calls: <c>before</c> is told the member's name.</summary>
internal sealed class InterruptedStore(IReportStore inner, Action<string> before)
    : IReportStore,
        IRunLedger,
        IReportWriter,
        ICorrections
{
    public IReportReader Reader => inner.Reader;

    public IRunLedger Runs => this;

    public IReportWriter Writer => this;

    public ICorrections Corrections => this;

    public IStorageTrendKeeper Trends => inner.Trends;

    public IReportHistory History => inner.History;

    public bool NeedsRun => inner.Corrections.NeedsRun;

    public IReportBatch NewBatch() => inner.Writer.NewBatch();

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    public Task<Run?> FindInProgressAsync(CancellationToken cancellationToken) =>
        At(nameof(FindInProgressAsync)).Runs.FindInProgressAsync(cancellationToken);

    public Task<Run?> ResumeAsync(CancellationToken cancellationToken) =>
        At(nameof(ResumeAsync)).Runs.ResumeAsync(cancellationToken);

    public Task<Run> StartAsync(
        IReadOnlyList<(AccountRange Range, long Accounts)> ranges,
        CancellationToken cancellationToken
    ) => At(nameof(StartAsync)).Runs.StartAsync(ranges, cancellationToken);

    public Task<IReadOnlyList<ClaimedRange>> ClaimAsync(
        Guid run,
        string ownerToken,
        int max,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) => At(nameof(ClaimAsync)).Runs.ClaimAsync(run, ownerToken, max, lease, cancellationToken);

    public Task<bool> HeartbeatAsync(
        Guid run,
        string ownerToken,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) => At(nameof(HeartbeatAsync)).Runs.HeartbeatAsync(run, ownerToken, lease, cancellationToken);

    public Task<bool> CommitAsync(
        Guid run,
        string ownerToken,
        IReadOnlyList<ComputedRange> ranges,
        CancellationToken cancellationToken
    ) => At(nameof(CommitAsync)).Writer.CommitAsync(run, ownerToken, ranges, cancellationToken);

    public Task<bool> FailAsync(
        Guid run,
        string ownerToken,
        AccountRange range,
        string error,
        CancellationToken cancellationToken
    ) => At(nameof(FailAsync)).Runs.FailAsync(run, ownerToken, range, error, cancellationToken);

    public Task ReleaseAsync(Guid run, string ownerToken, CancellationToken cancellationToken) =>
        At(nameof(ReleaseAsync)).Runs.ReleaseAsync(run, ownerToken, cancellationToken);

    public Task<bool> CompleteAsync(Guid run, string ownerToken, CancellationToken cancellationToken) =>
        At(nameof(CompleteAsync)).Writer.CompleteAsync(run, ownerToken, cancellationToken);

    public Task AbortAsync(Guid run, string reason, CancellationToken cancellationToken) =>
        At(nameof(AbortAsync)).Runs.AbortAsync(run, reason, cancellationToken);

    public Task ReplaceAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    ) => At(nameof(ReplaceAccountsAsync)).Corrections.ReplaceAccountsAsync(accountIds, reports, cancellationToken);

    public Task<IReadOnlyList<long>> TouchedAsync(CancellationToken cancellationToken) =>
        At(nameof(TouchedAsync)).Corrections.TouchedAsync(cancellationToken);

    public Task<bool> CorrectAsync(
        Guid run,
        string ownerToken,
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        CancellationToken cancellationToken
    ) => At(nameof(CorrectAsync)).Corrections.CorrectAsync(run, ownerToken, accountIds, reports, cancellationToken);

    public Task<IReadOnlyList<long>> DueAsync(DateTimeOffset now, int max, CancellationToken cancellationToken) =>
        At(nameof(DueAsync)).Corrections.DueAsync(now, max, cancellationToken);

    public Task<IReadOnlyList<Run>> ListAsync(CancellationToken cancellationToken) =>
        At(nameof(ListAsync)).Runs.ListAsync(cancellationToken);

    public Task<Run?> FindAsync(Guid run, CancellationToken cancellationToken) =>
        At(nameof(FindAsync)).Runs.FindAsync(run, cancellationToken);

    private IReportStore At(string member)
    {
        before(member);
        return inner;
    }
}
