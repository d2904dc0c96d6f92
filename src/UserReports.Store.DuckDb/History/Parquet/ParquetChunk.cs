namespace UserReports.Store.DuckDb.History.Parquet;

/// <summary>One column's piece of a row group.</summary>
/// <param name="Rows">Of the group.</param>
/// <param name="At">Where its pages begin.</param>
/// <param name="Codec">The format's number of how they are packed.</param>
/// <param name="Least">The least value, a whole number; null if the file does not say.</param>
/// <param name="Most">The largest, likewise.</param>
internal sealed record ParquetChunk(int Rows, long At, int Bytes, long Codec, bool IsNullable, long? Least, long? Most);
