using Microsoft.AspNetCore.Components.Authorization;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Api.Privacy;
using UserReports.Server.Audit;
using UserReports.Server.Explorer.Reading;

namespace UserReports.Server.Explorer.Sessions;

/// <summary>The reader's own sessions: to see, and to end; ending is recorded before it happens.</summary>
public sealed class OwnSessions(
    ISessionStore sessions,
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
        return SessionEntry.Of(sessions, (await authentication.GetAuthenticationStateAsync()).User);
    }

    /// <summary>Ends one of them.</summary>
    /// <exception cref="SessionStoreException">It has ended, but a restart may open it again.</exception>
    /// <inheritdoc cref="ListAsync"/>
    public async Task EndAsync(string id, CancellationToken cancellationToken)
    {
        var (account, _) = await reading.WhoAsync(cancellationToken);
        await reading.RecordActAsync(Place, AuditEvents.SessionsEnded, ("session", id), cancellationToken);
        sessions.End(account, id);
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
        sessions.EndAll(account, keepsThisOne ? SessionWatch.IdOf(user) : null);
    }
}
