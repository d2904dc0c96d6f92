using UserReports.Store.ClickHouse.History;
using UserReports.Store.ClickHouse.Reading;
using UserReports.Store.ClickHouse.Runs;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.ClickHouse.Tables;
using UserReports.Store.History;
using UserReports.Store.Shared;

namespace UserReports.Store.ClickHouse;

/// <summary>The reports in ClickHouse, which any number of processes use at once.</summary>
public sealed class ClickHouseStore : IReportStore
{
    private readonly ClickHouseServer server;
    private readonly Snapshots snapshots;
    private readonly AccountCorrections corrections;
    private int closed;

    private ClickHouseStore(ClickHouseServer server, ISharedLedger ledger, Snapshots snapshots, TimeProvider time)
    {
        this.server = server;
        this.snapshots = snapshots;
        var keeper = new GenerationKeeper(server, ledger, time);
        Reader = new ReportReader(server, snapshots);
        Runs = new RunLedger(ledger, keeper, snapshots, server.Settings);
        Writer = new RangeCommitter(server, ledger, keeper, snapshots);
        corrections = new(server, ledger, keeper, snapshots, server.Settings);
    }

    /// <summary>Changes with every column of the tables; what the ledger is told.</summary>
    public static int Layout => ReportColumns.Layout;

    /// <inheritdoc/>
    public IReportReader Reader { get; }

    /// <inheritdoc/>
    public IRunLedger Runs { get; }

    /// <inheritdoc/>
    public IReportWriter Writer { get; }

    /// <inheritdoc/>
    public ICorrections Corrections => corrections;

    /// <inheritdoc/>
    public IStorageTrendKeeper Trends => NoStorageTrends.Instance;

    /// <inheritdoc/>
    public IReportHistory History { get; } = new AbsentHistory();

    /// <summary>Opens the store; neither the ledger nor the server is asked anything yet.</summary>
    /// <exception cref="ArgumentException">The connection string is none.</exception>
    public static ClickHouseStore Open(ClickHouseSettings settings, ISharedLedger ledger, TimeProvider time)
    {
        var server = new ClickHouseServer(settings);
        return new(server, ledger, new(server, ledger, time), time);
    }

    /// <summary>Opens the store, and asks the ledger what is read.</summary>
    /// <exception cref="StoreUnavailableException">The ledger cannot be read.</exception>
    /// <inheritdoc cref="Open"/>
    public static async Task<ClickHouseStore> OpenAsync(
        ClickHouseSettings settings,
        ISharedLedger ledger,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var store = Open(settings, ledger, time);
        try
        {
            await store.snapshots.RefreshAsync(cancellationToken);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        // A container that knows the store under several interfaces closes it once for each.
        if (Interlocked.Exchange(ref closed, 1) == 0)
        {
            server.Dispose();
            corrections.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
