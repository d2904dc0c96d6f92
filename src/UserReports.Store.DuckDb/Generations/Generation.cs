using System.Globalization;
using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Documents;
using UserReports.Store.DuckDb.Memory;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>
/// All rows of one full run: a database of columns and a file of documents, both with fresh names. A run builds a
/// generation beside the one that is read; when it is complete, readers switch, and the old one goes when its last
/// reader has left.
/// </summary>
/// <remarks>
/// Two counts keep it: leases keep the files, be it for the whole of an export; uses keep the open database. A database
/// that is distrusted is opened anew when the last use has ended, whoever had it: never under a commit or a query.
/// </remarks>
internal sealed class Generation
{
    private static readonly TimeSpan WaitingInterval = TimeSpan.FromMilliseconds(50);

    private readonly object gate = new();
    private readonly StoreSettings settings;
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool isBuilt;
    private GenerationDatabase database;
    private int leases;
    private int uses;
    private bool retired;
    private bool kept;
    private bool closed;
    private bool suspect;
    private bool serves;
    private GenerationMemory? memory;

    private Generation(int number, StoreFolder folder, StoreSettings settings, bool isBuilt)
    {
        Number = number;
        DatabasePath = folder.DatabasePath(number);
        DocumentsPath = folder.DocumentsPath(number);
        this.settings = settings;
        this.isBuilt = isBuilt;
        database = GenerationDatabase.Open(DatabasePath, settings, isBuilt);
        try
        {
            Figures = ReadFigures();
            Documents = DocumentFile.Open(DocumentsPath, Figures.DocumentBytes);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public int Number { get; }

    public string DatabasePath { get; }

    public string DocumentsPath { get; }

    public DocumentFile Documents { get; }

    /// <summary>As of the last transaction that has committed.</summary>
    public GenerationFigures Figures { get; private set; }

    /// <summary>
    /// What is known of it in memory; null if that is not loaded. Set by who holds <see cref="Changing"/>.
    /// </summary>
    public GenerationMemory? Memory
    {
        get => Volatile.Read(ref memory);
        set => Volatile.Write(ref memory, value);
    }

    /// <summary>Held while rows change, and while it is read what has changed.</summary>
    public Lock Changing { get; } = new();

    /// <summary>When the run that wrote the generation ended, or null while it is being built.</summary>
    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>The present state; what a transaction sees is told by its figures.</summary>
    public SnapshotInfo Snapshot => Describe(Figures.Version, Figures.Rows, Figures.Changed);

    /// <summary>Opens a generation, or makes it if there is no such file.</summary>
    /// <exception cref="StoreDamagedException">The files cannot be read, or have another layout.</exception>
    /// <exception cref="StoreUnavailableException">The machine refuses.</exception>
    public static Generation Open(int number, StoreFolder folder, StoreSettings settings, bool building)
    {
        try
        {
            return new(number, folder, settings, building);
        }
        catch (Exception e) when (StoreFault.Of(e) is { } fault)
        {
            var path = folder.DatabasePath(number);
            throw fault.Kind is FaultKind.Environment or FaultKind.Memory
                ? new StoreUnavailableException($"The store {path} cannot be opened: {fault.Text}", e)
                : new StoreDamagedException($"{path} cannot be read: {fault.Text}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new StoreDamagedException($"{folder.DatabasePath(number)} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// A connection of its own for one piece of work. A database that is distrusted is opened anew first, when the
    /// last piece of work on it has ended; nobody holds a connection while asking for a second one, or that would be
    /// never.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The database is to be opened anew, and cannot be as yet.</exception>
    /// <exception cref="StoreDamagedException">It cannot be opened anew.</exception>
    /// <exception cref="ObjectDisposedException">The generation is closed.</exception>
    public GenerationUse Connect(CancellationToken cancellationToken = default)
    {
        GenerationDatabase from;
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
            from = database;
        }

        try
        {
            return new(from.Connect(), from.Lists, EndUse);
        }
        catch
        {
            EndUse();
            throw;
        }
    }

    /// <summary>
    /// Keeps the files; null if they are being removed, and the caller is to take the present generation.
    /// </summary>
    public GenerationLease? TryEnter()
    {
        lock (gate)
        {
            if (retired)
                return null;
            leases++;
            return new(this, EndLease);
        }
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
            // An export that goes on needs nothing of it.
            Memory = null;
        }

        RemoveIfUnused();
        return gone.Task;
    }

    /// <summary>Keeps the files no longer.</summary>
    public void Discard()
    {
        lock (gate)
            kept = false;
        RemoveIfUnused();
    }

    /// <summary>Takes over what a transaction that has just committed wrote.</summary>
    public void Committed(GenerationFigures figures) => Figures = figures;

    /// <summary>A version as readers know it.</summary>
    public SnapshotInfo Describe(long version, long rows, long changed) =>
        Describe(Number, version, rows, changed, CompletedAt);

    /// <inheritdoc cref="Describe(long, long, long)"/>
    public static SnapshotInfo Describe(
        int number,
        long version,
        long rows,
        long changed,
        DateTimeOffset? completedAt
    ) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"{number}-{version}"),
            completedAt ?? DateTimeOffset.MinValue,
            rows,
            changed
        );

    /// <summary>
    /// Writes all of the write-ahead log into the database file, and gives the database the memory of one that is read,
    /// and its columns a first touch: without it the first query of each column is many times slower.
    /// </summary>
    public void PrepareToBeRead()
    {
        using (var use = Connect())
            use.Database.Execute("checkpoint");
        if (!settings.HasReaders)
            return;
        ServeReaders();
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

    /// <inheritdoc cref="GenerationDatabase.ServeReaders"/>
    public void ServeReaders()
    {
        // The use keeps the database from being opened anew meanwhile.
        using var use = Connect();
        database.ServeReaders(settings);
        serves = true;
    }

    private void WarmUp()
    {
        using var use = Connect();
        foreach (var column in ReportColumns.All)
            use.Database.Execute($"select count({ReportColumns.Quote(column.Name)}) from reports");
    }

    private GenerationFigures ReadFigures() =>
        database.ReadFigures()
        ?? throw new StoreDamagedException($"{DatabasePath} has an older layout; the next refresh writes it anew.");

    private void Reopen()
    {
        // What it says of the last write may not be what the database finds in its log.
        Memory = null;
        database.Dispose();
        try
        {
            database = GenerationDatabase.Open(DatabasePath, settings, isBuilt);
            if (serves)
                database.ServeReaders(settings);
            Figures = ReadFigures();
            Documents.Rollback(Figures.DocumentBytes);
            suspect = false;
        }
        catch (Exception e) when (StoreFault.Of(e) is { } fault)
        {
            throw fault.Kind is FaultKind.Environment or FaultKind.Memory
                ? new StoreUnavailableException(
                    $"The store {DatabasePath} cannot be opened anew after a failed write: {fault.Text}",
                    e
                )
                : new StoreDamagedException(
                    $"{DatabasePath} cannot be opened anew: {fault.Text} The next completed refresh writes all reports anew.",
                    e
                );
        }
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

    private void EndLease()
    {
        lock (gate)
            leases--;
        RemoveIfUnused();
    }

    private void RemoveIfUnused()
    {
        lock (gate)
        {
            if (!retired || leases > 0 || uses > 0)
                return;
            // Whoever leaves last and whoever discards may both come here.
            if (!closed)
            {
                closed = true;
                Memory = null;
                Documents.Dispose();
                database.Dispose();
            }

            if (!kept)
                StoreFolder.Delete(DatabasePath, DocumentsPath);
        }

        gone.TrySetResult();
    }
}
