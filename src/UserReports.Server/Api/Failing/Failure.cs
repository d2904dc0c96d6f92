using System.Security.Cryptography;
using UserReports.Feed.Ledger;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Http;
using UserReports.Sources;
using UserReports.Store;
using UserReports.Store.History;

namespace UserReports.Server.Api.Failing;

/// <summary>What the world did wrong, and what to do; HTTP, pages and command line tell it from here.</summary>
/// <param name="Kind">Code, status and title.</param>
/// <param name="Detail">What a program's author is told.</param>
internal sealed record Failure(Problem Kind, string Detail)
{
    /// <summary>The heading of a page that tells it.</summary>
    public string Title { get; init; } = Kind.Title;

    /// <summary>What the reader of a page is told to do.</summary>
    public string Advice { get; init; } = Detail;

    /// <summary>Whether the same may work later.</summary>
    public bool CanRetry { get; init; } = true;

    /// <summary>What the command line says; null where it says what it says of a bug.</summary>
    public string? Line { get; init; }

    /// <summary>The failure that an exception stands for; null for a bug.</summary>
    public static Failure? Of(Exception exception) =>
        exception switch
        {
            NoSnapshotException => new(
                Problems.NoSnapshot,
                "No refresh has been completed yet. One starts with the command user-reports refresh or with "
                    + "POST /api/v2/user-reports/runs/."
            )
            {
                Advice = "The first refresh has not been completed. Start it, or watch it, on the page Refresh.",
                Line = $"{exception.Message} Start one with: user-reports refresh",
            },
            SourceException => new(
                Problems.NoSource,
                "The platform's database does not answer, so who may read cannot be known, or nothing can be read there. Try again soon."
            )
            {
                Advice =
                    "Whether you may read is asked of the platform, and it does not answer now. Try again in a moment.",
                Line = exception.Message,
            },
            AuditException => new(
                Problems.NoAudit,
                "Every read is recorded, and the record cannot be written now; so nothing is read. The log of the service says why."
            )
            {
                Title = "Nothing can be read now",
                Advice = "Every read is recorded, and the record cannot be written. Check the disk of the audit log.",
            },
            LedgerException => new(
                Problems.NoStore,
                "The workspace, where sessions and views are kept, cannot be used now. The log of the service says why. API tokens work all the same."
            )
            {
                Title = "The workspace cannot be used",
                Advice =
                    "Sessions and views cannot be read or written now, so nothing of that has happened. Check the workspace, and try again.",
                Line = exception.Message,
            },
            // As the framework wraps it where it reads the keys of cookies and cursors.
            CryptographicException { InnerException: LedgerException unread } => Of(unread),
            StoreUnreachableException unreachable => new(
                Problems.NoStore,
                $"The database server {unreachable.Server} does not answer. Try again soon."
            )
            {
                Title = "The store cannot be read",
                Advice = exception.Message,
                Line = exception.Message,
            },
            StoreUnavailableException or StoreDamagedException => new(
                Problems.NoStore,
                "The store cannot be read now. The log of the service says why. Try again soon."
            )
            {
                Title = "The store cannot be read",
                Advice = exception.Message,
                Line = exception.Message,
            },
            NoHistoryException => Told(Problems.NoHistory, exception) with { CanRetry = false },
            ChangedFieldException => Told(Problems.BadQuery, exception) with { CanRetry = false },
            QueryCostException => Told(Problems.TooExpensive, exception) with { CanRetry = false },
            QueryTimeException => Told(Problems.TooSlow, exception) with { Title = "The query took too long" },
            QueryMemoryException => Told(Problems.TooMuchMemory, exception),
            PatternRejectedException => Told(Problems.BadQuery, exception) with
            {
                Title = "The pattern was refused",
                CanRetry = false,
            },
            NamesConcealedException or ConcealedChoiceException => new(Problems.BadQuery, exception.Message)
            {
                Title = "Names are concealed",
            },
            _ => null,
        };

    /// <summary>Of an exception that says all there is to say.</summary>
    private static Failure Told(Problem kind, Exception exception) =>
        new(kind, exception.Message) { Line = exception.Message };
}
