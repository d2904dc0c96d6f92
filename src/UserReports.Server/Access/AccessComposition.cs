using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using UserReports.Server.Access.Browsers;
using UserReports.Server.Access.Passwords;
using UserReports.Server.Access.Rights;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Access.SigningIn;
using UserReports.Server.Audit;
using UserReports.Server.Configuration;
using UserReports.Server.Limits;
using UserReports.Workspace;
using UserReports.Workspace.Secrets;
using UserReports.Workspace.Sessions;

namespace UserReports.Server.Access;

/// <summary>Puts access together: who asks, what they may, and what is written down of it.</summary>
public static class AccessComposition
{
    /// <summary>The name of the session's cookie within the service; see <see cref="ServiceCookies"/>.</summary>
    public const string SessionCookie = "user-reports-session";

    /// <summary>The name of the cookie that forms are checked against.</summary>
    internal const string AntiforgeryCookie = "user-reports-antiforgery";

    /// <summary>
    /// Sign-in, rights, limits, antiforgery and audit log. Needs an <c>IIdentitySource</c>, the workspace and data
    /// protection.
    /// </summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, ServerSettings settings)
    {
        var access = AccessSettings.Of(settings);
        services
            .AddSingleton(access)
            .AddSingleton(AuditSettings.Of(settings))
            .AddSingleton<AuditLog>()
            .AddSingleton<NodeQuestions>()
            .AddSingleton<NodeAudits>()
            .AddSingleton<TokenMarks>()
            .AddHostedService<AuditRetention>()
            .AddSingleton<TimingDecoyHash>()
            .AddSingleton<PasswordComparisons>()
            .AddSingleton(provider => new SessionStore(
                provider.GetRequiredService<WorkspaceDatabase>(),
                settings.Of(SettingsTable.SessionIdle),
                provider.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton<UsedCodes>()
            .AddSingleton<InstallationKeys>()
            .AddSingleton<LiveRights>()
            .AddSingleton<FailureLimits>()
            .AddSingleton<RequestBounds>()
            .AddSingleton<PasswordSignIn>()
            .AddSingleton<OneTimeCodes>()
            .AddSingleton<SignIn>()
            .AddSingleton<SignInDestination>()
            .AddScoped<AuthenticationStateProvider, SessionRevalidation>()
            .AddCascadingAuthenticationState();
        services.AddAntiforgery(options =>
        {
            options.Cookie = new ServiceCookie(access.IsBehindProxy)
            {
                Name = AntiforgeryCookie,
                SameSite = SameSiteMode.Strict,
                HttpOnly = true,
            };
            options.HeaderName = "X-Antiforgery";
            options.SuppressXFrameOptionsHeader = true;
        });
        AddSchemes(services.AddAuthentication(AccessNames.AnyScheme), access);
        var superuser = new AuthorizationPolicyBuilder(AccessNames.AnyScheme)
            .RequireAuthenticatedUser()
            .RequireClaim(AccessNames.RightClaim, AccessNames.SuperuserRight)
            .Build();
        services
            .AddAuthorizationBuilder()
            .AddPolicy(AccessNames.SuperuserPolicy, superuser)
            .SetDefaultPolicy(superuser)
            .SetFallbackPolicy(superuser);
        return services;
    }

    /// <summary>
    /// Pages of other sites, cookies, authentication, audit, authorisation and antiforgery, in the order in which they
    /// must stand.
    /// </summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) =>
        app.UseCrossSiteGuard()
            .UseServiceCookies()
            .UseAuthentication()
            .UseAuditedRequests()
            .Use(next =>
                context => context.RequestServices.GetRequiredService<RequestBounds>().AnswerAsync(context, next)
            )
            .UseAuthorization()
            .UseAntiforgery();

    private static void AddSchemes(AuthenticationBuilder builder, AccessSettings access) =>
        builder
            .AddPolicyScheme(AccessNames.AnyScheme, null, options => options.ForwardDefaultSelector = Choose)
            .AddScheme<AuthenticationSchemeOptions, HeaderHandler>(AccessNames.HeaderScheme, null, null)
            .AddCookie(
                AccessNames.SessionScheme,
                options =>
                {
                    options.Cookie = new ServiceCookie(access.IsBehindProxy)
                    {
                        Name = SessionCookie,
                        SameSite = SameSiteMode.Lax,
                        HttpOnly = true,
                    };
                    options.ExpireTimeSpan = access.SessionLength;
                    options.SlidingExpiration = false;
                    options.LoginPath = AccessNames.SignInPath;
                    options.Events.OnValidatePrincipal = ValidateAsync;
                    options.Events.OnRedirectToLogin = context => RedirectToSignInAsync(context.HttpContext);
                    options.Events.OnRedirectToAccessDenied = context => AccessAnswers.ForbidAsync(context.HttpContext);
                }
            );

    private static string Choose(HttpContext context) =>
        context.Request.Headers.ContainsKey("Authorization")
        || !context.Request.Cookies.ContainsKey(SessionCookie) && !AccessAnswers.WantsPage(context.Request)
            ? AccessNames.HeaderScheme
            : AccessNames.SessionScheme;

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var identity = CrossSiteGuard.IsForeign(context.Request)
            ? null
            : await context
                .HttpContext.RequestServices.GetRequiredService<LiveRights>()
                .FindAsync(context.Principal!, null, context.HttpContext.RequestAborted);
        if (identity is null)
            context.RejectPrincipal();
        else
        {
            if (SessionWatch.IdOf(context.Principal!) is { } session)
            {
                await context
                    .HttpContext.RequestServices.GetRequiredService<SessionStore>()
                    .TouchAsync(
                        session,
                        context.HttpContext.Connection.RemoteIpAddress?.ToString(),
                        context.HttpContext.RequestAborted
                    );
            }

            context.ReplacePrincipal(SessionTicket.Renewed(context.Principal!, identity, AccessNames.SessionScheme));
        }
    }

    private static Task RedirectToSignInAsync(HttpContext context)
    {
        if (!AccessAnswers.WantsPage(context.Request))
            return AccessAnswers.ChallengeAsync(context, "You are not signed in, or your session has ended.", null);
        context.RequestServices.GetRequiredService<SignInDestination>().Keep(context);
        context.Response.Redirect(context.Request.PathBase.ToUriComponent() + AccessNames.SignInPath);
        return Task.CompletedTask;
    }
}
