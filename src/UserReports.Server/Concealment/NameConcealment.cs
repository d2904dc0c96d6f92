using System.Security.Claims;
using UserReports.Core.Reports;
using UserReports.Feed.Ledger;
using UserReports.Server.Audit;
using UserReports.Server.Http;
using UserReports.Store;

namespace UserReports.Server.Concealment;

/// <summary>Decides for each question whether names are shown.</summary>
public sealed class NameConcealment
{
    private static readonly Field UsernameField = ReportCatalogue.Fields.First(field => field.Name == "username");

    private readonly ConcealmentSettings settings;
    private readonly Reveals reveals;
    private readonly ReportView all;
    private readonly ReportView? concealed;
    private readonly AuditConcealment? audit;

    /// <param name="pseudonyms">Null where nothing is concealed.</param>
    public NameConcealment(ConcealmentSettings settings, Pseudonyms? pseudonyms, Reveals reveals, IReportReader reader)
    {
        (this.settings, this.reveals, Pseudonyms) = (settings, reveals, pseudonyms);
        all = new(reader, false, pseudonyms is null ? "" : "revealed", null);
        if (pseudonyms is null)
            return;
        concealed = new(new ConcealedReader(reader, pseudonyms), true, "concealed", null);
        audit = new(pseudonyms);
    }

    /// <summary>Null where nothing is concealed.</summary>
    public Pseudonyms? Pseudonyms { get; }

    /// <summary>True where names are concealed from whoever has not revealed them.</summary>
    public bool IsOn => concealed is not null;

    /// <summary>What somebody sees of an account, found by its identifier.</summary>
    public ValueTask<ReportView> OfAccountAsync(
        ClaimsPrincipal user,
        string userUid,
        CancellationToken cancellationToken
    ) => OfAsync(user, () => RevealTarget.OfAccount(userUid), cancellationToken);

    /// <summary>What somebody sees of the rows of a query.</summary>
    /// <param name="q">As it was sent; of one with a fault nothing is seen, and the fault is told.</param>
    public ValueTask<ReportView> OfQueryAsync(ClaimsPrincipal user, string? q, CancellationToken cancellationToken) =>
        OfAsync(user, () => RevealTarget.OfQuery(q), cancellationToken);

    /// <summary>What somebody sees of a target.</summary>
    public ValueTask<ReportView> OfAsync(
        ClaimsPrincipal user,
        RevealTarget? target,
        CancellationToken cancellationToken
    ) => OfAsync(user, () => target, cancellationToken);

    /// <summary>A view of other rows than the present: with names if it has them, without if not.</summary>
    public ReportView Over(ReportView view, IReportReader reader) =>
        view with
        {
            Reader = view.Conceals ? new ConcealedReader(reader, Pseudonyms!) : reader,
        };

    /// <summary>A document as a view shows it.</summary>
    public ReadOnlyMemory<byte> Shown(ReportView view, ReadOnlyMemory<byte> document) =>
        view.Conceals ? new DocumentConcealment(Pseudonyms!).Apply(document) : document;

    /// <summary>Whether an account may reveal names.</summary>
    public bool MayReveal(ClaimsPrincipal user) =>
        IsOn && user.Identity?.Name is { } name && settings.Revealers.Contains(name);

    /// <summary>How an account is named to others than itself.</summary>
    public string NameOf(string username) => Pseudonyms?.Of(UsernameField, username) ?? username;

    /// <summary>How somebody sees a record of the audit log, which no reveal is of; null for as it is.</summary>
    public Func<AuditRecord, AuditRecord>? ShownTo(ClaimsPrincipal user) => ShownTo(Caller.AccountOf(user) ?? 0);

    /// <summary>The same of an account, by the platform's id.</summary>
    public Func<AuditRecord, AuditRecord>? ShownTo(long reader) =>
        audit is null ? null : record => audit.Apply(record, reader);

    private async ValueTask<ReportView> OfAsync(
        ClaimsPrincipal user,
        Func<RevealTarget?> target,
        CancellationToken cancellationToken
    )
    {
        if (concealed is null)
            return all;
        // Whoever has revealed nothing, which is nearly everybody, costs no second look at the query.
        if (
            !MayReveal(user)
            || await OwnAsync(user, cancellationToken) is not { Count: > 0 } own
            || target() is not { } wanted
            || own.FirstOrDefault(one => one.Target.Normal == wanted.Normal) is not { } reveal
        )
            return concealed;
        return all with { Reveal = reveal };
    }

    /// <summary>Without the workspace nobody knows of a reveal, or of its end: names are concealed.</summary>
    private async Task<IReadOnlyList<Reveal>> OwnAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        try
        {
            return await reveals.OfAsync(Beholder.Of(user), cancellationToken);
        }
        catch (LedgerException)
        {
            return [];
        }
    }
}
