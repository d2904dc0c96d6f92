using System.Security.Claims;
using UserReports.Core.Query;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Http;

namespace UserReports.Server.Concealment;

/// <summary>What a reveal is of: one account, or the rows of one query.</summary>
/// <param name="Normal">What two texts of the same account or query have in common.</param>
public sealed record RevealTarget(string? UserUid, string? Username, string? Q, string Normal)
{
    /// <summary>An account, by its public identifier.</summary>
    public static RevealTarget OfAccount(string userUid) => new(userUid, null, null, $"account {userUid}");

    /// <summary>An account without one, by its name.</summary>
    public static RevealTarget OfName(string username) => new(null, username, null, $"name {username}");

    /// <summary>The rows of a query, however written, ordered, paged or summed up; of none, everybody's.</summary>
    /// <returns>Null for a query with a fault.</returns>
    public static RevealTarget? OfQuery(string? q) =>
        QueryCompiler.Compile(q, null).Query is { } query
            ? new(null, null, q ?? "", $"query {query.Filter?.ToString() ?? "of everybody"}")
            : null;
}

/// <summary>Names that one person may see for a while.</summary>
/// <param name="Id">Unique; it stands in the audit records of what was read under it.</param>
/// <param name="EndsAt">The first instant at which it is no more.</param>
public sealed record Reveal(
    string Id,
    RevealTarget Target,
    string Reason,
    DateTimeOffset StartedAt,
    DateTimeOffset EndsAt
);

/// <summary>Somebody, with what they signed in with: a reveal is good for both together alone.</summary>
public sealed record Beholder(long AccountId, string Username, string Credential)
{
    /// <summary>Of a signed-in principal.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in.</exception>
    public static Beholder Of(ClaimsPrincipal user) =>
        Caller.AccountOf(user) is { } account
            ? new(account, user.Identity?.Name ?? "", SessionTicket.CredentialOf(user))
            : throw new InvalidOperationException("Nobody is signed in who could be shown anything.");
}
