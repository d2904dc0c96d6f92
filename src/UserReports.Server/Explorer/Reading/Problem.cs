using UserReports.Server.Access.Sessions;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Server.Explorer.Reading;

/// <summary>What the world did wrong, in words that say what to do.</summary>
/// <param name="CanRetry">Whether the same may work later.</param>
public sealed record Problem(string Title, string Advice, bool CanRetry = true)
{
    /// <summary>The words for a failure, or null for a bug.</summary>
    public static Problem? Of(Exception failure) =>
        failure switch
        {
            NoSnapshotException => new(
                "There is no data yet",
                "The first refresh has not been completed. Start it, or watch it, on the page Refresh."
            ),
            NotAllowedException e => new("You are signed out", e.Message + " Sign in again.", CanRetry: false),
            SourceException => new(
                "The platform does not answer",
                "Whether you may read is asked of the platform, and it does not answer now. Try again in a moment."
            ),
            AuditException => new(
                "Nothing can be read now",
                "Every read is recorded, and the record cannot be written. Check the disk of the audit log."
            ),
            SessionStoreException => new(
                "The end may not last",
                "The sessions have ended, but that cannot be written down now, so a restart may open them again. Check the disk of the store, and try again."
            ),
            QueryCostException => new("The query costs too much", failure.Message, CanRetry: false),
            QueryTimeException => new("The query took too long", failure.Message),
            NamesConcealedException or ConcealedChoiceException => new("Names are concealed", failure.Message),
            QueryMemoryException => new("The query needs too much memory", failure.Message),
            PatternRejectedException e => new("The pattern was refused", e.Message, CanRetry: false),
            StoreUnavailableException or StoreDamagedException => new("The store cannot be read", failure.Message),
            _ => null,
        };
}
