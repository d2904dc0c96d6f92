using System.Security.Claims;
using UserReports.Core.Reports;
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
    public ReportView OfAccount(ClaimsPrincipal user, string userUid) =>
        concealed is null ? all : Of(user, () => RevealTarget.OfAccount(userUid));

    /// <summary>What somebody sees of the rows of a query.</summary>
    /// <param name="q">As it was sent; of one with a fault nothing is seen, and the fault is told.</param>
    public ReportView OfQuery(ClaimsPrincipal user, string? q) =>
        concealed is null ? all : Of(user, () => RevealTarget.OfQuery(q));

    /// <summary>What somebody sees of a target.</summary>
    public ReportView Of(ClaimsPrincipal user, RevealTarget? target) =>
        concealed is null ? all : Of(user, () => target);

    /// <summary>Whether an account may reveal names.</summary>
    public bool MayReveal(ClaimsPrincipal user) =>
        IsOn && user.Identity?.Name is { } name && settings.Revealers.Contains(name);

    /// <summary>How an account is named to others than itself.</summary>
    public string NameOf(string username) => Pseudonyms?.Of(UsernameField, username) ?? username;

    /// <summary>How somebody sees a record of the audit log, which no reveal is of; null for as it is.</summary>
    public Func<AuditRecord, AuditRecord>? ShownTo(ClaimsPrincipal user)
    {
        if (audit is null)
            return null;
        var reader = Caller.AccountOf(user) ?? 0;
        return record => audit.Apply(record, reader);
    }

    private ReportView Of(ClaimsPrincipal user, Func<RevealTarget?> target)
    {
        // Whoever has revealed nothing, which is nearly everybody, costs no second look at the query.
        if (
            !MayReveal(user)
            || reveals.Of(Beholder.Of(user)) is not { Count: > 0 } own
            || target() is not { } wanted
            || own.FirstOrDefault(one => one.Target.Normal == wanted.Normal) is not { } reveal
        )
            return concealed!;
        return all with { Reveal = reveal };
    }
}
