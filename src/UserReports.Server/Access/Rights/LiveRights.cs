using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using BitFaster.Caching.Lru;
using UserReports.Server.Access.Passwords;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Configuration;
using UserReports.Server.Http;
using UserReports.Sources;
using UserReports.Workspace.Sessions;

namespace UserReports.Server.Access.Rights;

/// <summary>Who an account is and what it may do, as the platform says now or said a few seconds ago.</summary>
/// <remarks>
/// Only what was found is remembered, so that an account or a token that was made a moment ago works at once and wrong
/// ones cost no memory. Tokens are remembered by their hash.
/// </remarks>
public sealed class LiveRights(
    IIdentitySource source,
    AccessSettings settings,
    TimingDecoyHash usualPassword,
    SessionStore sessions,
    TimeProvider time
)
{
    private const int RememberedMax = 10_000;
    private const int TokenMax = 128;
    private const int AccessTokenMax = 4096;

    private readonly ConcurrentLru<string, Remembered> remembered = new(RememberedMax);

    /// <summary>The account that owns the token, or null.</summary>
    /// <exception cref="SourceException">The platform does not answer and nothing young enough is
    /// remembered.</exception>
    public Task<Identity?> FindByTokenAsync(string token, CancellationToken cancellationToken) =>
        FindByTokenAsync(token, settings.CacheFor, cancellationToken);

    /// <summary>The account that owns the token, be it an API token or an OAuth2 access token, or null.</summary>
    /// <inheritdoc cref="FindByTokenAsync(string, CancellationToken)"/>
    public Task<Identity?> FindByBearerAsync(string token, CancellationToken cancellationToken) =>
        FindByBearerAsync(token, settings.CacheFor, cancellationToken);

    /// <summary>The account with exactly this username, or null.</summary>
    /// <param name="ageMax">How old the answer may be, if that is less than the setting; null for the setting.</param>
    /// <inheritdoc cref="FindByTokenAsync(string, CancellationToken)"/>
    public Task<Identity?> FindByUsernameAsync(
        string username,
        TimeSpan? ageMax,
        CancellationToken cancellationToken
    ) => FindAsync("name " + username, AgeOf(ageMax), () => source.FindByUsernameAsync(username, cancellationToken));

    /// <summary>The account with this id, or null.</summary>
    /// <inheritdoc cref="FindByUsernameAsync"/>
    public Task<Identity?> FindByIdAsync(long accountId, TimeSpan? ageMax, CancellationToken cancellationToken) =>
        FindAsync(
            "id " + accountId.ToString(CultureInfo.InvariantCulture),
            AgeOf(ageMax),
            () => source.FindByIdAsync(accountId, cancellationToken)
        );

    /// <summary>Whether somebody who once signed in may still see the reports; for pages that stay open.</summary>
    /// <inheritdoc cref="FindByUsernameAsync"/>
    public async Task<bool> MayStillReadAsync(
        ClaimsPrincipal principal,
        TimeSpan ageMax,
        CancellationToken cancellationToken
    ) => await FindAsync(principal, ageMax, cancellationToken) is { } identity && MayRead(identity);

    /// <summary>
    /// The active account behind a principal, or null if what it signed in with does not hold any more: a token that
    /// was deleted, a password that was changed, a session that is over.
    /// </summary>
    /// <inheritdoc cref="FindByUsernameAsync"/>
    public async Task<Identity?> FindAsync(
        ClaimsPrincipal principal,
        TimeSpan? ageMax,
        CancellationToken cancellationToken
    )
    {
        if (
            Caller.AccountOf(principal) is not { } accountId
            || await sessions.IsOverAsync(principal, time, cancellationToken)
        )
            return null;
        var token = SessionTicket.TokenOf(principal);
        var identity = token is null
            ? await FindByIdAsync(accountId, ageMax, cancellationToken)
            : await FindByBearerAsync(token, AgeOf(ageMax), cancellationToken);
        return
            identity is { IsActive: true }
            && identity.AccountId == accountId
            && (token is not null || SessionTicket.HasPasswordOf(principal, identity))
            ? identity
            : null;
    }

    /// <summary>True for an active superuser whose password the platform holds valid.</summary>
    public static bool MayRead(Identity identity) =>
        identity is { IsActive: true, IsSuperuser: true, ValidatedPassword: true };

    private Task<Identity?> FindByTokenAsync(string token, TimeSpan ageMax, CancellationToken cancellationToken) =>
        IsToken(token, TokenMax)
            ? FindAsync("token " + DigestOf(token), ageMax, () => source.FindByTokenAsync(token, cancellationToken))
            : Task.FromResult<Identity?>(null);

    private async Task<Identity?> FindByBearerAsync(string token, TimeSpan ageMax, CancellationToken cancellationToken)
    {
        if (!IsToken(token, AccessTokenMax))
            return null;
        var key = "access " + DigestOf(token);
        return Recall(key, ageMax)
            ?? await FindByTokenAsync(token, ageMax, cancellationToken)
            ?? await FindAsync(key, ageMax, () => source.FindByAccessTokenAsync(token, cancellationToken));
    }

    /// <summary>No token holds a control character, and a database need not even take one.</summary>
    private static bool IsToken(string token, int lengthMax) =>
        token.Length > 0 && token.Length <= lengthMax && !token.Any(char.IsControl);

    private static string DigestOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private TimeSpan AgeOf(TimeSpan? ageMax) => ageMax is { } age && age < settings.CacheFor ? age : settings.CacheFor;

    private Task<Identity?> FindAsync(string key, TimeSpan ageMax, Func<Task<Identity?>> find) =>
        FindAsync(
            key,
            ageMax,
            async () => await find() is { } identity ? new AccessTokenOwner(identity, DateTimeOffset.MaxValue) : null
        );

    private async Task<Identity?> FindAsync(string key, TimeSpan ageMax, Func<Task<AccessTokenOwner?>> find)
    {
        if (Recall(key, ageMax) is { } known)
            return known;
        var now = time.GetUtcNow();
        // The platform's anonymous account is nobody: what passes for it belongs to no person who could be asked.
        if (
            await find() is not { } found
            || found.Expires <= now
            || found.Identity.AccountId == settings.AnonymousUserId
        )
        {
            remembered.TryRemove(key);
            return null;
        }

        usualPassword.Observe(found.Identity.PasswordHash);
        remembered.AddOrUpdate(key, new(found.Identity, now, found.Expires));
        return found.Identity;
    }

    private Identity? Recall(string key, TimeSpan ageMax)
    {
        var now = time.GetUtcNow();
        return remembered.TryGet(key, out var known) && now - known.At < ageMax && now < known.Expires
            ? known.Identity
            : null;
    }

    private sealed record Remembered(Identity Identity, DateTimeOffset At, DateTimeOffset Expires);
}
