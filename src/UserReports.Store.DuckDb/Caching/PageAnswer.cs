namespace UserReports.Store.DuckDb.Caching;

/// <summary>A page with its count and the state that both are of.</summary>
/// <param name="Count">Rows of the whole query; null if nobody wanted to know.</param>
internal sealed record PageAnswer(FoundPage Page, long? Count, SnapshotInfo Snapshot);
