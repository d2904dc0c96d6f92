using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>Finds what is on the disk when a store is opened.</summary>
internal sealed class GenerationLoader(StoreFolder folder, StorePointer pointer, StoreSettings settings, ILogger logger)
{
    /// <summary>The newest complete generation that can be read.</summary>
    public Generation? Current { get; private set; }

    /// <summary>The one of a run in progress, if it is newer.</summary>
    public Generation? Building { get; private set; }

    public PreviousGeneration? Previous { get; private set; }

    /// <summary>The run that <see cref="Current"/> is of, if the pointer does not know.</summary>
    public Run? NotPointedAt { get; private set; }

    /// <summary>Opens what can be used, sets aside what cannot be read, and removes what is of no more use.</summary>
    /// <exception cref="StoreUnavailableException">The machine refuses.</exception>
    public void Load()
    {
        folder.DeleteLeftovers();
        foreach (var number in folder.Generations())
        {
            if (Current is not null)
                KeepOrDelete(number);
            else if (TryOpen(number) is var (generation, run))
                Place(generation, run);
        }
    }

    private void Place(Generation generation, Run? run)
    {
        if (run is { Status: RunStatus.Completed })
        {
            generation.CompletedAt = run.FinishedAt;
            Current = generation;
            // The pointer can be older than the generation, if the process was killed between completing and
            // switching; or newer, if what it names is damaged.
            if (pointer.Generation != generation.Number)
                NotPointedAt = run;
        }
        else if (Building is null && run is { Status: RunStatus.InProgress })
        {
            Building = generation;
        }
        else
        {
            _ = generation.Retire();
        }
    }

    /// <summary>
    /// One generation before the present may stay, unless one is being built: there are never more than two.
    /// </summary>
    private void KeepOrDelete(int number)
    {
        if (settings.KeepsPrevious && Building is null && Previous is null)
            Previous = new(number, folder, Task.CompletedTask, () => folder.Delete(number));
        else
            folder.Delete(number);
    }

    private (Generation Generation, Run? Run)? TryOpen(int number)
    {
        Generation? generation = null;
        try
        {
            generation = Generation.Open(number, folder, settings, building: number != pointer.Generation);
            var run = RunTables.Read(generation);
            if (run is { Status: RunStatus.InProgress })
                TakeOver(generation);
            else
                generation.ServeReaders();
            return (generation, run);
        }
        catch (Exception e) when (e is StoreDamagedException or DuckDBException)
        {
            _ = generation?.Retire(keepFiles: true);
            if (StoreFault.Refusal(e) is { } fault)
                throw new StoreUnavailableException(
                    $"The store {folder.DatabasePath(number)} cannot be opened: {fault}",
                    e
                );
            StoreLog.SetAside(logger, folder.SetAside(number), e.Message.Split('\n')[0]);
            return null;
        }
    }

    private void TakeOver(Generation generation)
    {
        try
        {
            RunTables.TakeOver(generation);
        }
        catch (DuckDBException e) when (StoreFault.Refusal(e) is { } fault)
        {
            // Reading goes on with a full disk, too.
            generation.Suspect();
            StoreLog.ClaimsStay(logger, fault);
        }
    }
}
