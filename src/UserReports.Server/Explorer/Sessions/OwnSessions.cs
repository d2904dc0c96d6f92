using Microsoft.AspNetCore.Components.Authorization;
using UserReports.Feed.Ledger;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Api.Privacy;
using UserReports.Server.Audit;
using UserReports.Server.Explorer.Reading;
using UserReports.Workspace.Sessions;

namespace UserReports.Server.Explorer.Sessions;

/// <summary>The reader's own sessions: to see, and to end; ending is recorded before it happens.</summary>
public sealed class OwnSessions(
    SessionStore sessions,
    ReportReading reading,
    AuthenticationStateProvider authentication
)
{
    private const string Place = "explorer sessions";

    /// <summary>The open sessions, the one that was used last first.</summary>
    /// <exception cref="NotAllowedException">The reader may not, or not any more.</exception>
    public async Task<IReadOnlyList<SessionEntry>> ListAsync(CancellationToken cancellationToken)
    {
        await reading.WhoAsync(cancellationToken);
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        return await SessionEntry.OfAsync(sessions, user, cancellationToken);
    }

    /// <summary>Ends one of them.</summary>
    /// <exception cref="LedgerException">The workspace cannot be written, and nothing has ended.</exception>
    /// <inheritdoc cref="ListAsync"/>
    public async Task EndAsync(string id, CancellationToken cancellationToken)
    {
        var (account, _) = await reading.WhoAsync(cancellationToken);
        await reading.RecordActAsync(Place, AuditEvents.SessionsEnded, ("session", id), cancellationToken);
        await sessions.EndAsync(account, id, cancellationToken);
    }

    /// <summary>Ends all of them but, if <paramref name="keepsThisOne"/>, the one that asks.</summary>
    /// <inheritdoc cref="EndAsync"/>
    public async Task EndAllAsync(bool keepsThisOne, CancellationToken cancellationToken)
    {
        var (account, _) = await reading.WhoAsync(cancellationToken);
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        await reading.RecordActAsync(
            Place,
            AuditEvents.SessionsEnded,
            ("session", keepsThisOne ? "all others" : "all"),
            cancellationToken
        );
        await sessions.EndAllAsync(account, keepsThisOne ? SessionWatch.IdOf(user) : null, cancellationToken);
    }
}
