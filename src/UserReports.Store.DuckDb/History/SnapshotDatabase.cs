using System.Globalization;
using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.History.Parquet;
using UserReports.Store.DuckDb.Lists;
using UserReports.Store.History;

namespace UserReports.Store.DuckDb.History;

/// <summary>
/// A database without a file of its own that asks the columns of snapshots as if they were the table <c>reports</c>: so
/// one statement writer serves the present and every day. All days share its memory. The address of a row is its number
/// in the file.
/// </summary>
internal sealed class SnapshotDatabase(string folder, StoreSettings settings) : IDisposable
{
    private readonly Lock gate = new();
    private DuckDBConnection? root;
    private long last;

    /// <summary>What the function <c>list_matches</c> finds its conditions in.</summary>
    public ListConditions Lists { get; } = new();

    /// <summary>Threads that one question may take.</summary>
    public int Threads => settings.Threads;

    /// <summary>Makes a file's columns known under a name of their own.</summary>
    public SnapshotTable Add(string path, SnapshotNotes notes)
    {
        lock (gate)
        {
            root ??= Open();
            var schema = string.Create(CultureInfo.InvariantCulture, $"day_{++last}");
            var rows = $"read_parquet('{path.Replace("'", "''", StringComparison.Ordinal)}', file_row_number = true)";
            var columns = root.Rows($"describe select * from {rows}", row => (row.GetString(0), row.GetString(1)))
                .ToDictionary(StringComparer.Ordinal);
            Dictionary<string, (string Was, string Now)> changed = [];
            var view = SnapshotColumns.View(columns, notes, changed);
            var selection = $"select {view}, file_row_number as document from {rows}";
            root.Execute($"create schema {schema}; create view {schema}.reports as {selection}");
            return new(schema, selection, changed);
        }
    }

    /// <summary>Forgets a file.</summary>
    public void Remove(SnapshotTable table)
    {
        lock (gate)
            root?.Execute($"drop schema {table.Schema} cascade");
    }

    /// <summary>A connection of its own, to which the table <c>reports</c> is a file's.</summary>
    public DuckDBConnection Connect(SnapshotTable table)
    {
        DuckDBConnection connection;
        lock (gate)
            connection = root!.Duplicate();
        try
        {
            connection.Open();
            connection.Execute($"use {table.Schema}; set TimeZone = 'UTC'");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            root?.Dispose();
            root = null;
        }
    }

    private DuckDBConnection Open()
    {
        var opened = new DuckDBConnection(
            "Data Source=:memory:"
                + $";memory_limit={settings.MemoryLimit}"
                + $";threads={settings.Threads.ToString(CultureInfo.InvariantCulture)}"
                + $";temp_directory={Path.Combine(folder, "sorted.tmp")}"
        );
        try
        {
            opened.Open();
            // Each statement would read the footer anew.
            opened.Execute("load parquet; set parquet_metadata_cache = true");
            StoreFunctions.Register(opened, Lists, listsAreText: true);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }
}

/// <summary>A file's columns in the database.</summary>
/// <param name="Schema">Where the view <c>reports</c> is.</param>
/// <param name="Selection">What that selects, to be asked from another database.</param>
/// <param name="Changed">Fields that have another type by now and cannot be asked for, with what they were and what they
/// are.</param>
internal sealed record SnapshotTable(
    string Schema,
    string Selection,
    IReadOnlyDictionary<string, (string Was, string Now)> Changed
)
{
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
}
