using UserReports.Core.Forecasting;

namespace UserReports.Store.DuckDb.Trends;

/// <summary>What rows stored on past days.</summary>
internal interface IStorageHistory
{
    /// <summary>The day of the latest snapshot; null for none.</summary>
    DateOnly? Latest { get; }

    /// <summary>When its file was written, UTC: anew where accounts were erased from it; null for none.</summary>
    DateTime? LatestWrittenAt { get; }

    /// <summary>
    /// Every row of the snapshot of a day, by account, with what it stored on that day and on those up to so many days
    /// before of which there are snapshots; some ten thousand rows are in memory at a time.
    /// </summary>
    IEnumerable<StorageSeries> Read(DateOnly day, int daysBefore, CancellationToken cancellationToken);
}

/// <summary>What one row stored.</summary>
/// <param name="OrganizationId">Null for an account without an organisation.</param>
/// <param name="Stored">Ascending by day; good until the next row is asked for.</param>
internal readonly record struct StorageSeries(long UserId, string? OrganizationId, ReadOnlyMemory<StoredBytes> Stored);
