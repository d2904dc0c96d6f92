using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;
using UserReports.Store.Generations;
using UserReports.Store.Runs;

namespace UserReports.Store;

/// <summary>The reports in DuckDB files on this machine. One process owns them.</summary>
/// <remarks>
/// This part opens and closes; reading, runs and in-place changes stand in the parts named after them.
/// </remarks>
public sealed partial class ReportStore : IReportReader, IRunStore, IAsyncDisposable
{
    private readonly StoreSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly StoreFolder folder;
    private readonly SemaphoreSlim writing = new(1);
    private readonly SemaphoreSlim claiming = new(1);
    private readonly SemaphoreSlim querying;
    private readonly Lock switching = new();
    private StorePointer pointer;
    private Generation? current;
    private Generation? building;

    /// <summary>The run that was completed last, as it was just before.</summary>
    private Run? ending;
    private ISpare? spare;
    private int closed;

    private ReportStore(StoreSettings settings, TimeProvider time, ILogger logger, StoreFolder folder)
    {
        this.settings = settings;
        this.time = time;
        this.logger = logger;
        this.folder = folder;
        querying = new(settings.ConcurrentQueries);
        pointer = folder.ReadPointer();
    }

    /// <summary>What readers see.</summary>
    internal Generation? Current => current;

    /// <summary>What the run in progress writes.</summary>
    internal Generation? Building => building;

    /// <summary>The folder that holds the store's files.</summary>
    public string Directory => folder.Directory;

    /// <summary>Whether there is a store to open; nothing is made.</summary>
    public static bool Exists(StoreSettings settings) => StoreFolder.Exists(settings.Path);

    /// <summary>
    /// Opens the store, or makes an empty one. A generation that is damaged or of an older layout is set aside with a
    /// message in the log, and the newest complete one that can be read is served: the one before the present is kept
    /// until the next run begins.
    /// </summary>
    /// <exception cref="StoreException">Another process holds the store, or its folder cannot be written.</exception>
    public static ReportStore Open(StoreSettings settings, TimeProvider time, ILogger<ReportStore> logger)
    {
        CLibrary.KeepFewArenas();
        var store = new ReportStore(settings, time, logger, StoreFolder.Open(settings.Path));
        try
        {
            store.Load();
            return store;
        }
        catch
        {
            store.folder.Dispose();
            throw;
        }
    }

    /// <summary>Closes the store, once its last reader has ended. Whoever asks from now on is told that nothing is
    /// there.</summary>
    public async ValueTask DisposeAsync()
    {
        // A container that knows the store under several interfaces closes it once for each.
        if (Interlocked.Exchange(ref closed, 1) != 0)
            return;
        await closing.CancelAsync();
        await ordering;
        await writing.WaitAsync();
        // Whoever still reads reads on to the end; nobody begins anew.
        var (read, built) = (current, building);
        lock (switching)
            (current, building) = (null, null);
        foreach (var generation in new[] { read, built }.OfType<Generation>())
            await generation.Retire(keepFiles: true);
        folder.Dispose();
        writing.Dispose();
        claiming.Dispose();
        querying.Dispose();
        closing.Dispose();
    }

    private void Load()
    {
        folder.DeleteLeftovers();
        foreach (var number in folder.Generations())
        {
            if (current is not null)
            {
                KeepOrDelete(number);
                continue;
            }

            if (TryOpen(number) is not { } opened)
                continue;
            var (generation, run) = opened;
            if (run is { Status: RunStatus.Completed })
            {
                generation.CompletedAt = run.FinishedAt;
                current = generation;
                // The pointer can be older than the generation, if the process was killed between completing and
                // switching; or newer, if what it names is damaged.
                if (pointer.Generation != number)
                    TryPoint(number, run);
            }
            else if (building is null && run is { Status: RunStatus.InProgress })
            {
                building = generation;
            }
            else
            {
                generation.Dispose();
                folder.Delete(number);
            }
        }
    }

    /// <summary>
    /// One generation before the present may stay, unless one is being built: there are never more than two.
    /// </summary>
    private void KeepOrDelete(int number)
    {
        if (settings.KeepsPrevious && building is null && spare is null)
            spare = new ClosedGeneration(folder, number);
        else
            folder.Delete(number);
    }

    private (Generation Generation, Run? Run)? TryOpen(int number)
    {
        Generation? generation = null;
        try
        {
            generation = Generation.Open(
                number,
                folder.DatabasePath(number),
                folder.DocumentsPath(number),
                settings,
                building: number != pointer.Generation
            );
            var run = ReadRun(generation);
            if (run is { Status: RunStatus.InProgress })
                FreeClaims(generation);
            else
                generation.ServeReaders(settings);
            return (generation, run);
        }
        catch (Exception e) when (e is StoreDamagedException or DuckDBException)
        {
            generation?.Dispose();
            if (StoreFault.Refusal(e) is { } fault)
                throw new StoreException($"The store {folder.DatabasePath(number)} cannot be opened: {fault}", e);
            StoreLog.SetAside(logger, folder.SetAside(number), e.Message.Split('\n')[0]);
            return null;
        }
    }

    /// <summary>
    /// The folder is this process's alone, so whoever claimed ranges is no more: nobody waits for their leases to pass.
    /// </summary>
    private void FreeClaims(Generation generation)
    {
        try
        {
            using var use = generation.Connect();
            use.Database.Execute(
                """
                update snapshot_range set status = 'pending', owner_token = null, lease_until = null
                where status = 'claimed'
                """
            );
        }
        catch (DuckDBException e) when (StoreFault.Refusal(e) is { } fault)
        {
            // Reading goes on with a full disk, too.
            generation.Suspect();
            StoreLog.ClaimsStay(logger, fault);
        }
    }

    /// <summary>The files themselves say which is the newest: the pointer is not worth a start.</summary>
    private void TryPoint(int generation, Run completed)
    {
        try
        {
            Point(generation, completed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StoreLog.PointerStays(logger, StoreFault.Refusal(e) ?? e.Message);
        }
    }

    private void Point(int generation, Run completed)
    {
        pointer = new(generation, completed.FinishedAt, Remember(completed));
        folder.WritePointer(pointer);
    }

    /// <summary>
    /// The ended runs with one more; those older than 30 days go, but the last 10 stay (the specification of the
    /// refresh).
    /// </summary>
    private List<Run> Remember(Run ended)
    {
        var oldest = time.GetUtcNow().AddDays(-30);
        return
        [
            .. pointer
                .Runs.Where(run => run.Uid != ended.Uid)
                .Append(ended)
                .OrderByDescending(run => run.StartedAt)
                .Where((run, index) => index < 10 || run.StartedAt >= oldest),
        ];
    }

    /// <summary>Gives readers a generation that is complete.</summary>
    private void Switch(Generation generation)
    {
        var run = ReadRun(generation)!;
        Generation? old;
        lock (switching)
        {
            old = current;
            generation.CompletedAt = run.FinishedAt;
            current = generation;
            building = null;
        }

        spare?.Discard();
        spare = settings.KeepsPrevious ? old : null;
        _ = old?.Retire(settings.KeepsPrevious);
        StoreLog.Switched(logger, generation.Number, generation.Rows);
        Point(generation.Number, run);
    }
}
