using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Access.SigningIn;
using UserReports.Server.Audit;
using UserReports.Server.Limits;
using UserReports.Sources;

namespace UserReports.Server.Access.Rights;

/// <summary>Signs requests in by their Authorization header: <c>Token</c>, <c>Bearer</c> or <c>Basic</c>.</summary>
internal sealed class HeaderHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    LiveRights rights,
    PasswordSignIn passwords,
    FailureLimits limits
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private string reason = "Sign in with an API token (Authorization: Token …) or with HTTP Basic.";
    private TimeSpan? wait;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization.Count == 0)
            return AuthenticateResult.NoResult();
        if (
            Request.Headers.Authorization.Count > 1
            || !AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header)
            || string.IsNullOrEmpty(header.Parameter)
        )
        {
            return Refuse(
                "The Authorization header cannot be read: write Token, Bearer or Basic, a space, and the credential."
            );
        }

        return header.Scheme.ToUpperInvariant() switch
        {
            "TOKEN" => ByToken(
                header.Parameter,
                await rights.FindByTokenAsync(header.Parameter, Context.RequestAborted)
            ),
            "BEARER" => ByToken(
                header.Parameter,
                await rights.FindByBearerAsync(header.Parameter, Context.RequestAborted)
            ),
            "BASIC" => await ByPasswordAsync(header.Parameter),
            _ => Refuse("The Authorization header must begin with Token, Bearer or Basic."),
        };
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        AccessAnswers.ChallengeAsync(Context, reason, wait);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        AccessAnswers.ForbidAsync(Context);

    private AuthenticateResult ByToken(string token, Identity? owner)
    {
        if (owner is { IsActive: true } identity)
            return Accept(SessionTicket.ForToken(identity, token, Scheme.Name));
        wait = limits.WaitOf(Context.Connection.RemoteIpAddress, null);
        limits.Fail(Context.Connection.RemoteIpAddress, null);
        AccessLog.Failed(Logger, "token");
        AuditedRequests.RecordWrongToken(Context, token);
        return Refuse("The token is not valid, or its account is not active.");
    }

    private async Task<AuthenticateResult> ByPasswordAsync(string parameter)
    {
        if (!TryReadBasic(parameter, out var username, out var password))
            return Refuse("The Basic credential is not base64 of name:password.");
        var result = await passwords.CheckAsync(
            username,
            password,
            Context.Connection.RemoteIpAddress,
            Context.RequestAborted
        );
        wait = result.Wait;
        if (result.Refused is { } account)
            AuditedRequests.RecordFailedSignIn(Context, account);
        if (result.Identity is { MfaIsActive: true } careful)
            AuditedRequests.RecordFailedSignIn(Context, careful, AuditEvents.SecondFactorMissing);
        return result.Identity switch
        {
            null => Refuse("The name or the password is wrong, or the account is not active."),
            { MfaIsActive: true } => Refuse(
                "This account has a second factor, so its password alone is not enough: use an API token."
            ),
            var identity => Accept(SessionTicket.ForPassword(identity, Scheme.Name)),
        };
    }

    private AuthenticateResult Accept(ClaimsPrincipal principal) =>
        AuthenticateResult.Success(new(principal, Scheme.Name));

    private AuthenticateResult Refuse(string why)
    {
        reason = why;
        return AuthenticateResult.Fail(why);
    }

    private static bool TryReadBasic(string parameter, out string username, out string password)
    {
        (username, password) = ("", "");
        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var length))
            return false;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return false;
        (username, password) = (text[..colon], text[(colon + 1)..]);
        return true;
    }
}
