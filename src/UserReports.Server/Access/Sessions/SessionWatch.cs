using System.Security.Claims;
using UserReports.Feed.Ledger;
using UserReports.Server.Http;
using UserReports.Server.Limits;
using UserReports.Workspace.Sessions;

namespace UserReports.Server.Access.Sessions;

/// <summary>Between principals and the sessions that they belong to.</summary>
public static class SessionWatch
{
    private const int BrowserMax = 200;

    /// <summary>True if the principal is of a session that has ended; never of what is no session.</summary>
    /// <exception cref="LedgerException">The workspace cannot be asked.</exception>
    public static async Task<bool> IsOverAsync(
        this SessionStore sessions,
        ClaimsPrincipal principal,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        SessionTicket.SessionOf(principal) is { } session
        && (session.End <= time.GetUtcNow() || !await sessions.IsOpenAsync(session.Id, cancellationToken));

    /// <summary>The network that an address belongs to, as sessions remember it; null where it is not known.</summary>
    internal static string? NetworkOf(string? address) => address is null ? null : ClientNetwork.Of(address);

    /// <summary>The session's name among its owner's, or null of what is no session.</summary>
    public static string? IdOf(ClaimsPrincipal principal) => SessionTicket.SessionOf(principal)?.Id;

    /// <summary>The session that signing in over this request begins.</summary>
    internal static Session Opening(HttpContext context, ClaimsPrincipal principal, DateTimeOffset now)
    {
        var (id, end) = SessionTicket.SessionOf(principal)!.Value;
        var address = context.Connection.RemoteIpAddress?.ToString();
        var browser = context.Request.Headers.UserAgent.ToString();
        return new(
            id,
            Caller.AccountOf(principal)!.Value,
            now,
            address,
            browser.Length == 0 ? null : browser[..Math.Min(browser.Length, BrowserMax)],
            now,
            address,
            end
        );
    }
}
