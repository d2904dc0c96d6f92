using System.Collections.Concurrent;
using OtpNet;
using UserReports.Sources;

namespace UserReports.Server.Access.SigningIn;

/// <summary>Checks time-based one-time passwords, each of which is good once.</summary>
/// <remarks>
/// A code of the step before or after the present one is accepted: clocks differ. A used one is remembered for as long
/// as its step would be accepted, and no longer.
/// </remarks>
internal sealed class OneTimeCodes(IIdentitySource source, TimeProvider time)
{
    /// <summary>What authenticator programs and the platform use.</summary>
    private const int StepSeconds = 30;

    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    private readonly ConcurrentDictionary<long, long> lastSteps = new();
    private long forgottenAt;

    /// <summary>Accounts of which a used code is remembered.</summary>
    public int Remembered => lastSteps.Count;

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
                && new Totp(key).VerifyTotp(time.GetUtcNow().UtcDateTime, digits, out var step, Window)
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
        Forget();
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

    /// <summary>Once in each step: what is older than the step before the present one is refused by its age.</summary>
    private void Forget()
    {
        var present = time.GetUtcNow().ToUnixTimeSeconds() / StepSeconds;
        if (Interlocked.Exchange(ref forgottenAt, present) == present)
            return;
        foreach (var (accountId, step) in lastSteps)
        {
            if (step < present - 1)
                lastSteps.TryRemove(KeyValuePair.Create(accountId, step));
        }
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
