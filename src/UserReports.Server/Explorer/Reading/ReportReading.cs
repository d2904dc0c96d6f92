using System.Globalization;
using Microsoft.AspNetCore.Components.Authorization;
using UserReports.Core.Query;
using UserReports.Server.Access;
using UserReports.Server.Access.Sessions;
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
    ISessionStore sessions,
    TimeProvider time
)
{
    private static readonly TimeSpan RightAgeMax = TimeSpan.FromSeconds(15);

    /// <summary>Who reads.</summary>
    /// <exception cref="NotAllowedException">The reader may not, or not any more.</exception>
    public async Task<(long Id, string Name)> WhoAsync(CancellationToken cancellationToken)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (
            SessionTicket.AccountOf(user) is not { } id
            || !await rights.MayStillReadAsync(user, RightAgeMax, cancellationToken)
        )
            throw new NotAllowedException();
        if (SessionWatch.IdOf(user) is { } session)
            sessions.Touch(session, reader.Address);
        return (id, user.Identity!.Name!);
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
        Record(
            who,
            "explorer accounts",
            null,
            q,
            page.Documents.Count,
            ("ordering", string.Join(',', query.Ordering)),
            ("limit", request.Limit.ToString(CultureInfo.InvariantCulture)),
            ("start", request.Offset == 0 ? null : request.Offset.ToString(CultureInfo.InvariantCulture)),
            ("cursor", PlaceOf(request.Key))
        );
        return page;
    }

    /// <summary>Figures over a query.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<ReportSummary> SummarizeAsync(string q, SummaryQuery query, CancellationToken cancellationToken)
    {
        var who = await WhoAsync(cancellationToken);
        var summary = await reports.SummarizeAsync(query, cancellationToken);
        Record(
            who,
            "explorer summary",
            null,
            q,
            summary.Groups.Count,
            ("group_by", string.Join(',', query.Groups)),
            ("metrics", string.Join(',', query.Measures)),
            ("top", query.Top.ToString(CultureInfo.InvariantCulture))
        );
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
        Record(
            who,
            "explorer audit",
            null,
            null,
            records.Count,
            ("user", query.User),
            ("text", query.Text),
            ("since", query.Since?.ToString("O", CultureInfo.InvariantCulture)),
            ("until", query.Until?.ToString("O", CultureInfo.InvariantCulture))
        );
        return records;
    }

    /// <summary>Records something that the reader did rather than read.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task RecordActAsync(string what, string? path, CancellationToken cancellationToken) =>
        Record(await WhoAsync(cancellationToken), what, path, null, 0);

    /// <summary>Records what the reader did to something that has a name.</summary>
    /// <param name="happened">One of <see cref="AuditEvents"/>.</param>
    /// <inheritdoc cref="FindAsync"/>
    public async Task RecordActAsync(
        string what,
        string happened,
        (string Name, string? Value) about,
        CancellationToken cancellationToken
    ) => Record(await WhoAsync(cancellationToken), what, null, null, 0, happened, about);

    /// <summary>Behind (or before) which row a page begins, where it is not the first.</summary>
    private static string? PlaceOf(PageKey? key) =>
        key is null
            ? null
            : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(key.Backward ? "before" : "after")} account {key.UserId} {key.OrganizationId}"
                )
                .TrimEnd();

    private void Record(
        (long Id, string Name) who,
        string route,
        string? path,
        string? q,
        long rows,
        params ReadOnlySpan<(string Name, string? Value)> asked
    ) => Record(who, route, path, q, rows, null, asked);

    private void Record(
        (long Id, string Name) who,
        string route,
        string? path,
        string? q,
        long rows,
        string? happened,
        params ReadOnlySpan<(string Name, string? Value)> asked
    )
    {
        SortedDictionary<string, string> parameters = new(StringComparer.Ordinal);
        foreach (var (name, value) in asked)
        {
            if (!string.IsNullOrEmpty(value))
                parameters[name] = value;
        }

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
            {
                Event = happened,
                Asked = parameters.Count == 0 ? null : parameters,
            }
        );
    }
}

/// <summary>The reader is not signed in any more, or lost the right to read.</summary>
public sealed class NotAllowedException()
    : Exception("Your session has ended, or this account may no longer see the reports.");
