using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using UserReports.Server.Access.Browsers;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Audit;
using UserReports.Server.Http;
using UserReports.Workspace.Sessions;

namespace UserReports.Server.Access.SigningIn;

/// <summary>Signing in to the explorer and out of it.</summary>
public static class SignInEndpoints
{
    /// <summary>Maps <see cref="AccessNames.SignInPath"/> and <see cref="AccessNames.SignOutPath"/>.</summary>
    public static IEndpointRouteBuilder MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                AccessNames.SignInPath,
                (HttpContext context, IAntiforgery antiforgery) =>
                    SignInPage.Answer(context, antiforgery, null, null, 200)
            )
            .AllowAnonymous()
            .ExcludeFromDescription();
        routes
            .MapPost(AccessNames.SignInPath, SignInAsync)
            .AllowAnonymous()
            .WithRequestTimeout(AnswerTime.Policy)
            .DisableAntiforgery()
            .ExcludeFromDescription();
        routes
            .MapPost(AccessNames.SignOutPath, SignOutAsync)
            .AllowAnonymous()
            .DisableAntiforgery()
            .ExcludeFromDescription();
        return routes;
    }

    /// <summary>Reads the form by hand, so that everything that can be wrong with it has an answer.</summary>
    private static async Task<IResult> SignInAsync(
        HttpContext context,
        IAntiforgery antiforgery,
        SignIn signIn,
        SignInDestination destination,
        SessionStore sessions,
        TimeProvider time
    )
    {
        if (!context.Request.HasFormContentType)
            return Problems.OfStatus(415).AsResult();
        if (!await antiforgery.AcceptsAsync(context))
            return SignInPage.Answer(
                context,
                antiforgery,
                "This page was open for too long. Please try again.",
                null,
                400
            );
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var address = context.Connection.RemoteIpAddress;
        var step = (form["pending"].ToString(), form["token"].ToString().Trim()) switch
        {
            ({ Length: > 0 } pending, _) => await signIn.ByCodeAsync(
                pending,
                form["code"].ToString(),
                address,
                context.RequestAborted
            ),
            (_, { Length: > 0 } token) => await signIn.ByTokenAsync(token, address, context.RequestAborted),
            _ => await signIn.ByPasswordAsync(
                form["username"].ToString(),
                form["password"].ToString(),
                address,
                context.RequestAborted
            ),
        };
        switch (step)
        {
            case SignInStep.SignedIn done:
                await BeginAsync(context, done, sessions, time);
                await context.SignInAsync(AccessNames.SessionScheme, done.Principal);
                return To(context, destination.Take(context));
            case SignInStep.CodeWanted wanted:
                // The password was right: that is known from here on, so it is recorded before.
                if (wanted.Message is null)
                    AuditedRequests.RecordSignIn(context, wanted.Account, 200, AuditEvents.PasswordRight);
                else
                    AuditedRequests.RecordFailedSignIn(context, wanted.Account);
                return SignInPage.Answer(
                    context,
                    antiforgery,
                    wanted.Message,
                    wanted.Pending,
                    wanted.Message is null ? 200 : 401
                );
            case SignInStep.Refused refused:
                if (refused.Account is { } account)
                    AuditedRequests.RecordFailedSignIn(context, account);
                else if (refused.Status == 401 && form["token"].ToString().Trim() is { Length: > 0 } wrong)
                    AuditedRequests.RecordWrongToken(context, wrong);
                return SignInPage.Answer(context, antiforgery, refused.Message, null, refused.Status);
            default:
                throw new InvalidOperationException("A step of signing in that is not known.");
        }
    }

    /// <summary>A session that cannot be kept or recorded does not begin.</summary>
    private static async Task BeginAsync(
        HttpContext context,
        SignInStep.SignedIn done,
        SessionStore sessions,
        TimeProvider time
    )
    {
        var session = SessionWatch.Opening(context, done.Principal, time.GetUtcNow());
        var network = SessionWatch.NetworkOf(session.StartedFrom);
        var happened = await sessions.IsNewNetworkAsync(session.AccountId, network, context.RequestAborted)
            ? AuditEvents.SignedInFromNewAddress
            : AuditEvents.SignedIn;
        AuditedRequests.RecordSignIn(context, done.Identity, StatusCodes.Status302Found, happened);
        // Whoever signs in again in the same browser leaves no session behind that nobody sees.
        if (Caller.AccountOf(context.User) is { } before && SessionWatch.IdOf(context.User) is { } replaced)
            await sessions.EndAsync(before, replaced, context.RequestAborted);
        await sessions.BeginAsync(session, network, context.RequestAborted);
    }

    private static async Task<IResult> SignOutAsync(
        HttpContext context,
        IAntiforgery antiforgery,
        SessionStore sessions
    )
    {
        if (!await antiforgery.AcceptsAsync(context))
            return Problems.BadAntiforgery.With("Sign out from a page of the explorer.").AsResult();
        if (Caller.AccountOf(context.User) is { } account && SessionWatch.IdOf(context.User) is { } session)
        {
            await sessions.EndAsync(account, session, context.RequestAborted);
            AuditedRequests.RecordAct(
                context,
                account,
                context.User.Identity?.Name,
                StatusCodes.Status302Found,
                AuditEvents.SignedOut
            );
        }

        if (context.Request.IsHttps)
            context.Response.Headers["Clear-Site-Data"] = "\"cache\"";
        await context.SignOutAsync(AccessNames.SessionScheme);
        return To(context, context.Request.PathBase.ToUriComponent() + AccessNames.SignInPath);
    }

    /// <summary>Without the framework's result, which logs where it leads; and addresses hold queries.</summary>
    private static IResult To(HttpContext context, string address)
    {
        context.Response.Redirect(address);
        return Results.Empty;
    }
}
