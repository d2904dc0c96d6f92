using System.Globalization;
using System.Net;
using UserReports.Server.Configuration;

namespace UserReports.Server.Limits;

/// <summary>Counts failed sign-ins of an address and of an account, and says who has to wait.</summary>
/// <remarks>
/// Passwords and codes are not even looked at while their address or account waits. A token is always looked at:
/// guessing one is hopeless, and nobody must be able to shut out a machine's token by guessing beside it.
/// </remarks>
public sealed class FailureLimits(AccessSettings settings, TimeProvider time)
{
    private const int RefusalsRecordedMax = 100;
    private const int TokensRecordedMax = 1000;

    private readonly FailureCounts counts = new(settings.FailureWindow);

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
        counts.Add(AddressKey(address), now);
        if (account is not null)
            counts.Add(AccountKey(account), now);
    }

    /// <summary>
    /// True while the refusals of an account are worth a record: whoever may not read must not be able to fill the disk
    /// with being told so.
    /// </summary>
    public bool MayRecordRefusal(long accountId) =>
        counts.Add("refusal " + accountId.ToString(CultureInfo.InvariantCulture), time.GetUtcNow())
        <= RefusalsRecordedMax;

    /// <summary>True while wrong tokens of an address are worth a record, and not too many came of all.</summary>
    public bool MayRecordToken(IPAddress? address)
    {
        var now = time.GetUtcNow();
        return counts.Add("token of " + AddressKey(address), now) <= RefusalsRecordedMax
            && counts.Add("token", now) <= TokensRecordedMax;
    }

    private TimeSpan Wait(string key, int failuresMax, DateTimeOffset now) =>
        counts.Find(key, now) is var (failures, end) && failures >= failuresMax ? end - now : TimeSpan.Zero;

    private static string AccountKey(string account) => "account " + account;

    private static string AddressKey(IPAddress? address) =>
        address is null ? "address" : "address " + ClientNetwork.Of(address);
}
