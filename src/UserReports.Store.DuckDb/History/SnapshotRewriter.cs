using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.History.Parquet;

namespace UserReports.Store.DuckDb.History;

/// <summary>Writes a snapshot's file anew without some accounts.</summary>
/// <remarks>Row groups that hold none of them are copied as they are, which costs next to nothing.</remarks>
internal static class SnapshotRewriter
{
    /// <summary>The rows of accounts that are not among those present.</summary>
    /// <param name="present">Sorted.</param>
    public static List<(long Row, long Account)> Gone(DuckDBConnection database, long[] present) =>
        [
            .. database
                .Rows(
                    "select document, user_id from reports order by document",
                    row => (row.GetInt64(0), row.GetInt64(1))
                )
                .Where(row => Array.BinarySearch(present, row.Item2) < 0),
        ];

    /// <summary>Writes the file.</summary>
    /// <param name="gone">The rows to leave out, in their order; not none.</param>
    public static void Write(
        SnapshotFile file,
        DuckDBConnection database,
        List<(long Row, long Account)> gone,
        string path,
        string rowsPath,
        CancellationToken cancellationToken
    )
    {
        // It is moved as it is copied, so it is not the one that the file is read by.
        using var source = File.OpenHandle(file.Path, share: FileShare.Read | FileShare.Delete);
        var footer = ParquetFooter.Read(source, out _);
        using var output = new SnapshotOutput(path);
        var first = 0L;
        for (var i = 0; i < file.Notes.Groups.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = file.Notes.Groups[i].Rows;
            var end = first + rows;
            HashSet<long> without = [.. gone.Where(row => row.Row >= first && row.Row < end).Select(row => row.Row)];
            // One group stays to say which columns there are, be it empty.
            if (without.Count == 0)
                file.CopyGroup(i, first, footer, output);
            else if (without.Count < rows || file.Notes.Groups.Count == 1)
                WriteGroup(file, database, first, end, without, rowsPath, output);
            first = end;
        }

        if (file.Notes.Rows == gone.Count && file.Notes.Groups.Count > 1)
            WriteGroup(
                file,
                database,
                0,
                file.Notes.Groups[0].Rows,
                [.. gone.Select(row => row.Row)],
                rowsPath,
                output
            );
        output.Finish(file.Notes.TakenAt, file.Notes.Fields, file.Notes.KnownKeys);
    }

    private static void WriteGroup(
        SnapshotFile file,
        DuckDBConnection database,
        long first,
        long end,
        HashSet<long> without,
        string rowsPath,
        SnapshotOutput output
    )
    {
        var source = file.Path.Replace("'", "''", StringComparison.Ordinal);
        database.Execute(
            ParquetCopy.Of(
                $"select * exclude (file_row_number) from read_parquet('{source}', file_row_number = true) "
                    + $"where file_row_number >= {first} and file_row_number < {end} "
                    + $"and file_row_number not in ({DuckDbCommands.List(without)}) order by file_row_number",
                rowsPath
            )
        );
        output.AddGroup(rowsPath);
        File.Delete(rowsPath);
        long[] left = [.. Range(first, end).Where(row => !without.Contains(row))];
        foreach (var some in left.Chunk(SnapshotOutput.BlockRows))
        {
            using var documents = file.ReadBatch(some);
            foreach (var document in documents)
                output.AddDocument(document.Span);
        }

        output.EndDocuments();
    }

    private static IEnumerable<long> Range(long first, long end)
    {
        for (var row = first; row < end; row++)
            yield return row;
    }
}
