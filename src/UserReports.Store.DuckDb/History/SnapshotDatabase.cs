using System.Globalization;
using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.History.Parquet;
using UserReports.Store.DuckDb.Lists;
using UserReports.Store.History;

namespace UserReports.Store.DuckDb.History;

/// <summary>
/// A database without a file of its own that asks a snapshot's columns as if they were the table <c>reports</c>: so one
/// statement writer serves the present and every day. The address of a row is its number in the file.
/// </summary>
internal sealed class SnapshotDatabase : IDisposable
{
    private readonly DuckDBConnection root;

    public SnapshotDatabase(string path, SnapshotNotes notes, StoreSettings settings)
    {
        root = new(
            "Data Source=:memory:"
                + $";memory_limit={settings.MemoryLimit}"
                + $";threads={settings.Threads.ToString(CultureInfo.InvariantCulture)}"
                + $";temp_directory={path}.tmp"
        );
        try
        {
            root.Open();
            // Each statement would read the footer anew.
            root.Execute("load parquet; set parquet_metadata_cache = true");
            StoreFunctions.Register(root, Lists, listsAreText: true);
            var rows = $"read_parquet('{path.Replace("'", "''", StringComparison.Ordinal)}', file_row_number = true)";
            var columns = root.Rows($"describe select * from {rows}", row => (row.GetString(0), row.GetString(1)))
                .ToDictionary(StringComparer.Ordinal);
            Dictionary<string, (string Was, string Now)> changed = [];
            Selection =
                $"select {SnapshotColumns.View(columns, notes, changed)}, file_row_number as document from {rows}";
            root.Execute($"create view reports as {Selection}");
            Changed = changed;
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>What the function <c>list_matches</c> finds its conditions in.</summary>
    public ListConditions Lists { get; } = new();

    /// <summary>What the view selects, to be asked from another database.</summary>
    public string Selection { get; }

    /// <summary>Fields that have another type by now and cannot be asked for, with what they were and what they are.</summary>
    public IReadOnlyDictionary<string, (string Was, string Now)> Changed { get; }

    /// <summary>Refuses a question after fields whose type has changed.</summary>
    /// <exception cref="ChangedFieldException">It names one.</exception>
    public void Check(IEnumerable<FieldPath> paths)
    {
        foreach (var path in paths)
        {
            for (var field = path.Field; field is not null; field = field.Parent)
            {
                if (Changed.TryGetValue(field.Path, out var change))
                    throw new ChangedFieldException(field.Path, change.Was, change.Now);
            }
        }
    }

    /// <summary>A connection of its own.</summary>
    public DuckDBConnection Connect()
    {
        var connection = root.Duplicate();
        try
        {
            connection.Open();
            connection.Execute("set TimeZone = 'UTC'");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => root.Dispose();
}
