using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using UserReports.Sources;

namespace UserReports.Server.Access;

/// <summary>What a signed-in account looks like to the rest of the service, and what its cookie holds.</summary>
/// <remarks>
/// A principal is made anew from the platform's answer at each request. The cookie holds the account's id and what it
/// signed in with: a digest of its password's hash (so that a changed password ends the session) or the token. Cookies
/// are encrypted.
/// </remarks>
internal static class SessionTicket
{
    private const string StampKey = "stamp";
    private const string TokenKey = "token";

    public static ClaimsPrincipal Principal(Identity identity, string scheme)
    {
        List<Claim> claims =
        [
            new(ClaimTypes.NameIdentifier, identity.AccountId.ToString(CultureInfo.InvariantCulture)),
            new(ClaimTypes.Name, identity.Username),
        ];
        if (LiveRights.MayRead(identity))
            claims.Add(new(AccessNames.RightClaim, AccessNames.SuperuserRight));
        return new(new ClaimsIdentity(claims, scheme));
    }

    public static long? AccountOf(ClaimsPrincipal principal) =>
        long.TryParse(
            principal.FindFirstValue(ClaimTypes.NameIdentifier),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var id
        )
            ? id
            : null;

    public static AuthenticationProperties ForPassword(Identity identity) =>
        new() { Items = { [StampKey] = Stamp(identity) } };

    public static AuthenticationProperties ForToken(string token) => new() { Items = { [TokenKey] = token } };

    /// <summary>The account behind a cookie, or null if what it signed in with no longer holds.</summary>
    public static async Task<Identity?> FindAsync(
        LiveRights rights,
        ClaimsPrincipal principal,
        AuthenticationProperties properties,
        CancellationToken cancellationToken
    )
    {
        if (AccountOf(principal) is not { } accountId)
            return null;
        var identity =
            properties.Items.TryGetValue(TokenKey, out var token) && token is not null
                ? await rights.FindByTokenAsync(token, cancellationToken)
                : await rights.FindByIdAsync(accountId, null, cancellationToken);
        return
            identity is { IsActive: true }
            && identity.AccountId == accountId
            && (token is not null || properties.Items.TryGetValue(StampKey, out var stamp) && stamp == Stamp(identity))
            ? identity
            : null;
    }

    internal static string Stamp(Identity identity) =>
        Convert.ToHexString(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{identity.AccountId}:{identity.PasswordHash}")).AsSpan(0, 16)
        );
}
