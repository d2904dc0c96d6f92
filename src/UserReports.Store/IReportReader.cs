using UserReports.Core.Query;
using UserReports.Store.Documents;

namespace UserReports.Store;

/// <summary>Where the reports of the last completed run are found.</summary>
/// <remarks>
/// Members throw <see cref="NoSnapshotException"/> before the first completed run. Each call sees one state of the
/// store from its beginning to its end, whatever is refreshed meanwhile. Cancelling a call ends its database work.
/// What is asked for in a query may cost too much (<see cref="QueryCostException"/>) or take too long
/// (<see cref="QueryTimeException"/>).
/// </remarks>
public interface IReportReader
{
    /// <summary>The state that the next call will see, or null before the first completed run.</summary>
    SnapshotInfo? Snapshot { get; }

    /// <summary>
    /// The same reports, read in an account's turn: accounts share what the store can do, however much one asks for. By
    /// itself a reader is nobody's, which is the service's own turn.
    /// </summary>
    IReportReader For(long account);

    /// <summary>One page of a query, in its order.</summary>
    Task<ReportPage> FindAsync(ReportQuery query, PageRequest page, CancellationToken cancellationToken);

    /// <summary>The documents of one account, ordered by organisation id; empty if there is none.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAccountAsync(string userUid, CancellationToken cancellationToken);

    /// <summary>
    /// Every document of a query in its order, in chunks of some hundred, with constant memory and from one snapshot.
    /// </summary>
    Task<ReportExport> ExportAsync(ReportQuery query, CancellationToken cancellationToken);

    /// <summary>Figures over a filter's rows, by groups.</summary>
    Task<ReportSummary> SummarizeAsync(SummaryQuery query, CancellationToken cancellationToken);

    /// <summary>The documents of accounts, by account, then by organisation id; none for who has none.</summary>
    Task<IReadOnlyList<FoundReport>> FindAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Accounts of a page's rows that were computed before <paramref name="before"/> (<c>last_updated</c>), in the
    /// page's order, each once, at most <paramref name="max"/>.
    /// </summary>
    Task<IReadOnlyList<long>> StaleAccountsAsync(
        ReportQuery query,
        PageRequest page,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    );

    /// <summary>The same of what <see cref="FindAccountAsync"/> finds; empty if there is no such account.</summary>
    Task<IReadOnlyList<long>> StaleAccountsAsync(
        string userUid,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Account ids chosen at random, each account as likely as any other, however many rows it has; all of them, in no
    /// order, if there are no more.
    /// </summary>
    Task<IReadOnlyList<long>> SampleAccountsAsync(int accounts, CancellationToken cancellationToken);
}

/// <summary>One row's document, with whose row it is.</summary>
/// <param name="AccountId">The platform's number of the account.</param>
/// <param name="Document">The rendered row (a UTF-8 JSON object).</param>
public readonly record struct FoundReport(long AccountId, ReadOnlyMemory<byte> Document);

/// <summary>A state of the store that can be read.</summary>
/// <param name="Version">Changes whenever any row changes; fit for an ETag.</param>
/// <param name="CompletedAt">When the last completed run ended: the age of the data counts from here.</param>
/// <param name="Rows">Report rows.</param>
/// <param name="Changed">Those of them that changed since that run ended.</param>
/// <param name="Unconfirmed">How long ago this was last known to be the present state, while that cannot be asked; null
/// if it was just now.</param>
public sealed record SnapshotInfo(
    string Version,
    DateTimeOffset CompletedAt,
    long Rows,
    long Changed = 0,
    TimeSpan? Unconfirmed = null
);

/// <summary>Which part of a query's rows is wanted.</summary>
/// <param name="Limit">At least 1.</param>
/// <param name="Offset">Rows to skip; 0 with a key.</param>
/// <param name="Key">Where to go on from, or null for the beginning.</param>
/// <param name="Count">Whether the exact number of rows is wanted.</param>
public sealed record PageRequest(int Limit, long Offset = 0, PageKey? Key = null, bool Count = true);

/// <summary>A place between two rows, for keyset pagination.</summary>
/// <param name="Values">One per ordering term of the query: text, bool, long, double, DateTimeOffset or null.</param>
/// <param name="UserId">With <paramref name="OrganizationId"/>, the row that the place lies behind (or before).</param>
/// <param name="OrganizationId">Null for a row without an organisation.</param>
/// <param name="Backward">True to read the rows before the place (the page still comes in the query's order).</param>
public sealed record PageKey(IReadOnlyList<object?> Values, long UserId, string? OrganizationId, bool Backward = false);

/// <summary>One page.</summary>
/// <param name="Count">Rows of the whole query, or null if not asked for.</param>
/// <param name="Documents">Rendered rows (UTF-8 JSON objects), in order.</param>
/// <param name="Next">Where the following page begins, or null if there is none.</param>
/// <param name="Previous">Where the preceding page ends, or null if there is none.</param>
/// <param name="Snapshot">The state that was read.</param>
public sealed record ReportPage(
    long? Count,
    IReadOnlyList<ReadOnlyMemory<byte>> Documents,
    PageKey? Next,
    PageKey? Previous,
    SnapshotInfo Snapshot
);

/// <summary>All rows of a query from one snapshot; dispose it to let go of the snapshot.</summary>
/// <param name="Count">How many rows will come.</param>
/// <param name="Chunks">
/// The documents, in order; to be enumerated once. Whoever disposes of a chunk after use lets its memory be used again.
/// </param>
public sealed record ReportExport(
    long Count,
    SnapshotInfo Snapshot,
    IAsyncEnumerable<DocumentBatch> Chunks,
    Func<ValueTask> Release
) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Release();
}

/// <summary>The answer to a summary.</summary>
/// <param name="Total">The figures over all rows of the filter; its groups are empty.</param>
/// <param name="Groups">
/// Groups of time and of ranges in their own order, others the largest first; if there were too many, the last row
/// stands for all others. Empty if nothing is grouped by.
/// </param>
/// <param name="Snapshot">The state that was read.</param>
public sealed record ReportSummary(SummaryRow Total, IReadOnlyList<SummaryRow> Groups, SnapshotInfo Snapshot);

/// <summary>The figures of one group.</summary>
/// <param name="IsOthers">True for the row that stands for all groups beyond the top; its groups are null.</param>
/// <param name="Groups">One per group of the query: text, bool, long, DateTimeOffset or null.</param>
/// <param name="Values">One per measure of the query: long (a sum or a count), Int128 (a sum that 64 bits cannot hold),
/// double (a mean), or null where there is no value.</param>
public sealed record SummaryRow(bool IsOthers, IReadOnlyList<object?> Groups, IReadOnlyList<object?> Values);
