using System.Collections.Concurrent;
using OtpNet;
using UserReports.Sources;

namespace UserReports.Server.Access;

/// <summary>Checks time-based one-time passwords, each of which is good once.</summary>
/// <remarks>A code of the step before or after the present one is accepted: clocks differ.</remarks>
internal sealed class OneTimeCodes(IIdentitySource source, TimeProvider time)
{
    private readonly ConcurrentDictionary<long, long> lastSteps = new();

    /// <summary>True if the code is the account's and has not been used.</summary>
    public async Task<bool> CheckAsync(long accountId, string code, CancellationToken cancellationToken)
    {
        var digits = code.Replace(" ", "", StringComparison.Ordinal);
        if (digits.Length is < 6 or > 8 || !digits.All(char.IsAsciiDigit))
            return false;
        foreach (var secret in await source.FindTotpSecretsAsync(accountId, cancellationToken))
        {
            if (
                TryDecode(secret) is { } key
                && new Totp(key).VerifyTotp(
                    time.GetUtcNow().UtcDateTime,
                    digits,
                    out var step,
                    new(previous: 1, future: 1)
                )
                && TryUse(accountId, step)
            )
            {
                return true;
            }
        }

        return false;
    }

    private bool TryUse(long accountId, long step)
    {
        var used = false;
        lastSteps.AddOrUpdate(
            accountId,
            _ =>
            {
                used = true;
                return step;
            },
            (_, last) =>
            {
                used = step > last;
                return Math.Max(step, last);
            }
        );
        return used;
    }

    private static byte[]? TryDecode(string secret)
    {
        try
        {
            return Base32Encoding.ToBytes(secret.Trim().TrimEnd('='));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
