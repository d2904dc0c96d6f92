using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using BitFaster.Caching.Lru;
using UserReports.Server.Access.Passwords;
using UserReports.Server.Access.Rights;
using UserReports.Server.Configuration;
using UserReports.Server.Limits;
using UserReports.Sources;

namespace UserReports.Server.Access.SigningIn;

/// <summary>What came of a name and a password.</summary>
/// <param name="Identity">Whom they belong to; null unless they are right.</param>
/// <param name="Wait">How long to wait before they are looked at; null if they were.</param>
/// <param name="Refused">The account at which a wrong password was tried; null if there is none or it was not.</param>
internal readonly record struct PasswordResult(Identity? Identity, TimeSpan? Wait, Identity? Refused = null);

/// <summary>Signs in with the platform's own passwords.</summary>
/// <remarks>
/// An unknown name, an inactive account and an account without a password that could be compared with all cost one
/// comparison, as a wrong password does, and each comparison asks the platform anew: an account that is remembered must
/// not answer sooner.
/// Hashes are slow on purpose: few are compared at once, and one that was right is remembered as long as rights are,
/// under a key that dies with the process.
/// </remarks>
internal sealed class PasswordSignIn(
    LiveRights rights,
    FailureLimits limits,
    PasswordComparisons comparisons,
    AccessSettings settings,
    TimeProvider time,
    ILogger<PasswordSignIn> logger
) : IDisposable
{
    /// <summary>The longest name of a Django account.</summary>
    private const int UsernameMax = 150;
    private const int PasswordMax = 4096;
    private const int WaitingMax = 50;
    private const int RememberedMax = 10_000;
    private const int RefusalChanceMs = 50;
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(5);

    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentLru<string, (string Hash, DateTimeOffset At)> rightOnes = new(RememberedMax);
    private readonly ConcurrentDictionary<string, bool> warned = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim comparing = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int waiting;

    public async Task<PasswordResult> CheckAsync(
        string username,
        string password,
        IPAddress? address,
        CancellationToken cancellationToken
    )
    {
        if (
            username.Length is 0 or > UsernameMax
            || username.Any(char.IsControl)
            || password.Length is 0 or > PasswordMax
        )
        {
            limits.Fail(address, null);
            return new(null, limits.WaitOf(address, null));
        }

        if (limits.WaitOf(address, username) is { } wait)
            return new(null, wait);
        var key = Convert.ToHexString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{username}\0{password}")));
        if (
            rightOnes.TryGet(key, out var right)
            && time.GetUtcNow() - right.At < settings.CacheFor
            && await rights.FindByUsernameAsync(username, null, cancellationToken) is { IsActive: true } known
            && known.PasswordHash == right.Hash
        )
            return new(known, null);
        if (Interlocked.Increment(ref waiting) > WaitingMax)
        {
            Interlocked.Decrement(ref waiting);
            return new(null, BusyWait);
        }

        try
        {
            return await CompareAsync(username, password, key, address, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    public void Dispose() => comparing.Dispose();

    private async Task<PasswordResult> CompareAsync(
        string username,
        string password,
        string key,
        IPAddress? address,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var identity = await rights.FindByUsernameAsync(username, TimeSpan.Zero, cancellationToken);
        var hash = identity is { IsActive: true } ? identity.PasswordHash : null;
        await comparing.WaitAsync(cancellationToken);
        PasswordMatch match;
        try
        {
            // Others may have failed while this one waited.
            if (limits.WaitOf(address, username) is { } wait)
                return new(null, wait);
            match = await Task.Run(() => comparisons.Compare(hash, username, password), cancellationToken);
            if (match == PasswordMatch.Right)
            {
                rightOnes.AddOrUpdate(key, (hash!, now));
                return new(identity, null);
            }

            limits.Fail(address, username);
        }
        finally
        {
            comparing.Release();
        }

        if (match == PasswordMatch.UnknownAlgorithm && warned.TryAdd(DjangoPassword.AlgorithmOf(hash!), true))
            AccessLog.UnknownAlgorithm(logger, DjangoPassword.AlgorithmOf(hash!));
        AccessLog.Failed(logger, "password");
        // A name that exists costs the platform a row more to read. Chance hides what that takes.
        await Task.Delay(RandomNumberGenerator.GetInt32(RefusalChanceMs), cancellationToken);
        return new(null, null, identity);
    }
}
