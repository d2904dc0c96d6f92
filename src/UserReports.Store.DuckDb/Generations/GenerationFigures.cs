namespace UserReports.Store.DuckDb.Generations;

/// <summary>What a generation says of itself; it changes with every transaction that changes a row.</summary>
/// <param name="DocumentBytes">Bytes of documents that committed rows refer to.</param>
/// <param name="Version">Grows with every change of a row.</param>
/// <param name="Rows">Rows that are committed.</param>
internal sealed record GenerationFigures(long DocumentBytes, long Version, long Rows);
