using UserReports.Core.Query;

namespace UserReports.Store.History;

/// <summary>What became of a row between two moments, as far as a query goes.</summary>
[Flags]
public enum RowChange
{
    /// <summary>Nothing that was asked for.</summary>
    None = 0,

    /// <summary>It meets the query at the later moment, and did not at the earlier one.</summary>
    Entered = 1,

    /// <summary>It met the query at the earlier moment, and does not at the later one.</summary>
    Left = 2,

    /// <summary>It meets the query at both, and differs in one of the compared fields.</summary>
    Changed = 4,

    /// <summary>Any of them.</summary>
    All = Entered | Left | Changed,
}

/// <summary>The rows of a query at two moments, held against each other.</summary>
/// <param name="Query">
/// Which rows. They are ordered by what they are at the later moment if they meet it there, else by what they were at
/// the earlier one.
/// </param>
/// <param name="Fields">By what a row that meets the query at both moments is <see cref="RowChange.Changed"/>.</param>
/// <param name="From">The earlier moment: the last whole snapshot before it counts; null for the rows of the run before
/// the present one, as they last were.</param>
/// <param name="To">The later one, the same way; null for the present, which alone comes after the run before it.</param>
/// <param name="Shown">Which rows are wanted; all are counted.</param>
public sealed record ComparisonQuery(
    ReportQuery Query,
    IReadOnlyList<ComparedField> Fields,
    DateTimeOffset? From,
    DateTimeOffset? To,
    RowChange Shown = RowChange.All
);

/// <summary>How many rows entered, left, changed and stayed as they were.</summary>
public sealed record ComparisonCounts(long Entered, long Left, long Changed, long Stayed);

/// <summary>A row that differs.</summary>
/// <param name="Was">The row's document at the earlier moment; null if there was no such row.</param>
/// <param name="Is">The row's document at the later one; null if there is no such row.</param>
public sealed record ComparedRow(RowChange Change, ReadOnlyMemory<byte>? Was, ReadOnlyMemory<byte>? Is);

/// <summary>One page of a comparison.</summary>
/// <param name="From">The earlier state that was read.</param>
/// <param name="To">The later one.</param>
/// <param name="Next">Where the following page begins, or null if there is none.</param>
public sealed record ComparisonPage(
    ComparisonCounts Counts,
    SnapshotInfo From,
    SnapshotInfo To,
    IReadOnlyList<ComparedRow> Rows,
    PageKey? Next
);

/// <summary>All rows of a comparison; dispose it to let go of what is read.</summary>
/// <param name="Count">How many rows will come.</param>
/// <param name="Chunks">The rows, in order; to be enumerated once.</param>
public sealed record ComparisonExport(
    long Count,
    ComparisonCounts Counts,
    SnapshotInfo From,
    SnapshotInfo To,
    IAsyncEnumerable<IReadOnlyList<ComparedRow>> Chunks,
    Func<ValueTask> Release
) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Release();
}
