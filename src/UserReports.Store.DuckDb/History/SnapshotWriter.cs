using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.History.Parquet;

namespace UserReports.Store.DuckDb.History;

/// <summary>Writes the rows of a generation as a snapshot's file.</summary>
/// <remarks>
/// A sort of all rows with all their columns would need all memory; so accounts are taken some ten thousand at a time,
/// in the order of their numbers, each lot as a Parquet file of its own whose row group the snapshot takes over. Each
/// lot is read in one transaction, and no lot waits for readers or keeps them waiting.
/// </remarks>
internal static class SnapshotWriter
{
    /// <summary>Rows of a row group: what is sorted at once, and what is read at once to be written anew.</summary>
    public const int GroupRows = 40_960;

    /// <summary>Writes the file.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="rowsPath">Where lots of rows may be put meanwhile.</param>
    public static void Write(Generation generation, string path, string rowsPath, CancellationToken cancellationToken)
    {
        using var output = new SnapshotOutput(path);
        foreach (var (first, last) in Lots(generation))
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteLot(generation, first, last, rowsPath, output, cancellationToken);
        }

        output.Finish(generation.CompletedAt!.Value, SnapshotColumns.Fields, SnapshotColumns.KnownKeys);
    }

    /// <summary>
    /// Accounts' numbers in lots, first and last included, which hold all numbers there can be; one lot if there are no
    /// rows.
    /// </summary>
    /// <param name="ids">Of each row, ascending.</param>
    public static List<(long First, long Last)> LotsOf(IReadOnlyList<long> ids)
    {
        List<(long First, long Last)> lots = [];
        var first = long.MinValue;
        for (var end = GroupRows; end < ids.Count; end += GroupRows)
        {
            // The rows of an account are not taken apart.
            var last = ids[end - 1];
            if (last < first)
                continue;
            lots.Add((first, last));
            first = last + 1;
        }

        lots.Add((first, long.MaxValue));
        return lots;
    }

    private static List<(long First, long Last)> Lots(Generation generation)
    {
        using var use = generation.Connect();
        return LotsOf(use.Database.Rows("select user_id from live_reports order by user_id", row => row.GetInt64(0)));
    }

    private static void WriteLot(
        Generation generation,
        long first,
        long last,
        string rowsPath,
        SnapshotOutput output,
        CancellationToken cancellationToken
    )
    {
        using var use = generation.Connect(cancellationToken);
        use.Database.Execute("begin transaction");
        var table = GenerationDatabase.ReadFigures(use.Database).HasChanges ? "live_reports" : "reports";
        var rows = $"from {table} where user_id between {first} and {last} order by user_id, organization_id";
        use.Database.Execute(ParquetCopy.Of($"select {SnapshotColumns.Selection} from (select * {rows})", rowsPath));
        output.AddGroup(rowsPath);
        File.Delete(rowsPath);
        var addresses = use.Database.Rows($"select document {rows}", row => row.GetInt64(0));
        foreach (var some in addresses.Chunk(SnapshotOutput.BlockRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var documents = generation.Documents.ReadBatch(some);
            foreach (var document in documents)
                output.AddDocument(document.Span);
        }

        output.EndDocuments();
    }
}

/// <summary>The statement that writes rows as one row group of Parquet.</summary>
internal static class ParquetCopy
{
    public static string Of(string select, string path) =>
        $"copy ({select}) to '{path.Replace("'", "''", StringComparison.Ordinal)}' (format parquet, compression zstd, parquet_version 'V2', row_group_size 10000000)";
}
