using System.Globalization;
using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Lists;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>The open database of a generation: its file, attached to a database of no file of its own.</summary>
internal sealed class GenerationDatabase : IDisposable
{
    /// <summary>What statements know the file by, in every connection.</summary>
    private const string Alias = "store";

    private const int RowGroupRows = 30_720;

    /// <summary>
    /// A quarter of the usual. The database fills a block for each column's nulls, whatever their number: with larger
    /// ones it clears a gigabyte more in a run of a million rows.
    /// </summary>
    private const int BlockBytes = 64 * 1024;

    private readonly DuckDBConnection root;

    private GenerationDatabase(DuckDBConnection root) => this.root = root;

    /// <summary>What the function <c>list_matches</c> finds its conditions in.</summary>
    public ListConditions Lists { get; } = new();

    /// <summary>Opens the file, or makes it with its tables if there is none.</summary>
    /// <param name="building">Whether it is to be filled, and not only to be read.</param>
    /// <exception cref="DuckDBException">It cannot be opened, or is no database.</exception>
    public static GenerationDatabase Open(string path, StoreSettings settings, bool building)
    {
        var connectionString =
            "Data Source=:memory:"
            + $";memory_limit={(building ? settings.BuildMemoryLimit : settings.MemoryLimit)}"
            // Whoever builds has workers of its own to keep the processors busy; the database's would only wait for
            // each other, which costs a tenth of a run.
            + $";threads={(building ? 1 : settings.Threads).ToString(CultureInfo.InvariantCulture)}"
            + $";temp_directory={path}.tmp"
            // Every commit ends in a row group that is not full. Left to itself the database merges those with their
            // neighbours, time and again: it would write each row three times.
            + ";max_vacuum_tasks=0"
            // A full row group goes to the file at once, and not only when there are five.
            + ";write_buffer_row_group_count=1";
        var database = new GenerationDatabase(new(connectionString));
        try
        {
            database.Attach(path);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>A connection of its own, which knows the tables by their names.</summary>
    public DuckDBConnection Connect()
    {
        var connection = root.Duplicate();
        try
        {
            connection.Open();
            // Without these thresholds a page of a hundred rows reads far more of the table than the rows' own blocks.
            connection.Execute(
                $"use {Alias}; set late_materialization_max_rows = 1000; set dynamic_or_filter_threshold = 1000; "
                    + "set TimeZone = 'UTC'"
            );
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The figures; null if the file is of another layout.</summary>
    public GenerationFigures? ReadFigures() =>
        root.Scalar<int>("select layout_version from generation") == ReportColumns.LayoutVersion
            ? ReadFigures(root)
            : null;

    /// <summary>The figures that a transaction sees.</summary>
    public static GenerationFigures ReadFigures(DuckDBConnection connection) =>
        connection.Rows(
            "select document_bytes, version, rows, changed, replaced from generation",
            row => new GenerationFigures(
                row.GetInt64(0),
                row.GetInt64(1),
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(4)
            )
        )[0];

    /// <summary>Writes the figures, all but the layout.</summary>
    public static void WriteFigures(DuckDBConnection connection, GenerationFigures figures) =>
        connection.Execute(
            "update generation set document_bytes = $1, version = $2, rows = $3, changed = $4, replaced = $5",
            figures.DocumentBytes,
            figures.Version,
            figures.Rows,
            figures.Changed,
            figures.Replaced
        );

    /// <summary>Gives the database the memory and the threads of one that is read.</summary>
    public void ServeReaders(StoreSettings settings)
    {
        root.Execute($"set memory_limit = '{settings.MemoryLimit}'");
        root.Execute($"set threads = {settings.Threads.ToString(CultureInfo.InvariantCulture)}");
    }

    public void Dispose() => root.Dispose();

    /// <summary>
    /// Only a file that is attached can have row groups of another size. Theirs is small, so that what a commit has not
    /// yet written fits in the memory of a database that is being built.
    /// </summary>
    private void Attach(string path)
    {
        var exists = File.Exists(path);
        // An existing file has the size that it was made with.
        var blockSize = exists ? "" : $", block_size {BlockBytes.ToString(CultureInfo.InvariantCulture)}";
        root.Open();
        root.Execute(
            $"attach '{path.Replace("'", "''", StringComparison.Ordinal)}' as {Alias} "
                + $"(row_group_size {RowGroupRows.ToString(CultureInfo.InvariantCulture)}{blockSize}); use {Alias}"
        );
        StoreFunctions.Register(root, Lists);
        if (!exists)
            CreateTables();
    }

    private void CreateTables() =>
        root.Execute(
            $"""
            begin;
            {ReportColumns.CreateTable("reports")};
            {ChangeTables.Create}
            create table generation (
                layout_version INTEGER, document_bytes BIGINT, version BIGINT, rows BIGINT, changed BIGINT, replaced BIGINT);
            insert into generation values ({ReportColumns.LayoutVersion.ToString(
                CultureInfo.InvariantCulture
            )}, 0, 0, 0, 0, 0);
            {RunTables.Create}
            commit;
            """
        );
}
