using System.Globalization;
using DuckDB.NET.Data;
using UserReports.Store.Documents;
using UserReports.Store.Runs;
using UserReports.Store.Sql;

namespace UserReports.Store.Generations;

/// <summary>
/// All rows of one full pass: a database of columns and a file of documents, both with fresh names. A pass builds a
/// generation beside the one that is read; when it is complete, readers switch, and the old one goes when its last
/// reader has left.
/// </summary>
internal sealed class Generation : IDisposable, ISpare
{
    /// <summary>What statements know the file by, in every connection.</summary>
    private const string Alias = "store";

    private const int RowGroupRows = 30_720;

    /// <summary>
    /// A quarter of the usual. The database fills a block for each column's nulls, whatever their number: with larger
    /// ones it clears a gigabyte more in a pass of a million rows.
    /// </summary>
    private const int BlockBytes = 64 * 1024;

    private static readonly TimeSpan WaitingInterval = TimeSpan.FromMilliseconds(50);

    private DuckDBConnection root;
    private readonly string connectionString;
    private readonly object gate = new();
    private readonly ListConditions lists = new();
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whoever keeps the files, for a short or a long time.</summary>
    private int keepers;

    /// <summary>Connections, by whomever: none of them may find the database opened anew under it.</summary>
    private int uses;
    private bool retired;
    private bool kept;
    private bool closed;
    private bool suspect;
    private StoreSettings? serving;

    private Generation(
        int number,
        string databasePath,
        string documentsPath,
        string connectionString,
        DuckDBConnection root
    )
    {
        Number = number;
        DatabasePath = databasePath;
        DocumentsPath = documentsPath;
        this.connectionString = connectionString;
        this.root = root;
    }

    public int Number { get; }

    public string DatabasePath { get; }

    public string DocumentsPath { get; }

    public DocumentFile Documents { get; private set; } = null!;

    /// <summary>Bytes of documents that committed rows refer to.</summary>
    public long DocumentBytes { get; private set; }

    /// <summary>Grows with every change of a row.</summary>
    public long Version { get; private set; }

    /// <summary>Rows that are committed.</summary>
    public long Rows { get; private set; }

    /// <summary>When the run that wrote the generation ended, or null while it is being built.</summary>
    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>The present state; what a transaction sees is told by <see cref="SnapshotSeenBy"/>.</summary>
    public SnapshotInfo Snapshot => Describe(Version, Rows);

    /// <summary>Opens a generation, or makes it if there is no such file.</summary>
    /// <exception cref="StoreDamagedException">The files cannot be read, or have another layout.</exception>
    public static Generation Open(
        int number,
        string databasePath,
        string documentsPath,
        StoreSettings settings,
        bool building
    )
    {
        var exists = File.Exists(databasePath);
        var connectionString =
            "Data Source=:memory:"
            + $";memory_limit={(building ? settings.BuildMemoryLimit : settings.MemoryLimit)}"
            // Whoever builds has workers of its own to keep the processors busy; the database's would only wait for
            // each other, which costs a tenth of a pass.
            + $";threads={(building ? 1 : settings.Threads).ToString(CultureInfo.InvariantCulture)}"
            + $";temp_directory={databasePath}.tmp"
            // Every commit ends in a row group that is not full. Left to itself the database merges those with their
            // neighbours, time and again: it would write each row three times.
            + ";max_vacuum_tasks=0"
            // A full row group goes to the file at once, and not only when there are five.
            + ";write_buffer_row_group_count=1";
        var generation = new Generation(
            number,
            databasePath,
            documentsPath,
            connectionString,
            new DuckDBConnection(connectionString)
        );
        try
        {
            generation.OpenRoot();
            if (!exists)
                generation.CreateTables();
            generation.ReadMeta();
            generation.Documents = DocumentFile.Open(documentsPath, generation.DocumentBytes);
            return generation;
        }
        catch (Exception e)
        {
            generation.Dispose();
            if (StoreFault.Of(e) is { } fault)
                throw fault.Kind is FaultKind.Environment or FaultKind.Memory
                    ? new StoreException($"The store {databasePath} cannot be opened: {fault.Text}", e)
                    : new StoreDamagedException($"{databasePath} cannot be read: {fault.Text}", e);
            if (e is InvalidOperationException)
                throw new StoreDamagedException($"{databasePath} cannot be read: {FirstLine(e.Message)}", e);
            throw;
        }
    }

    /// <summary>
    /// A connection of its own for one piece of work. A database that is distrusted is opened anew first, when the
    /// last piece of work on it has ended; nobody holds a connection while asking for a second one, or that would be
    /// never.
    /// </summary>
    /// <exception cref="StoreException">The database is to be opened anew, and cannot be as yet.</exception>
    /// <exception cref="StoreDamagedException">It cannot be opened anew.</exception>
    /// <exception cref="ObjectDisposedException">The generation is closed.</exception>
    public GenerationUse Connect(CancellationToken cancellationToken = default)
    {
        DuckDBConnection from;
        lock (gate)
        {
            while (suspect && uses > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(gate, WaitingInterval);
            }

            ObjectDisposedException.ThrowIf(closed, this);
            if (suspect)
                Reopen();
            uses++;
            from = root;
        }

        DuckDBConnection? connection = null;
        try
        {
            connection = from.Duplicate();
            connection.Open();
            // Without these thresholds a page of a hundred rows reads far more of the table than the rows' own blocks.
            connection.Execute(
                $"use {Alias}; set late_materialization_max_rows = 1000; set dynamic_or_filter_threshold = 1000; "
                    + "set TimeZone = 'UTC'"
            );
            return new(connection, lists, EndUse);
        }
        catch
        {
            connection?.Dispose();
            EndUse();
            throw;
        }
    }

    /// <summary>
    /// Keeps the files; false if they are being removed, and the caller is to take the present generation.
    /// </summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            if (retired)
                return false;
            keepers++;
            return true;
        }
    }

    /// <summary>Ends what <see cref="TryEnter"/> began.</summary>
    public void Leave()
    {
        lock (gate)
            keepers--;
        RemoveIfUnused();
    }

    /// <summary>
    /// Distrusts the open database, after a write that failed: the database may refuse everything from now on, and
    /// whether the write was committed is known only to its log. It is opened anew, which reads the log, before its
    /// next use.
    /// </summary>
    public void Suspect()
    {
        lock (gate)
            suspect = true;
    }

    /// <summary>
    /// Closes the generation as soon as nobody uses it, and removes its files unless they are to be kept.
    /// </summary>
    /// <returns>Ends when it is closed.</returns>
    public Task Retire(bool keepFiles = false)
    {
        lock (gate)
        {
            if (!retired)
                (retired, kept) = (true, keepFiles);
        }

        RemoveIfUnused();
        return gone.Task;
    }

    /// <inheritdoc/>
    public void Discard()
    {
        lock (gate)
            kept = false;
        RemoveIfUnused();
    }

    /// <summary>Takes over what a transaction that has just committed wrote.</summary>
    public void Committed(long documentBytes, long version, long rows)
    {
        DocumentBytes = documentBytes;
        Version = version;
        Rows = rows;
    }

    /// <summary>
    /// The state that a transaction sees. As the transaction's first statement it also fixes that state: until
    /// something is read, a transaction of the database has none.
    /// </summary>
    public SnapshotInfo SnapshotSeenBy(DuckDBConnection connection) =>
        connection.Rows("select version, rows from generation", row => Describe(row.GetInt64(0), row.GetInt64(1)))[0];

    /// <summary>
    /// Writes all of the write-ahead log into the database file, and gives the database the memory of one that is read,
    /// and its columns a first touch: without it the first query of each column is many times slower.
    /// </summary>
    public void PrepareToBeRead(StoreSettings settings)
    {
        using (var use = Connect())
            use.Database.Execute("checkpoint");
        if (!settings.HasReaders)
            return;
        ServeReaders(settings);
        WarmUp();
    }

    /// <summary>Writes the little that came after <see cref="PrepareToBeRead"/> into the database file.</summary>
    public void Settle()
    {
        try
        {
            using var use = Connect();
            use.Database.Execute("checkpoint");
        }
        catch (DuckDBException)
        {
            // It stands in the log, which the next opening reads.
            Suspect();
        }
    }

    /// <summary>Gives the database the memory and the threads of one that is read.</summary>
    public void ServeReaders(StoreSettings settings)
    {
        using var use = Connect();
        Serve(use.Database, settings);
        serving = settings;
    }

    /// <summary>Reads every column once.</summary>
    public void WarmUp()
    {
        using var use = Connect();
        foreach (var column in ReportColumns.All)
            use.Database.Execute($"select count({ReportColumns.Quote(column.Name)}) from reports");
    }

    /// <summary>Closes it whoever uses it.</summary>
    public void Dispose()
    {
        closed = true;
        Documents?.Dispose();
        root.Dispose();
        gone.TrySetResult();
    }

    private static void Serve(DuckDBConnection connection, StoreSettings settings)
    {
        connection.Execute($"set memory_limit = '{settings.MemoryLimit}'");
        connection.Execute($"set threads = {settings.Threads.ToString(CultureInfo.InvariantCulture)}");
    }

    private void EndUse()
    {
        lock (gate)
        {
            uses--;
            Monitor.PulseAll(gate);
        }

        RemoveIfUnused();
    }

    private SnapshotInfo Describe(long version, long rows) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"{Number}-{version}"),
            CompletedAt ?? DateTimeOffset.MinValue,
            rows
        );

    /// <summary>
    /// The file is attached to a database of no file of its own: only so can it have row groups of another size. Theirs
    /// is small, so that what a commit has not yet written fits in the memory of a database that is being built.
    /// </summary>
    private void OpenRoot()
    {
        // An existing file has the size that it was made with.
        var blockSize = File.Exists(DatabasePath)
            ? ""
            : $", block_size {BlockBytes.ToString(CultureInfo.InvariantCulture)}";
        root.Open();
        root.Execute(
            $"attach '{DatabasePath.Replace("'", "''", StringComparison.Ordinal)}' as {Alias} "
                + $"(row_group_size {RowGroupRows.ToString(CultureInfo.InvariantCulture)}{blockSize}); use {Alias}"
        );
        StoreFunctions.Register(root, lists);
    }

    private static string FirstLine(string text) => text.Split('\n')[0];

    private void Reopen()
    {
        root.Dispose();
        root = new DuckDBConnection(connectionString);
        try
        {
            OpenRoot();
            if (serving is not null)
                Serve(root, serving);
            ReadMeta();
            Documents.Rollback(DocumentBytes);
            suspect = false;
        }
        catch (Exception e) when (StoreFault.Of(e) is { } fault)
        {
            throw fault.Kind is FaultKind.Environment or FaultKind.Memory
                ? new StoreException(
                    $"The store {DatabasePath} cannot be opened anew after a failed write: {fault.Text}",
                    e
                )
                : new StoreDamagedException(
                    $"{DatabasePath} cannot be opened anew: {fault.Text} The next completed refresh writes all reports anew.",
                    e
                );
        }
    }

    private void RemoveIfUnused()
    {
        lock (gate)
        {
            if (!retired || keepers > 0 || uses > 0)
                return;
            // Whoever leaves last and whoever discards may both come here.
            if (!closed)
                Dispose();
            if (kept)
                return;
        }

        StoreFolder.Delete(DatabasePath, DocumentsPath);
    }

    private void CreateTables()
    {
        using var command = root.CreateCommand();
        command.CommandText = $"""
            begin;
            {ReportColumns.CreateTable};
            create table generation (layout_version INTEGER, document_bytes BIGINT, version BIGINT, rows BIGINT);
            insert into generation values ({ReportColumns.LayoutVersion.ToString(
                CultureInfo.InvariantCulture
            )}, 0, 0, 0);
            {RunTables.Create}
            commit;
            """;
        command.ExecuteNonQuery();
    }

    private void ReadMeta()
    {
        using var command = root.CreateCommand();
        command.CommandText = "select layout_version, document_bytes, version, rows from generation";
        using var reader = command.ExecuteReader();
        if (!reader.Read() || reader.GetInt32(0) != ReportColumns.LayoutVersion)
            throw new StoreDamagedException($"{DatabasePath} has an older layout; the next refresh writes it anew.");
        Committed(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }
}
