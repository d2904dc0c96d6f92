namespace UserReports.Store.DuckDb.Generations;

/// <summary>What a generation says of itself; it changes with every transaction that changes a row.</summary>
/// <param name="DocumentBytes">Bytes of documents that committed rows refer to.</param>
/// <param name="Version">Grows with every change of a row.</param>
/// <param name="Rows">Rows that are committed.</param>
/// <param name="Changed">Those of them that changed since the run completed.</param>
/// <param name="Replaced">Rows of the run that are no more.</param>
internal sealed record GenerationFigures(
    long DocumentBytes,
    long Version,
    long Rows,
    long Changed = 0,
    long Replaced = 0
)
{
    /// <summary>Whether the rows are no longer those that the run wrote.</summary>
    public bool HasChanges => Changed + Replaced > 0;
}
