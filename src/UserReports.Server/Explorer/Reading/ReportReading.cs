using Microsoft.AspNetCore.Components.Authorization;
using UserReports.Core.Query;
using UserReports.Server.Access;
using UserReports.Server.Audit;
using UserReports.Store;

namespace UserReports.Server.Explorer.Reading;

/// <summary>Every read of the explorer: checks that the reader still may, reads, and records it before anything is
/// shown.</summary>
public sealed class ReportReading(
    IReportReader reports,
    LiveRights rights,
    AuditLog audit,
    AuthenticationStateProvider authentication,
    Reader reader,
    TimeProvider time
)
{
    private static readonly TimeSpan RightAgeMax = TimeSpan.FromSeconds(15);

    /// <summary>Who reads.</summary>
    /// <exception cref="NotAllowedException">The reader may not, or not any more.</exception>
    public async Task<(long Id, string Name)> WhoAsync(CancellationToken cancellationToken)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        return
            SessionTicket.AccountOf(user) is { } id
            && await rights.MayStillReadAsync(user, RightAgeMax, cancellationToken)
            ? (id, user.Identity!.Name!)
            : throw new NotAllowedException();
    }

    /// <summary>One page of a query.</summary>
    /// <exception cref="NotAllowedException">The reader may not, or not any more.</exception>
    public async Task<ReportPage> FindAsync(
        string q,
        ReportQuery query,
        PageRequest request,
        CancellationToken cancellationToken
    )
    {
        var who = await WhoAsync(cancellationToken);
        var page = await reports.FindAsync(query, request, cancellationToken);
        Record(who, "explorer accounts", null, q, page.Documents.Count);
        return page;
    }

    /// <summary>Figures over a query.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<ReportSummary> SummarizeAsync(string q, SummaryQuery query, CancellationToken cancellationToken)
    {
        var who = await WhoAsync(cancellationToken);
        var summary = await reports.SummarizeAsync(query, cancellationToken);
        Record(who, "explorer summary", null, q, summary.Groups.Count);
        return summary;
    }

    /// <summary>The documents of one account.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAccountAsync(
        string userUid,
        CancellationToken cancellationToken
    )
    {
        var who = await WhoAsync(cancellationToken);
        var documents = await reports.FindAccountAsync(userUid, cancellationToken);
        Record(who, "explorer account", $"/account/{userUid}", null, documents.Count);
        return documents;
    }

    /// <summary>Records of the audit log; the search is itself recorded.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<IReadOnlyList<AuditRecord>> SearchAuditAsync(
        AuditQuery query,
        CancellationToken cancellationToken
    )
    {
        var who = await WhoAsync(cancellationToken);
        var records = await audit.SearchAsync(query, cancellationToken);
        Record(who, "explorer audit", null, query.Text ?? query.User, records.Count);
        return records;
    }

    /// <summary>Records something that the reader did rather than read.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task RecordActAsync(string what, string? path, CancellationToken cancellationToken) =>
        Record(await WhoAsync(cancellationToken), what, path, null, 0);

    private void Record((long Id, string Name) who, string route, string? path, string? q, long rows) =>
        audit.Write(
            new(
                time.GetUtcNow(),
                who.Id,
                who.Name,
                reader.Address,
                route,
                path,
                string.IsNullOrEmpty(q) ? null : q,
                null,
                rows,
                200
            )
        );
}

/// <summary>The reader is not signed in any more, or lost the right to read.</summary>
public sealed class NotAllowedException()
    : Exception("Your session has ended, or this account may no longer see the reports.");
