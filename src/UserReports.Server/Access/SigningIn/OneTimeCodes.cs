using OtpNet;
using UserReports.Sources;
using UserReports.Workspace.Secrets;

namespace UserReports.Server.Access.SigningIn;

/// <summary>Checks time-based one-time passwords, each of which is good once.</summary>
/// <remarks>
/// A code of the step before or after the present one is accepted: clocks differ. A used one is remembered for as long
/// as its step would be accepted, and no longer.
/// </remarks>
internal sealed class OneTimeCodes(IIdentitySource source, UsedCodes used, TimeProvider time)
{
    /// <summary>What authenticator programs and the platform use.</summary>
    private const int StepSeconds = 30;

    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

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
                && await TryUseAsync(accountId, step, cancellationToken)
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What is older than the step before the present one is refused by its age.</summary>
    private Task<bool> TryUseAsync(long accountId, long step, CancellationToken cancellationToken) =>
        used.TryUseAsync(accountId, step, (time.GetUtcNow().ToUnixTimeSeconds() / StepSeconds) - 1, cancellationToken);

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
