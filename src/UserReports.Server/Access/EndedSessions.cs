using System.Collections.Concurrent;
using System.Security.Claims;

namespace UserReports.Server.Access;

/// <summary>Sessions that were signed out before their end: a copy of their cookie must not outlive them.</summary>
/// <remarks>
/// Kept in the process: a restart forgets them. Only who has a session can end one, so memory is bounded by the number
/// of sign-ins within a session's length.
/// </remarks>
public sealed class EndedSessions(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> ends = new(StringComparer.Ordinal);

    /// <summary>Ends the session of the principal, if it has one.</summary>
    public void End(ClaimsPrincipal principal)
    {
        if (SessionTicket.SessionOf(principal) is not { } session)
            return;
        var now = time.GetUtcNow();
        foreach (var (number, end) in ends)
        {
            if (end <= now)
                ends.TryRemove(number, out _);
        }

        ends[session.Number] = session.End;
    }

    /// <summary>True if the principal is of a session that was ended or has come to its end.</summary>
    public bool IsOver(ClaimsPrincipal principal) =>
        SessionTicket.SessionOf(principal) is { } session
        && (session.End <= time.GetUtcNow() || ends.ContainsKey(session.Number));
}
