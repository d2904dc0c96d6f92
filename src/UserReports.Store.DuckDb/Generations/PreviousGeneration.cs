using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Documents;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>
/// The generation before the present one, kept for the case that the present one is found damaged, and to be compared
/// with it.
/// </summary>
/// <remarks>
/// It is closed. Whoever compares has it attached to the present generation's database, to be read alone, so that one
/// statement asks both; nobody writes it any more.
/// </remarks>
/// <param name="closed">Ends when whoever read it while it was the present one has left.</param>
/// <param name="discard">Removes its files.</param>
internal sealed class PreviousGeneration(int number, StoreFolder folder, Task closed, Action discard)
{
    /// <summary>What statements know its file by, beside that of the present generation.</summary>
    private const string Alias = "previous_store";

    /// <summary>Its rows as they last were, to be asked from the present generation's database.</summary>
    public const string Selection =
        $"select * from {Alias}.reports where document not in (select document from {Alias}.replaced_rows) "
        + $"union all select * from {Alias}.{ChangeTables.Changed}";

    private readonly Lock gate = new();
    private DocumentFile? documents;
    private SnapshotInfo? snapshot;
    private Generation? beside;
    private int leases;
    private bool discarded;

    /// <summary>Removes its files, as soon as nobody compares with them.</summary>
    public void Discard()
    {
        lock (gate)
        {
            discarded = true;
            if (leases == 0)
                discard();
        }
    }

    /// <summary>Keeps it for somebody who compares, and lets the present generation's database ask it.</summary>
    /// <param name="present">Which the caller keeps for longer than this.</param>
    /// <returns>Null if it is of no use: being removed, still read, or of another layout.</returns>
    /// <exception cref="DuckDBException">It cannot be read.</exception>
    public PreviousLease? TryEnter(Generation present)
    {
        lock (gate)
        {
            if (discarded || !closed.IsCompleted || !TryAttach(present))
                return null;
            leases++;
            return new(snapshot!, documents!, Leave);
        }
    }

    private bool TryAttach(Generation present)
    {
        beside = present;
        using var use = present.Connect();
        var path = folder.DatabasePath(number).Replace("'", "''", StringComparison.Ordinal);
        // A database that was opened anew meanwhile knows nothing of it.
        use.Database.Execute($"attach if not exists '{path}' as {Alias} (read_only)");
        var isOpen = leases > 0;
        try
        {
            return isOpen = isOpen || TryOpen(use.Database);
        }
        finally
        {
            if (!isOpen)
                Detach();
        }
    }

    private bool TryOpen(DuckDBConnection connection)
    {
        var layout = connection.Scalar<int>($"select layout_version from {Alias}.generation");
        if (layout != ReportColumns.LayoutVersion)
            return false;
        (snapshot, var bytes) = connection.Rows(
            $"select version, rows, changed, document_bytes, finished_at from {Alias}.generation, {Alias}.snapshot_run",
            row =>
                (
                    Generation.Describe(number, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.Instant(4)),
                    row.GetInt64(3)
                )
        )[0];
        documents = DocumentFile.Open(folder.DocumentsPath(number), bytes);
        return true;
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--leases > 0)
                return;
            Detach();
            if (discarded)
                discard();
        }
    }

    private void Detach()
    {
        documents?.Dispose();
        documents = null;
        try
        {
            using var use = beside!.Connect();
            use.Database.Execute($"detach database if exists {Alias}");
        }
        catch (Exception e) when (e is DuckDBException or StoreException)
        {
            // It goes with the database beside which it is, which has more to fear than this.
        }
    }
}

/// <summary>Keeps the generation before the present one, and its rows beside those, until it is disposed of.</summary>
/// <param name="snapshot">The state that it is in.</param>
internal sealed class PreviousLease(SnapshotInfo snapshot, DocumentFile documents, Action leave) : IDisposable
{
    private Action? leave = leave;

    /// <inheritdoc cref="PreviousLease(SnapshotInfo, DocumentFile, Action)" path="/param[@name='snapshot']"/>
    public SnapshotInfo Snapshot => snapshot;

    public DocumentFile Documents => documents;

    public void Dispose() => Interlocked.Exchange(ref leave, null)?.Invoke();
}
