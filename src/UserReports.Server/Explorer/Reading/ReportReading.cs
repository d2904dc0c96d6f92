using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Server.Access.Rights;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Api.History;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Explorer.Account;
using UserReports.Server.Http;
using UserReports.Store;
using UserReports.Store.History;
using UserReports.Workspace.Sessions;

namespace UserReports.Server.Explorer.Reading;

/// <summary>Every read of the explorer: checks that the reader still may, reads, and records it before anything is
/// shown.</summary>
public sealed class ReportReading(
    IReportReader reports,
    IReportStore store,
    LiveRights rights,
    AuditLog audit,
    NodeAudits audits,
    AuthenticationStateProvider authentication,
    Reader reader,
    SessionStore sessions,
    NameConcealment concealment,
    TimeProvider time
)
{
    private static readonly TimeSpan RightAgeMax = TimeSpan.FromSeconds(15);

    private readonly ReaderRecords recorded = new(audit, reader, time);

    /// <summary>Summaries that the last record already names, and that have not been read yet.</summary>
    private IReadOnlyList<AskedSummary> announced = [];

    /// <summary>Who reads.</summary>
    /// <exception cref="NotAllowedException">The reader may not, or not any more.</exception>
    public async Task<(long Id, string Name)> WhoAsync(CancellationToken cancellationToken)
    {
        var user = await UserAsync(cancellationToken);
        return (Caller.AccountOf(user)!.Value, user.Identity!.Name!);
    }

    /// <summary>Who reads, with what they signed in with.</summary>
    /// <inheritdoc cref="WhoAsync"/>
    public async Task<ClaimsPrincipal> UserAsync(CancellationToken cancellationToken)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (Caller.AccountOf(user) is null || !await rights.MayStillReadAsync(user, RightAgeMax, cancellationToken))
            throw new NotAllowedException();
        if (SessionWatch.IdOf(user) is { } session)
            await sessions.TouchAsync(session, reader.Address, cancellationToken);
        return user;
    }

    /// <summary>What the reader sees of the rows of a query.</summary>
    /// <inheritdoc cref="WhoAsync"/>
    public async Task<ReportView> ViewAsync(string q, CancellationToken cancellationToken) =>
        await concealment.OfQueryAsync(await UserAsync(cancellationToken), q, cancellationToken);

    /// <summary>The same of a day that is past; of the present where it is null.</summary>
    /// <param name="at">As it stands in the address; what is neither a day nor an instant is long past.</param>
    /// <exception cref="NoHistoryException">There is no snapshot so early.</exception>
    /// <inheritdoc cref="WhoAsync"/>
    public async Task<ReportView> ViewAsync(string q, string? at, CancellationToken cancellationToken)
    {
        var view = await ViewAsync(q, cancellationToken);
        return at is null
            ? view
            : concealment.Over(
                view,
                await store.History.AtAsync(PastReports.Parse(at) ?? DateTimeOffset.MinValue, cancellationToken)
            );
    }

    /// <summary>True for a path whose values are shown to nobody before they are revealed.</summary>
    public bool Conceals(FieldPath path) => concealment.IsOn && path.Field.Personal != PersonalKind.None;

    /// <summary>One page of a query.</summary>
    /// <param name="view">What the reader sees of it, and what the query was compiled for.</param>
    /// <param name="figures">Summaries that belong to the same look: they are recorded with the page, and reading them
    /// next leaves no record of its own.</param>
    /// <param name="at">Of which day the view is, as it was asked for; null for the present.</param>
    /// <exception cref="NotAllowedException">The reader may not, or not any more.</exception>
    public async Task<ReportPage> FindAsync(
        ReportView view,
        string q,
        ReportQuery query,
        PageRequest request,
        IReadOnlyList<AskedSummary> figures,
        string? at,
        CancellationToken cancellationToken
    )
    {
        var who = await WhoAsync(cancellationToken);
        var page = await view.Reader.For(who.Id).FindAsync(query, request, cancellationToken);
        recorded.Add(
            who,
            "explorer accounts",
            null,
            q,
            page.Documents.Count,
            figures,
            null,
            view.Reveal,
            ("ordering", string.Join(',', query.Ordering)),
            ("limit", request.Limit.ToString(CultureInfo.InvariantCulture)),
            ("start", request.Offset == 0 ? null : request.Offset.ToString(CultureInfo.InvariantCulture)),
            ("cursor", ReaderRecords.PlaceOf(request.Key)),
            ("at", at)
        );
        announced = [.. figures];
        return page;
    }

    /// <summary>One page of a comparison.</summary>
    /// <param name="days">Between which days, as they were asked for.</param>
    /// <param name="fields">The compared fields, as a request names them.</param>
    /// <exception cref="NoHistoryException">There is no snapshot so early.</exception>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<ComparisonPage> CompareAsync(
        ReportView view,
        string q,
        ComparisonQuery query,
        PageRequest request,
        (string? From, string? To) days,
        string fields,
        CancellationToken cancellationToken
    )
    {
        var who = await WhoAsync(cancellationToken);
        var page = await store.History.CompareAsync(query, request, who.Id, cancellationToken);
        recorded.Add(
            who,
            "explorer comparison",
            null,
            q,
            page.Rows.Count,
            null,
            null,
            view.Reveal,
            ("from", days.From),
            ("to", days.To),
            ("show", query.Shown.ToString().ToLowerInvariant()),
            ("fields", fields),
            ("ordering", string.Join(',', query.Query.Ordering)),
            ("limit", request.Limit.ToString(CultureInfo.InvariantCulture)),
            ("cursor", ReaderRecords.PlaceOf(request.Key))
        );
        announced = [];
        return page;
    }

    /// <summary>The present documents of accounts that the reader has before him; the record of having looked at them
    /// stands already.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindChangedAsync(
        string q,
        IReadOnlyCollection<long> accounts,
        CancellationToken cancellationToken
    )
    {
        var who = await WhoAsync(cancellationToken);
        var view = await ViewAsync(q, cancellationToken);
        return
        [
            .. (await view.Reader.For(who.Id).FindAccountsAsync(accounts, cancellationToken)).Select(f => f.Document),
        ];
    }

    /// <summary>Figures over a query.</summary>
    /// <param name="what">What the reader did, unless it was to look at a page that has recorded them.</param>
    /// <param name="at">Of which day, as it was asked for; null for the present.</param>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<IReadOnlyList<ReportSummary>> SummarizeAsync(
        string what,
        string q,
        IReadOnlyList<AskedSummary> figures,
        string? at,
        CancellationToken cancellationToken
    )
    {
        var who = await WhoAsync(cancellationToken);
        var view = await ViewAsync(q, at, cancellationToken);
        List<ReportSummary> summaries = [];
        foreach (var asked in figures)
            summaries.Add(
                await view.Reader.For(who.Id).SummarizeAsync(asked.Compile(view.Conceals), cancellationToken)
            );
        if (!figures.All(announced.Contains))
        {
            var rows = summaries.Sum(summary => summary.Groups.Count);
            recorded.Add(who, what, null, q, rows, figures, null, view.Reveal, ("at", at));
        }

        // A record is good for one look.
        announced = [.. announced.Except(figures)];
        return summaries;
    }

    /// <summary>The documents of one account.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAccountAsync(
        AccountKey account,
        CancellationToken cancellationToken
    )
    {
        var who = await WhoAsync(cancellationToken);
        var view = await concealment.OfAsync(await UserAsync(cancellationToken), account.Target, cancellationToken);
        var documents = await ReadAsync(view.Reader.For(who.Id), account, cancellationToken);
        // Its year is read next, for the same look.
        recorded.Add(
            who,
            "explorer account",
            account.Path,
            null,
            documents.Count,
            null,
            null,
            view.Reveal,
            ("history", "366 days")
        );
        return documents;
    }

    /// <summary>
    /// Reads more of an account that the reader has before him than its rows; the record of having looked at it stands
    /// already.
    /// </summary>
    /// <param name="read">
    /// Is given what the reader sees of it, read in the reader's turn, who that is, and the platform's number of the
    /// account.
    /// </param>
    /// <returns>Nothing if there is no such account any more.</returns>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<T?> ReadOfAccountAsync<T>(
        AccountKey account,
        Func<ReportView, long, long, Task<T?>> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var who = await WhoAsync(cancellationToken);
        var view = await concealment.OfAsync(await UserAsync(cancellationToken), account.Target, cancellationToken);
        view = view with { Reader = view.Reader.For(who.Id) };
        var accounts = account.Uid is { } uid
            ? await view.Reader.StaleAccountsAsync(uid, DateTimeOffset.MaxValue, 1, cancellationToken)
            : await view.Reader.StaleAccountsAsync(
                account.ByName(),
                AccountKey.AllRows,
                DateTimeOffset.MaxValue,
                1,
                cancellationToken
            );
        return accounts is [var accountId] ? await read(view, who.Id, accountId) : null;
    }

    /// <summary>Has an account computed anew, and reads it: one act, and one record of it.</summary>
    /// <param name="refresh">Is given the account's name as the platform knows it; false if there is no such account any
    /// more, then nothing is read.</param>
    /// <returns>Null if there is no such account any more.</returns>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>?> RefreshAccountAsync(
        AccountKey account,
        Func<string, Task<bool>> refresh,
        CancellationToken cancellationToken
    )
    {
        // Recorded first: what cannot be recorded must not be done. How many rows come of it nobody knows before.
        var who = await WhoAsync(cancellationToken);
        var before = await ReadAsync(reports.For(who.Id), account, cancellationToken);
        recorded.Add(who, "explorer refresh account", account.Path, null, before.Count);
        if (AccountDocument.Read(before) is not { } known || !await refresh(known.Username))
            return null;
        var view = await concealment.OfAsync(await UserAsync(cancellationToken), account.Target, cancellationToken);
        return await ReadAsync(view.Reader.For(who.Id), account, cancellationToken);
    }

    /// <summary>Records of the audit log; the search is itself recorded.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<IReadOnlyList<AuditRecord>> SearchAuditAsync(
        AuditQuery query,
        CancellationToken cancellationToken
    )
    {
        var who = await WhoAsync(cancellationToken);
        var shown = query with { Shown = concealment.ShownTo(await UserAsync(cancellationToken)) };
        var records = await audits.SearchAsync(shown, who.Id, cancellationToken);
        recorded.Add(
            who,
            "explorer audit",
            null,
            null,
            records.Count,
            null,
            null,
            null,
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
        recorded.Add(await WhoAsync(cancellationToken), what, path, null, 0);

    private static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(
        IReportReader from,
        AccountKey account,
        CancellationToken cancellationToken
    ) =>
        account.Uid is { } uid
            ? await from.FindAccountAsync(uid, cancellationToken)
            : (await from.FindAsync(account.ByName(), AccountKey.AllRows, cancellationToken)).Documents;

    /// <summary>Records what the reader did to something that has a name.</summary>
    /// <param name="happened">One of <see cref="AuditEvents"/>.</param>
    /// <inheritdoc cref="FindAsync"/>
    public async Task RecordActAsync(
        string what,
        string happened,
        (string Name, string? Value) about,
        CancellationToken cancellationToken
    ) => recorded.Add(await WhoAsync(cancellationToken), what, null, null, 0, null, happened, null, about);

    /// <summary>Records that the reader begins or ends a reveal.</summary>
    /// <param name="happened">One of <see cref="AuditEvents"/>.</param>
    /// <param name="path">The page that it is of; null for a query.</param>
    /// <inheritdoc cref="FindAsync"/>
    public async Task RecordRevealAsync(
        string happened,
        string? path,
        Reveal reveal,
        CancellationToken cancellationToken
    ) =>
        recorded.Add(
            await WhoAsync(cancellationToken),
            "explorer reveal",
            path,
            reveal.Target.Q,
            0,
            null,
            happened,
            reveal,
            ("reason", reveal.Reason),
            ("user_uid", reveal.Target.UserUid)
        );
}

/// <summary>The reader is not signed in any more, or lost the right to read.</summary>
public sealed class NotAllowedException()
    : Exception("Your session has ended, or this account may no longer see the reports.");
