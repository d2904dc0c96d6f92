using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using UserReports.Server.Access.Rights;
using UserReports.Sources;

namespace UserReports.Server.Access.Sessions;

/// <summary>What a signed-in account looks like to the rest of the service, and what its cookie holds.</summary>
/// <remarks>
/// A principal is made anew from the platform's answer at each request. It holds the account's id and what it signed in
/// with: a digest of its password's hash (so that a changed password ends the session) or the token; of a session also
/// its number and its end, so that a page that stays open ends with it. Cookies are encrypted, and principals never
/// leave the process otherwise.
/// </remarks>
internal static class SessionTicket
{
    private const string StampClaim = "stamp";
    private const string TokenClaim = "token";
    private const string SessionClaim = "session";
    private const string EndClaim = "session_end";

    public static ClaimsPrincipal ForPassword(Identity identity, string scheme) =>
        Principal(identity, scheme, [new(StampClaim, Stamp(identity))]);

    public static ClaimsPrincipal ForToken(Identity identity, string token, string scheme) =>
        Principal(identity, scheme, [new(TokenClaim, token)]);

    /// <summary>The same as a session of its own, which ends by itself at <paramref name="end"/>.</summary>
    public static ClaimsPrincipal AsSession(ClaimsPrincipal principal, DateTimeOffset end)
    {
        var identity = principal.Identities.Single().Clone();
        identity.AddClaim(new(SessionClaim, Convert.ToHexString(RandomNumberGenerator.GetBytes(16))));
        identity.AddClaim(new(EndClaim, end.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)));
        return new(identity);
    }

    /// <summary>The same with the rights that the platform gives now.</summary>
    public static ClaimsPrincipal Renewed(ClaimsPrincipal principal, Identity identity, string scheme) =>
        Principal(
            identity,
            scheme,
            principal.Claims.Where(c => c.Type is StampClaim or TokenClaim or SessionClaim or EndClaim)
        );

    public static string? TokenOf(ClaimsPrincipal principal) => principal.FindFirstValue(TokenClaim);

    /// <summary>What the principal signed in with, as it can be told apart and not be used.</summary>
    public static string CredentialOf(ClaimsPrincipal principal) =>
        SessionOf(principal) is { } session ? $"session {session.Id}"
        : TokenOf(principal) is { } token ? $"token {IdOf(token)}"
        : $"password {principal.FindFirstValue(StampClaim)}";

    /// <summary>
    /// What a session is known by, and its end; null of what is none. The number in the cookie is not kept anywhere.
    /// </summary>
    public static (string Id, DateTimeOffset End)? SessionOf(ClaimsPrincipal principal) =>
        principal.FindFirstValue(SessionClaim) is { } number
        && long.TryParse(
            principal.FindFirstValue(EndClaim),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var end
        )
            ? (IdOf(number), DateTimeOffset.FromUnixTimeMilliseconds(end))
            : null;

    /// <summary>True if the password that the principal signed in with is still the account's.</summary>
    public static bool HasPasswordOf(ClaimsPrincipal principal, Identity identity) =>
        principal.FindFirstValue(StampClaim) == Stamp(identity);

    private static string IdOf(string number) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(number)).AsSpan(0, 16));

    internal static string Stamp(Identity identity) =>
        Convert.ToHexString(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{identity.AccountId}:{identity.PasswordHash}")).AsSpan(0, 16)
        );

    private static ClaimsPrincipal Principal(Identity identity, string scheme, IEnumerable<Claim> credential)
    {
        List<Claim> claims =
        [
            new(ClaimTypes.NameIdentifier, identity.AccountId.ToString(CultureInfo.InvariantCulture)),
            new(ClaimTypes.Name, identity.Username),
            .. credential,
        ];
        if (LiveRights.MayRead(identity))
            claims.Add(new(AccessNames.RightClaim, AccessNames.SuperuserRight));
        return new(new ClaimsIdentity(claims, scheme));
    }
}
