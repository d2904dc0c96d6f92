using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using UserReports.Server.Access.Passwords;
using UserReports.Sources;

namespace UserReports.Server.Access;

/// <summary>Who an account is and what it may do, as the platform says now or said a few seconds ago.</summary>
/// <remarks>
/// Only what was found is remembered, so that an account or a token that was made a moment ago works at once and wrong
/// ones cost no memory. Tokens are remembered by their hash.
/// </remarks>
public sealed class LiveRights(
    IIdentitySource source,
    AccessSettings settings,
    UsualPassword usualPassword,
    TimeProvider time
)
{
    private const int RememberedMax = 10_000;

    private readonly ConcurrentDictionary<string, Remembered> remembered = new(StringComparer.Ordinal);

    /// <summary>The account that owns the token, or null.</summary>
    /// <exception cref="SourceException">The platform does not answer and nothing young enough is
    /// remembered.</exception>
    public Task<Identity?> FindByTokenAsync(string token, CancellationToken cancellationToken) =>
        FindAsync(
            "token " + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token))),
            settings.CacheFor,
            () => source.FindByTokenAsync(token, cancellationToken)
        );

    /// <summary>The account with exactly this username, or null.</summary>
    /// <inheritdoc cref="FindByTokenAsync"/>
    public Task<Identity?> FindByUsernameAsync(string username, CancellationToken cancellationToken) =>
        FindAsync("name " + username, settings.CacheFor, () => source.FindByUsernameAsync(username, cancellationToken));

    /// <summary>The account with this id, or null.</summary>
    /// <param name="ageMax">How old the answer may be, if that is less than the setting; null for the setting.</param>
    /// <inheritdoc cref="FindByTokenAsync"/>
    public Task<Identity?> FindByIdAsync(long accountId, TimeSpan? ageMax, CancellationToken cancellationToken) =>
        FindAsync(
            "id " + accountId.ToString(CultureInfo.InvariantCulture),
            ageMax is { } age && age < settings.CacheFor ? age : settings.CacheFor,
            () => source.FindByIdAsync(accountId, cancellationToken)
        );

    /// <summary>Whether somebody who once signed in may still see the reports; for pages that stay open.</summary>
    /// <inheritdoc cref="FindByIdAsync"/>
    public async Task<bool> MayStillReadAsync(
        ClaimsPrincipal principal,
        TimeSpan ageMax,
        CancellationToken cancellationToken
    ) =>
        SessionTicket.AccountOf(principal) is { } accountId
        && await FindByIdAsync(accountId, ageMax, cancellationToken) is { IsActive: true } identity
        && MayRead(identity);

    /// <summary>True for an active superuser whose password the platform holds valid.</summary>
    public static bool MayRead(Identity identity) =>
        identity is { IsActive: true, IsSuperuser: true, ValidatedPassword: true };

    private async Task<Identity?> FindAsync(string key, TimeSpan ageMax, Func<Task<Identity?>> find)
    {
        var now = time.GetUtcNow();
        if (remembered.TryGetValue(key, out var known) && now - known.At < ageMax)
            return known.Identity;
        if (await find() is not { } identity)
        {
            remembered.TryRemove(key, out _);
            return null;
        }

        usualPassword.Observe(identity.PasswordHash);
        if (remembered.Count >= RememberedMax)
            Forget(now);
        remembered[key] = new(identity, now);
        return identity;
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, value) in remembered)
        {
            if (now - value.At >= settings.CacheFor)
                remembered.TryRemove(key, out _);
        }

        if (remembered.Count >= RememberedMax)
            remembered.Clear();
    }

    private sealed record Remembered(Identity Identity, DateTimeOffset At);
}
