using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace UserReports.Server.Access;

/// <summary>Counts failed sign-ins of an address and of an account, and says who has to wait.</summary>
/// <remarks>
/// Passwords and codes are not even looked at while their address or account waits. A token is always looked at:
/// guessing one is hopeless, and nobody must be able to shut out a machine's token by guessing beside it.
/// </remarks>
public sealed class FailureLimits(AccessSettings settings, TimeProvider time)
{
    private const int CountedMax = 200_000;

    private readonly ConcurrentDictionary<string, Window> windows = new(StringComparer.Ordinal);

    /// <summary>How long the address or the account must wait; null if neither must.</summary>
    /// <param name="account">The username as it was sent, or null to ask for the address alone.</param>
    public TimeSpan? WaitOf(IPAddress? address, string? account)
    {
        var now = time.GetUtcNow();
        var wait = Wait(AddressKey(address), settings.FailuresPerAddress, now);
        if (
            account is not null
            && Wait(AccountKey(account), settings.FailuresPerAccount, now) is var other
            && other > wait
        )
            wait = other;
        return wait > TimeSpan.Zero ? wait : null;
    }

    /// <summary>Counts one failure.</summary>
    public void Fail(IPAddress? address, string? account)
    {
        var now = time.GetUtcNow();
        if (windows.Count >= CountedMax)
            Forget(now);
        Count(AddressKey(address), now);
        if (account is not null)
            Count(AccountKey(account), now);
    }

    private TimeSpan Wait(string key, int failuresMax, DateTimeOffset now) =>
        windows.TryGetValue(key, out var window) && window.Failures >= failuresMax && window.End > now
            ? window.End - now
            : TimeSpan.Zero;

    private void Count(string key, DateTimeOffset now) =>
        windows.AddOrUpdate(
            key,
            _ => new(now + settings.FailureWindow, 1),
            (_, window) =>
                window.End > now ? window with { Failures = window.Failures + 1 } : new(now + settings.FailureWindow, 1)
        );

    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, window) in windows)
        {
            if (window.End <= now || windows.Count >= CountedMax && window.Failures <= 1)
                windows.TryRemove(key, out _);
        }
    }

    private static string AccountKey(string account) => "account " + account;

    /// <summary>One subscriber of IPv6 has a whole network of 64 bits.</summary>
    private static string AddressKey(IPAddress? address)
    {
        if (address is null)
            return "address";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"address {new IPNetwork(Network(address), 64)}"
            : $"address {address}";
    }

    private static IPAddress Network(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new(bytes);
    }

    private sealed record Window(DateTimeOffset End, int Failures);
}
