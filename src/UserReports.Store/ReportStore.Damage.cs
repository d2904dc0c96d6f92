using UserReports.Store.Generations;

namespace UserReports.Store;

/// <content>Failed writes, and a run whose files turn out to be damaged while it is under way.</content>
public sealed partial class ReportStore
{
    /// <summary>
    /// So many writes in a row that failed at the database, and at nothing that the machine refused, mean that the
    /// files are at fault.
    /// </summary>
    private const int FailuresMax = 3;

    private int failuresInARow;

    /// <summary>What a failed write is told as; a run whose files are at fault is given up.</summary>
    private StoreException NotWritten(Generation? generation, Exception e)
    {
        var fault = StoreFault.Of(e);
        if (fault is null || fault.NeedsReopening)
            generation?.Suspect();
        if (generation is not null && generation == building && IsAtFault(fault))
            Abandon(generation, e);
        return new(
            $"The store could not be written: {fault?.Text ?? e.Message.Split('\n')[0]} Nothing is lost: the next "
                + $"attempt goes on where this one began. The store is {folder.Directory}.",
            e
        );

        bool IsAtFault(StoreFault? of) =>
            of?.Kind switch
            {
                FaultKind.Damage => true,
                FaultKind.Engine or FaultKind.Refused or null => ++failuresInARow >= FailuresMax,
                _ => false,
            };
    }

    /// <summary>What a failed look at the run in progress is told as. It says nothing about writing.</summary>
    private Exception NotRead(Generation generation, Exception e)
    {
        var fault = StoreFault.Of(e)!;
        if (fault.NeedsReopening)
            generation.Suspect();
        if (fault.Kind == FaultKind.Damage)
            Abandon(generation, e);
        return Unreadable(generation, fault, e);
    }

    private static Exception Unreadable(Generation generation, StoreFault fault, Exception e) =>
        fault.Kind switch
        {
            FaultKind.Damage => new StoreDamagedException(
                $"{generation.DatabasePath} could not be read: {fault.Text} The next completed refresh writes all reports anew.",
                e
            ),
            FaultKind.Refused or FaultKind.Pattern => new StatementRefusedException(fault.Text, e),
            _ => new StoreException($"The store could not be read: {fault.Text}", e),
        };

    /// <summary>The run in progress, kept by the caller until it leaves; null if there is none.</summary>
    private Generation? EnterBuilding()
    {
        lock (switching)
            return building is { } generation && generation.TryEnter() ? generation : null;
    }

    /// <summary>Does what may open the run's database anew; what turns out not to be one is given up.</summary>
    private T AtBuilding<T>(Generation generation, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (StoreDamagedException e)
        {
            Abandon(generation, e);
            throw NotWritten(null, e);
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
        _ = generation.Retire(keepFiles: true);
        StoreLog.SetAside(logger, folder.SetAside(generation.Number), e.Message.Split('\n')[0]);
    }
}
