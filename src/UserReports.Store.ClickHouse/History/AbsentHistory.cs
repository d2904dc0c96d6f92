using UserReports.Store.History;

namespace UserReports.Store.ClickHouse.History;

/// <summary>The history of a store that keeps none: it has no snapshot, and says so to whoever asks for one.</summary>
internal sealed class AbsentHistory : IReportHistory
{
    private const string Reason = "A shared store keeps no snapshots of days; a store in files of one machine does.";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DailySnapshot>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DailySnapshot>>([]);

    /// <inheritdoc/>
    public Task<IReportReader> AtAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        Task.FromException<IReportReader>(new NoHistoryException(Reason, []));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AccountDay>> FindAccountAsync(
        long accountId,
        DateOnly first,
        DateOnly last,
        long? account,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<AccountDay>>([]);

    /// <inheritdoc/>
    public Task<SnapshotInfo> PreviousAsync(CancellationToken cancellationToken) =>
        Task.FromException<SnapshotInfo>(new NoHistoryException(Reason, []));

    /// <inheritdoc/>
    public Task<ComparisonPage> CompareAsync(
        ComparisonQuery query,
        PageRequest page,
        long? account,
        CancellationToken cancellationToken
    ) => Task.FromException<ComparisonPage>(new NoHistoryException(Reason, []));

    /// <inheritdoc/>
    public Task<ComparisonExport> ExportComparisonAsync(
        ComparisonQuery query,
        long? account,
        CancellationToken cancellationToken
    ) => Task.FromException<ComparisonExport>(new NoHistoryException(Reason, []));

    /// <inheritdoc/>
    public DailySnapshot? Keep(CancellationToken cancellationToken) => null;

    /// <inheritdoc/>
    public IReadOnlyList<DateOnly> ThinOut(HistoryKeep keep, CancellationToken cancellationToken) => [];

    /// <inheritdoc/>
    public long Erase(TimeSpan within, CancellationToken cancellationToken) => 0;

    /// <inheritdoc/>
    public Task<IReadOnlyList<DailySnapshot>> ExamineAsync(CancellationToken cancellationToken) =>
        ListAsync(cancellationToken);
}
