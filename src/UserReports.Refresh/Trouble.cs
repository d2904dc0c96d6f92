using Microsoft.Extensions.Logging;
using UserReports.Feed.Ledger;
using UserReports.Refresh.OwnLimits;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh;

/// <summary>Says once what is wrong, and once that it is over.</summary>
internal sealed class Trouble(ILogger logger, string work)
{
    private string? told;

    /// <summary>What is wrong, or null if all is well.</summary>
    public string? Problem => told;

    public void Tell(Exception e)
    {
        if (e.Message == told)
            return;
        told = e.Message;
        // What a source or the store reports is said in full by its message; anything else needs its origin.
        var isExplained = e is SourceException or StoreException or LimitsException or LedgerException;
        RefreshLog.Failed(logger, isExplained ? null : e, work, e.Message);
    }

    public void Over()
    {
        if (told is null)
            return;
        told = null;
        RefreshLog.WorksAgain(logger, work);
    }
}
