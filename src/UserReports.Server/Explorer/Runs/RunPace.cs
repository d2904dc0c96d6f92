using UserReports.Store;

namespace UserReports.Server.Explorer.Runs;

/// <summary>How fast a run goes on, whichever nodes work on it: seen from what the ledger says of it.</summary>
public sealed class RunPace
{
    private Guid? run;
    private long firstDone;
    private long lastDone;
    private DateTimeOffset firstAt;

    /// <summary>Looks at the run in progress; null for none.</summary>
    public void See(Run? present, DateTimeOffset now)
    {
        if (present is null || present.Uid != run)
        {
            run = present?.Uid;
            firstDone = present?.AccountsDone ?? 0;
            firstAt = now;
        }

        lastDone = present?.AccountsDone ?? 0;
    }

    /// <summary>Since it was first seen; 0 before anything was.</summary>
    public double AccountsPerSecond(DateTimeOffset now) =>
        now > firstAt ? (lastDone - firstDone) / (now - firstAt).TotalSeconds : 0;
}
