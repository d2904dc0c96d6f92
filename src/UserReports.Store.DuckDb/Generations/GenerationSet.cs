using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>
/// The generations of a store: the current one that readers see, the one that a run in progress is building, the
/// previous one, and the pointer that says so on the disk.
/// </summary>
internal sealed class GenerationSet
{
    private readonly Lock switching = new();
    private readonly StoreFolder folder;
    private readonly StoreSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private Generation? current;
    private Generation? building;
    private PreviousGeneration? previous;
    private StorePointer pointer;

    private GenerationSet(StoreFolder folder, StoreSettings settings, TimeProvider time, ILogger logger)
    {
        this.folder = folder;
        this.settings = settings;
        this.time = time;
        this.logger = logger;
        pointer = folder.ReadPointer();
        var loader = new GenerationLoader(folder, pointer, settings, logger);
        loader.Load();
        (current, building, previous) = (loader.Current, loader.Building, loader.Previous);
        if (loader is { Current: { } found, NotPointedAt: { } run })
            TryPoint(found, run);
    }

    /// <summary>What readers see.</summary>
    internal Generation? Current => current;

    /// <summary>What the run in progress writes.</summary>
    internal Generation? Building => building;

    /// <summary>The folder that holds the files.</summary>
    public string Directory => folder.Directory;

    /// <summary>The state that the next reader will see, or null before the first completed run.</summary>
    public SnapshotInfo? Snapshot
    {
        get
        {
            lock (switching)
                return current?.Snapshot;
        }
    }

    /// <inheritdoc cref="DuckDbStore.Open"/>
    public static GenerationSet Open(StoreSettings settings, TimeProvider time, ILogger logger)
    {
        var folder = StoreFolder.Open(settings.Path);
        try
        {
            return new(folder, settings, time, logger);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the current generation for a reader.</summary>
    /// <exception cref="NoSnapshotException">There is none.</exception>
    public GenerationLease EnterCurrent()
    {
        lock (switching)
            return current?.TryEnter() ?? throw new NoSnapshotException();
    }

    /// <summary>Keeps the generation before the present one, to be compared with it; null if it is not at
    /// hand.</summary>
    /// <param name="present">Which the caller keeps for longer than this.</param>
    /// <exception cref="DuckDBException">It cannot be read.</exception>
    public PreviousLease? TryEnterPrevious(Generation present)
    {
        PreviousGeneration? before;
        lock (switching)
            before = present == current ? previous : null;
        return before?.TryEnter(present);
    }

    /// <summary>Keeps the generation of the run in progress; null if there is none.</summary>
    public GenerationLease? EnterBuilding()
    {
        lock (switching)
            return building?.TryEnter();
    }

    /// <summary>The runs that have ended, the newest first, and what the one that has not is writing to.</summary>
    public (GenerationLease? Building, IReadOnlyList<Run> Ended) EnterRuns()
    {
        lock (switching)
            return (building?.TryEnter(), pointer.Runs);
    }

    /// <summary>
    /// Makes the generation of a new run. The previous one makes room: there are never more than two.
    /// </summary>
    /// <param name="prepare">Writes the run down; if it fails there is no such generation.</param>
    public void Begin(Action<Generation> prepare)
    {
        previous?.Discard();
        previous = null;
        var generation = Generation.Open(folder.NextGeneration(pointer.Generation), folder, settings, building: true);
        try
        {
            prepare(generation);
        }
        catch
        {
            _ = generation.Retire();
            throw;
        }

        lock (switching)
            building = generation;
    }

    /// <summary>Gives readers the generation that was being built, with its run, which is completed.</summary>
    /// <exception cref="IOException">The pointer could not be written. Readers have switched nevertheless.</exception>
    public void Switch(Generation generation, Run run)
    {
        Generation? old;
        lock (switching)
        {
            old = current;
            generation.CompletedAt = run.FinishedAt;
            // At one moment: a run is in progress or has ended, and never neither.
            (current, building, pointer) = (generation, null, PointerTo(generation, run));
        }

        previous?.Discard();
        var left = old?.Retire(settings.KeepsPrevious);
        previous =
            settings.KeepsPrevious && old is not null && left is not null
                ? new(old.Number, folder, left, old.Discard)
                : null;
        StoreLog.Switched(logger, generation.Number, generation.Figures.Rows);
        folder.WritePointer(pointer);
    }

    /// <summary>Removes the generation of a run that was aborted.</summary>
    public void Abort(Generation generation, Run aborted)
    {
        var next = pointer.With(aborted, time.GetUtcNow());
        folder.WritePointer(next);
        lock (switching)
            (building, pointer) = (null, next);
        _ = generation.Retire();
    }

    /// <summary>Sets the files of a run aside, so that the next start begins anew.</summary>
    public void Abandon(Generation generation, Exception e)
    {
        lock (switching)
        {
            if (building != generation)
                return;
            building = null;
        }

        _ = generation.Retire(keepFiles: true);
        StoreLog.SetAside(logger, folder.SetAside(generation.Number), e.Message.Split('\n')[0]);
    }

    /// <summary>Ends when the last reader has left; nobody enters any more.</summary>
    public async Task CloseAsync()
    {
        Generation?[] open;
        lock (switching)
        {
            open = [current, building];
            (current, building) = (null, null);
        }

        await Task.WhenAll(open.OfType<Generation>().Select(generation => generation.Retire(keepFiles: true)));
        folder.Dispose();
    }

    /// <summary>The files themselves say which is the newest: the pointer is not worth a start.</summary>
    private void TryPoint(Generation generation, Run completed)
    {
        try
        {
            pointer = PointerTo(generation, completed);
            folder.WritePointer(pointer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StoreLog.PointerStays(logger, StoreFault.Refusal(e) ?? e.Message);
        }
    }

    private StorePointer PointerTo(Generation generation, Run completed) =>
        pointer.With(completed, time.GetUtcNow()) with
        {
            Generation = generation.Number,
            CompletedAt = completed.FinishedAt,
        };
}
