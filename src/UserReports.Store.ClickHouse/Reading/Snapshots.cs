using UserReports.Store.ClickHouse.Dialect;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.ClickHouse.Tables;
using UserReports.Store.Shared;
using UserReports.Store.Sql.Statements;

namespace UserReports.Store.ClickHouse.Reading;

/// <summary>What is read now: asked of the ledger once for each question.</summary>
internal sealed class Snapshots(ClickHouseServer server, ISharedLedger ledger, TimeProvider time)
{
    /// <summary>What was seen longer ago is asked for anew by whoever looks.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>A generation that is used says so at least so often.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(5);

    private SharedGeneration? latest;
    private long seenAt;
    private long renewedAt;
    private int asking;

    /// <summary>The last that was seen; whoever looks has a newer one asked for, if that was long ago.</summary>
    public SharedGeneration? Latest
    {
        get
        {
            if (time.GetElapsedTime(Volatile.Read(ref seenAt)) > Fresh && Interlocked.Exchange(ref asking, 1) == 0)
                _ = RefreshInBackgroundAsync();
            return Volatile.Read(ref latest);
        }
    }

    /// <summary>What is to be read.</summary>
    /// <exception cref="NoSnapshotException">There is nothing to read yet.</exception>
    public async Task<Snapshot> EnterAsync(CancellationToken cancellationToken)
    {
        var generation = await RefreshAsync(cancellationToken) ?? throw new NoSnapshotException();
        if (time.GetElapsedTime(Interlocked.Read(ref renewedAt)) > Renewal)
        {
            Interlocked.Exchange(ref renewedAt, time.GetTimestamp());
            await ledger.RenewAsync(generation.Name, cancellationToken);
        }

        var shape = await server.Cluster.ShapeAsync(cancellationToken);
        return new(generation, ReportTables.Complete(generation.Name, server.Settings, shape));
    }

    /// <summary>Says that a generation is still being read.</summary>
    public Task RenewAsync(SharedGeneration generation, CancellationToken cancellationToken) =>
        ledger.RenewAsync(generation.Name, cancellationToken);

    /// <summary>Asks the ledger.</summary>
    public async Task<SharedGeneration?> RefreshAsync(CancellationToken cancellationToken)
    {
        var found = await ledger.FindPublishedAsync(cancellationToken);
        // Tables of another version of the program cannot be read; the next run makes new ones.
        if (found is not null && found.Layout != ReportColumns.Layout)
            found = null;
        Volatile.Write(ref latest, found);
        Volatile.Write(ref seenAt, time.GetTimestamp());
        return found;
    }

    private async Task RefreshInBackgroundAsync()
    {
        try
        {
            await RefreshAsync(CancellationToken.None);
        }
        catch (StoreException)
        {
            // Whoever reads is told.
        }
        finally
        {
            Volatile.Write(ref asking, 0);
        }
    }
}

/// <summary>One state of the rows, and the statements that read it.</summary>
internal sealed class Snapshot
{
    public Snapshot(SharedGeneration generation, ReportTables tables)
    {
        Generation = generation;
        Tables = tables;
        Dialect = Tables.Dialect(generation);
        Pages = new(Dialect);
        Summaries = new(Dialect);
    }

    public SharedGeneration Generation { get; }

    public ReportTables Tables { get; }

    public ClickHouseDialect Dialect { get; }

    public PageSql Pages { get; }

    public SummarySql Summaries { get; }

    public SnapshotInfo Info => Describe(Generation);

    public static SnapshotInfo Describe(SharedGeneration generation) =>
        new(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{generation.Name}.{generation.Change}"),
            generation.CompletedAt!.Value,
            generation.Figures.Rows,
            generation.Figures.Changed
        );
}
