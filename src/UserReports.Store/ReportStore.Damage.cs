using UserReports.Store.Generations;

namespace UserReports.Store;

/// <content>Failed writes, and a run whose files turn out to be damaged while it is under way.</content>
public sealed partial class ReportStore
{
    /// <summary>
    /// So many writes in a row that the machine did not refuse, and that failed nevertheless, mean that the files are
    /// at fault.
    /// </summary>
    private const int FailuresMax = 3;

    private int failuresInARow;

    private StoreException NotWritten(Generation? generation, Exception e)
    {
        generation?.Suspect();
        var fault = MachineFault.Of(e);
        if (fault is null && generation is not null && generation == building && ++failuresInARow >= FailuresMax)
            Abandon(generation, e);
        return new(
            $"The store could not be written: {fault ?? e.Message.Split('\n')[0]} Nothing is lost: the next "
                + $"attempt goes on where this one began. The store is {folder.Directory}.",
            e
        );
    }

    private void EnsureBuildingWritable()
    {
        var generation = building;
        try
        {
            generation?.EnsureWritable();
        }
        catch (StoreDamagedException e)
        {
            Abandon(generation!, e);
            throw NotWritten(null, e);
        }
    }

    /// <summary>False if there is no run any more.</summary>
    private bool TryEnterBuilding()
    {
        var generation = building!;
        try
        {
            return generation.TryEnter();
        }
        catch (StoreDamagedException e)
        {
            Abandon(generation, e);
            return false;
        }
    }

    /// <summary>Sets the run's files aside, so that the next start begins anew.</summary>
    private void Abandon(Generation generation, Exception e)
    {
        lock (switching)
        {
            if (building != generation)
                return;
            building = null;
        }

        failuresInARow = 0;
        generation.Retire(keepFiles: true);
        StoreLog.SetAside(logger, folder.SetAside(generation.Number), e.Message.Split('\n')[0]);
    }
}
