using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.ResponseCompression;
using Scalar.AspNetCore;
using UserReports.Server.Access;
using UserReports.Server.Api.OpenApi;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Configuration;
using UserReports.Server.Explorer.Frame;
using UserReports.Server.Export;
using UserReports.Server.Mounting;
using UserReports.Store;

namespace UserReports.Server.Api;

/// <summary>Puts the HTTP interface together.</summary>
public static class ApiComposition
{
    /// <summary>How long one request may take before its work is cancelled.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);

    internal const string TimeoutPolicy = "answer";

    /// <summary>
    /// Addresses and what is typed in the explorer hold queries, and queries hold names and e-mail addresses: the lines
    /// that log them are left out, at Debug too.
    /// </summary>
    private static readonly string[] TellingCategories =
    [
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
        "Microsoft.AspNetCore.Routing",
        "Microsoft.AspNetCore.StaticFiles",
        "Microsoft.AspNetCore.Components",
        "Microsoft.AspNetCore.SignalR",
    ];

    private const long BodyBytesMax = 64 * 1024;
    private const int RequestLineBytesMax = 16 * 1024;
    private const int HeaderBytesMax = 32 * 1024;

    /// <summary>
    /// What the routes need. Besides it takes an <c>IReportReader</c>, an <c>IRunLedger</c> and an
    /// <see cref="IRefreshStart"/>.
    /// </summary>
    public static IServiceCollection AddReportApi(this IServiceCollection services, ServerSettings settings)
    {
        services
            .AddSingleton(ApiSettings.Of(settings))
            .AddSingleton<Cursors>()
            .AddSingleton<ExportSlots>()
            .AddExceptionHandler<Failures>()
            .AddReportsOpenApi()
            .AddResponseCompression(options =>
            {
                options.EnableForHttps = true;
                options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json"];
            })
            .AddRequestTimeouts(options =>
                options.AddPolicy(
                    TimeoutPolicy,
                    new RequestTimeoutPolicy
                    {
                        Timeout = RequestTimeout,
                        TimeoutStatusCode = Problems.TooSlow.Status,
                        WriteTimeoutResponse = context =>
                            Problems.WriteAfterTimeoutAsync(
                                context,
                                Problems.TooSlow.With(
                                    "The answer took longer than a request may take. Ask for less, or narrow the query."
                                )
                            ),
                    }
                )
            );
        services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel =>
        {
            kestrel.Limits.MaxConcurrentConnections = settings.Of(SettingsTable.Connections);
            kestrel.Limits.MaxConcurrentUpgradedConnections = settings.Of(SettingsTable.OpenPages);
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.Limits.MaxRequestLineSize = RequestLineBytesMax;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        services.AddLogging(logging =>
        {
            foreach (var category in TellingCategories)
                logging.AddFilter(category, LogLevel.Warning);
        });
        return services;
    }

    /// <summary>The pipeline before the routes: headers, failures, compression, access, time limits.</summary>
    public static IApplicationBuilder UseReportApi(this IApplicationBuilder app) =>
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
            .UseKnownHosts()
            .UseRouting()
            // Asking the platform who somebody is takes part of the time, too.
            .UseRequestTimeouts()
            .UseAccess();

    /// <summary>The reports' routes, health, the OpenAPI document with its page, and sign-in.</summary>
    public static IEndpointRouteBuilder MapUserReports(this IEndpointRouteBuilder routes)
    {
        var group = routes
            .MapGroup("/api/v2/user-reports")
            .RequireAuthorization(AccessNames.SuperuserPolicy)
            .WithMetadata(new AuditedAttribute())
            .AddEndpointFilter(RefuseWithoutStripeAsync)
            .AddEndpointFilter(BodyParameters.ReadAsync)
            .AddEndpointFilter(EndpointWords.CheckParametersAsync);
        group.WithRequestTimeout(TimeoutPolicy);
        ReportsEndpoints.Map(group);
        FieldsEndpoint.Map(group);
        RunsEndpoints.Map(group);
        AuditEndpoint.Map(group);
        SessionsEndpoint.Map(group);
        RevealsEndpoint.Map(group);
        ExportEndpoint.Map(group);
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

    private static async ValueTask<object?> RefuseWithoutStripeAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    ) =>
        context.HttpContext.RequestServices.GetRequiredService<ApiSettings>().HasReports
            ? await next(context)
            : Problems
                .StripeOff.With(
                    "This platform does not use Stripe (Stripe:Enabled is false), so there are no reports. "
                        + "Set Reports:WithoutStripe to true to serve them without subscriptions and limits."
                )
                .AsResult();
}
