using Scalar.AspNetCore;
using UserReports.Server.Access;
using UserReports.Server.Access.Browsers;
using UserReports.Server.Access.SigningIn;
using UserReports.Server.Api;
using UserReports.Server.Explorer.Frame;
using UserReports.Server.Hosting.Observing;
using UserReports.Server.Http;
using UserReports.Server.Http.Mounting;
using UserReports.Store;

namespace UserReports.Server.Hosting;

/// <summary>What a request passes on its way to a route, and all routes but the explorer's.</summary>
internal static class RequestPipeline
{
    /// <summary>The pipeline before the routes: headers, failures, compression, access, time limits.</summary>
    public static IApplicationBuilder UseRequestPipeline(this IApplicationBuilder app) =>
        app.UseSecurityHeaders()
            .UseResponseCompression()
            .UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true })
            .UseStatusCodePages(context =>
                Problems.WriteAsync(context.HttpContext, Problems.OfStatus(context.HttpContext.Response.StatusCode))
            )
            .UseWhen(
                context => AccessAnswers.WantsPage(context.Request),
                pages => pages.UseStatusCodePagesWithReExecute(NotFoundPage.Address)
            )
            .UseMetricsEndpoint()
            .UseKnownHosts()
            .UseRouting()
            // Asking the platform who somebody is takes part of the time, too.
            .UseRequestTimeouts()
            .UseAccess();

    /// <summary>The reports' routes, health, the OpenAPI document with its page, and sign-in.</summary>
    public static IEndpointRouteBuilder MapUserReports(this IEndpointRouteBuilder routes)
    {
        routes.MapReports();
        MapHealth(routes);
        routes.MapOpenApi("/openapi/{documentName}.json").RequireAuthorization(AccessNames.SuperuserPolicy);
        routes
            .MapScalarApiReference(
                "/docs",
                (options, context) =>
                    options
                        .WithTitle("User reports")
                        .WithOpenApiRoutePattern("/openapi/v2.json")
                        .WithNonce(SecurityHeaders.AllowOneScript(context))
                        .DisableDefaultFonts()
                        .DisableTelemetry()
                        .DisableAgent()
            )
            .RequireAuthorization(AccessNames.SuperuserPolicy);
        routes.MapSignIn();
        return routes;
    }

    private static void MapHealth(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/health/live", () => Results.Json(new HealthEntry("live"), ApiJson.Default.HealthEntry))
            .AllowAnonymous()
            .ExcludeFromDescription();
        routes
            .MapGet(
                "/health/ready",
                (IReportReader reader) =>
                    reader.Snapshot is null
                        ? throw new NoSnapshotException()
                        : Results.Json(new HealthEntry("ready"), ApiJson.Default.HealthEntry)
            )
            .AllowAnonymous()
            .ExcludeFromDescription();
    }
}
