using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.History;
using UserReports.Store.DuckDb.History.Parquet;

namespace UserReports.Store.DuckDb.Tests.History;

/// <summary>Snapshots as a version with another catalogue would have written them.</summary>
internal static class ChangedSnapshot
{
    /// <summary>The kind of <c>is_staff</c>, if it were a number.</summary>
    public const string StaffIsInteger = "* replace (is_staff::bigint as is_staff)";

    /// <summary>Writes the only snapshot of a store that is closed anew, with other columns.</summary>
    /// <param name="selection">What is selected from the file's rows.</param>
    /// <param name="fieldsOf">The fields that it is to know, of those that it knows.</param>
    /// <param name="keysOf">The known keys of free-form JSON; as they are if it is null.</param>
    public static void Rewrite(
        StoreSettings settings,
        DateTimeOffset takenAt,
        string selection,
        Func<IEnumerable<KeyValuePair<string, string>>, IEnumerable<KeyValuePair<string, string>>> fieldsOf,
        Func<IReadOnlyList<string>, IReadOnlyList<string>>? keysOf = null,
        int format = SnapshotNotes.FormatVersion
    )
    {
        var folder = HistoryFolder.Of(settings.Path);
        var file = Directory.GetFiles(folder.Path, "*.parquet").Single();
        var rows = Path.Combine(Path.GetDirectoryName(folder.Path)!, "rows.parquet");
        var written = Path.Combine(Path.GetDirectoryName(folder.Path)!, "written.parquet");
        using (var database = new SnapshotDatabase(folder.Path, settings))
        using (var snapshot = SnapshotFile.Open(default, 1, file, database))
        {
            using (var connection = snapshot.Connect())
                connection.Execute(ParquetCopy.Of($"select {selection} from read_parquet('{file}')", rows));
            using var output = new SnapshotOutput(written);
            output.AddGroup(rows);
            var count = (int)snapshot.Snapshot.Rows;
            foreach (var document in snapshot.Read([.. Enumerable.Range(0, count).Select(row => (long)row)]))
                output.AddDocument(document.Span);
            output.EndDocuments();
            output.Finish(
                takenAt,
                fieldsOf(SnapshotColumns.Fields).ToDictionary(),
                SnapshotColumns.KnownKeys.ToDictionary(
                    field => field.Key,
                    field => keysOf is null ? field.Value : keysOf(field.Value)
                ),
                format
            );
        }

        File.Move(written, file, overwrite: true);
        File.Delete(rows);
    }

    /// <summary>Fields of which <c>is_staff</c> is a number.</summary>
    public static IEnumerable<KeyValuePair<string, string>> WithIntegerStaff(
        IEnumerable<KeyValuePair<string, string>> fields
    ) => fields.Select(field => field.Key == "is_staff" ? KeyValuePair.Create(field.Key, "integer") : field);
}
