using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using UserReports.Core.Figures;
using UserReports.Server.Access.Rights;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Configuration;
using UserReports.Server.Limits;
using UserReports.Sources;

namespace UserReports.Server.Access.SigningIn;

/// <summary>How far a sign-in to the explorer has come.</summary>
internal abstract record SignInStep
{
    private SignInStep() { }

    /// <summary>Done: this is the session.</summary>
    public sealed record SignedIn(Identity Identity, ClaimsPrincipal Principal) : SignInStep;

    /// <summary>The password is right; a code is wanted.</summary>
    /// <param name="Pending">Proves that the password was right, for a few minutes.</param>
    /// <param name="Message">Why a code that was given is not taken, or null.</param>
    /// <param name="Account">Whose code is wanted.</param>
    public sealed record CodeWanted(string Pending, string? Message, Identity Account) : SignInStep;

    /// <summary>Not signed in.</summary>
    /// <param name="Account">Who was refused, or null if that is not an account of the platform.</param>
    public sealed record Refused(int Status, string Message, Identity? Account) : SignInStep;
}

/// <summary>
/// Signs people in to the explorer: password, then a code where the account has a second factor; or an API token.
/// </summary>
internal sealed class SignIn(
    LiveRights rights,
    PasswordSignIn passwords,
    OneTimeCodes codes,
    FailureLimits limits,
    IDataProtectionProvider protection,
    TimeProvider time,
    AccessSettings settings,
    ILogger<SignIn> logger
)
{
    private static readonly TimeSpan PendingFor = TimeSpan.FromMinutes(5);

    private readonly IDataProtector pendings = protection.CreateProtector("UserReports.SignIn.Pending");

    // One code of an account at a time: else as many could be tried at once as are sent before the first is counted.
    private readonly AccountTurns turns = new();

    public async Task<SignInStep> ByTokenAsync(string token, IPAddress? address, CancellationToken cancellationToken)
    {
        if (await rights.FindByBearerAsync(token, cancellationToken) is { IsActive: true } identity)
            return Accept(identity, SessionTicket.ForToken(identity, token, AccessNames.SessionScheme));
        var wait = limits.WaitOf(address, null);
        limits.Fail(address, null);
        AccessLog.Failed(logger, "token");
        return wait is null
            ? new SignInStep.Refused(401, "This token is not valid, or its account is not active.", null)
            : Waiting(wait.Value);
    }

    public async Task<SignInStep> ByPasswordAsync(
        string username,
        string password,
        IPAddress? address,
        CancellationToken cancellationToken
    )
    {
        var result = await passwords.CheckAsync(username, password, address, cancellationToken);
        return result switch
        {
            { Wait: { } wait } => Waiting(wait),
            { Identity: null } => new SignInStep.Refused(
                401,
                "The name or the password is wrong, or the account is not active.",
                result.Refused
            ),
            { Identity: { MfaIsActive: true } identity } => new SignInStep.CodeWanted(
                Protect(identity),
                null,
                identity
            ),
            { Identity: var identity } => Accept(
                identity,
                SessionTicket.ForPassword(identity, AccessNames.SessionScheme)
            ),
        };
    }

    public async Task<SignInStep> ByCodeAsync(
        string pending,
        string code,
        IPAddress? address,
        CancellationToken cancellationToken
    )
    {
        if (await UnprotectAsync(pending, cancellationToken) is not { } identity)
            return new SignInStep.Refused(401, "That took too long. Sign in again.", null);
        using (await turns.TakeAsync(identity.AccountId, cancellationToken))
        {
            if (limits.WaitOf(address, identity.Username) is { } wait)
                return Waiting(wait);
            if (await codes.CheckAsync(identity.AccountId, code, cancellationToken))
                return Accept(identity, SessionTicket.ForPassword(identity, AccessNames.SessionScheme));
            limits.Fail(address, identity.Username);
        }

        AccessLog.Failed(logger, "code");
        return new SignInStep.CodeWanted(
            pending,
            "This code is wrong or was used before. Wait for the next one, or sign in with an API token.",
            identity
        );
    }

    private SignInStep Accept(Identity identity, ClaimsPrincipal principal) =>
        LiveRights.MayRead(identity)
            ? new SignInStep.SignedIn(
                identity,
                SessionTicket.AsSession(principal, time.GetUtcNow() + settings.SessionLength)
            )
            : new SignInStep.Refused(
                403,
                "Reports are for active superusers whose password the platform holds valid; this account is not one.",
                identity
            );

    private static SignInStep.Refused Waiting(TimeSpan wait) =>
        new(
            429,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Too many sign-ins failed. Try again in {Counted.Of(Math.Max(1, (long)Math.Ceiling(wait.TotalMinutes)), "minute")}, or use an API token."
            ),
            null
        );

    private string Protect(Identity identity) =>
        pendings.Protect(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{identity.AccountId}:{(time.GetUtcNow() + PendingFor).ToUnixTimeSeconds()}:{SessionTicket.Stamp(identity)}"
            )
        );

    private async Task<Identity?> UnprotectAsync(string pending, CancellationToken cancellationToken)
    {
        string[] parts;
        try
        {
            parts = pendings.Unprotect(pending).Split(':');
        }
        catch (CryptographicException)
        {
            return null;
        }

        var accountId = long.Parse(parts[0], CultureInfo.InvariantCulture);
        var end = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[1], CultureInfo.InvariantCulture));
        return
            time.GetUtcNow() < end
            && await rights.FindByIdAsync(accountId, null, cancellationToken) is { IsActive: true } identity
            && SessionTicket.Stamp(identity) == parts[2]
            ? identity
            : null;
    }
}
