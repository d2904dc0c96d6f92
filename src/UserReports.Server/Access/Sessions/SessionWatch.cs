using System.Security.Claims;
using UserReports.Server.Http;

namespace UserReports.Server.Access.Sessions;

/// <summary>Between principals and the sessions that they belong to.</summary>
public static class SessionWatch
{
    private const int BrowserMax = 200;

    /// <summary>True if the principal is of a session that has ended; never of what is no session.</summary>
    public static bool IsOver(this ISessionStore sessions, ClaimsPrincipal principal, TimeProvider time) =>
        SessionTicket.SessionOf(principal) is { } session
        && (session.End <= time.GetUtcNow() || !sessions.IsOpen(session.Id));

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
