using Microsoft.Extensions.Logging;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.History;
using UserReports.Store.DuckDb.Memory;
using UserReports.Store.DuckDb.Native;
using UserReports.Store.DuckDb.Reading;
using UserReports.Store.DuckDb.Runs;
using UserReports.Store.DuckDb.Trends;
using UserReports.Store.History;

namespace UserReports.Store.DuckDb;

/// <summary>The reports in DuckDB files on this machine. One process owns them.</summary>
public sealed class DuckDbStore : IReportStore
{
    private readonly WriteQueue writes;
    private readonly MemoryKeeper memories;
    private readonly ReportHistory history;
    private readonly StorageTrendKeeper trends;
    private int closed;

    private DuckDbStore(GenerationSet generations, StoreSettings settings, TimeProvider time, ILogger logger)
    {
        Generations = generations;
        writes = new(generations);
        var queries = new QueryExecutor(generations, settings, time);
        var addresses = new AddressReader(settings);
        memories = new(generations, settings, logger);
        var caches = new SnapshotCaches();
        Reader = new ReportReader(generations, queries, new(memories, caches), new(memories), caches, addresses);
        Runs = new RunLedger(generations, writes, time);
        Writer = new RangeCommitter(generations, writes, memories, settings, time);
        Corrections = new AccountCorrections(generations, writes, memories, queries, settings);
        var days = new SnapshotDays(HistoryFolder.Of(settings.Path), settings, logger);
        history = new(days, generations, queries, settings, time, logger);
        trends = new(TrendFile.PathOf(settings.Path), new SnapshotStorage(days), logger);
    }

    /// <inheritdoc/>
    public IReportReader Reader { get; }

    /// <inheritdoc/>
    public IRunLedger Runs { get; }

    /// <inheritdoc/>
    public IReportWriter Writer { get; }

    /// <inheritdoc/>
    public ICorrections Corrections { get; }

    /// <inheritdoc/>
    public IStorageTrendKeeper Trends => trends;

    /// <inheritdoc/>
    public IReportHistory History => history;

    /// <summary>The folder that holds the store's files.</summary>
    public string Directory => Generations.Directory;

    internal GenerationSet Generations { get; }

    /// <summary>Whether nothing is worked out in the background.</summary>
    internal bool IsIdle => memories.IsIdle;

    /// <summary>Begins to load what questions are answered from, before the first one.</summary>
    internal void LoadMemory()
    {
        using var lease = Generations.EnterCurrent();
        memories.Of(lease.Generation);
    }

    /// <summary>Whether there is a store to open; nothing is made.</summary>
    public static bool Exists(StoreSettings settings) => StoreFolder.Exists(settings.Path);

    /// <summary>
    /// Opens the store, or makes an empty one. A generation that is damaged or of an older layout is set aside with a
    /// message in the log, and the newest complete one that can be read is served: the one before the present is kept
    /// until the next run begins.
    /// </summary>
    /// <exception cref="StoreInUseException">Another process holds the store.</exception>
    /// <exception cref="StoreUnavailableException">Its folder cannot be written.</exception>
    public static DuckDbStore Open(StoreSettings settings, TimeProvider time, ILogger<DuckDbStore> logger)
    {
        CLibrary.KeepFewArenas();
        return new(GenerationSet.Open(settings, time, logger), settings, time, logger);
    }

    /// <summary>Closes the store, once its last reader has ended. Whoever asks from now on is told that nothing is
    /// there.</summary>
    public async ValueTask DisposeAsync()
    {
        // A container that knows the store under several interfaces closes it once for each.
        if (Interlocked.Exchange(ref closed, 1) != 0)
            return;
        var forgotten = memories.DisposeAsync();
        var past = history.CloseAsync();
        await writes.CloseAsync();
        var left = Generations.CloseAsync();
        await forgotten;
        await left;
        await past;
        trends.Dispose();
        writes.Dispose();
    }
}
