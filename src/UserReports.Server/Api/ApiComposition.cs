using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.ResponseCompression;
using UserReports.Server.Access;
using UserReports.Server.Api.Exports;
using UserReports.Server.Api.Failing;
using UserReports.Server.Api.Following;
using UserReports.Server.Api.History;
using UserReports.Server.Api.Lists;
using UserReports.Server.Api.OpenApi;
using UserReports.Server.Api.Privacy;
using UserReports.Server.Api.Runs;
using UserReports.Server.Audit;
using UserReports.Server.Configuration;
using UserReports.Server.Http;

namespace UserReports.Server.Api;

/// <summary>Puts the HTTP interface together.</summary>
public static class ApiComposition
{
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
    /// What the routes need. Besides it takes an <c>IReportStore</c>, its <c>IReportReader</c> and <c>IRunLedger</c>,
    /// an <see cref="IRefreshStart"/>, an <c>OnDemandRefresher</c> and a <see cref="FollowStatus"/>.
    /// </summary>
    public static IServiceCollection AddReportApi(this IServiceCollection services, ServerSettings settings)
    {
        services
            .AddSingleton(ApiSettings.Of(settings))
            .AddSingleton<Cursors>()
            .AddSingleton<ExportSlots>()
            .AddSingleton<FreshRows>()
            .AddSingleton<PastReports>()
            .AddSingleton<AccountHistories>()
            .AddSingleton<ComparisonEndpoint>()
            .AddExceptionHandler<FailureAnswers>()
            .AddReportsOpenApi()
            .AddResponseCompression(options =>
            {
                options.EnableForHttps = true;
                options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json"];
            })
            .AddRequestTimeouts(options =>
                options.AddPolicy(
                    AnswerTime.Policy,
                    new RequestTimeoutPolicy
                    {
                        Timeout = AnswerTime.Max,
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

    /// <summary>The reports' routes.</summary>
    internal static void MapReports(this IEndpointRouteBuilder routes)
    {
        var group = routes
            .MapGroup("/api/v2/user-reports")
            .RequireAuthorization(AccessNames.SuperuserPolicy)
            .WithMetadata(new AuditedAttribute())
            .AddEndpointFilter(RefuseWithoutStripeAsync)
            .AddEndpointFilter(BodyParameters.ReadAsync)
            .AddEndpointFilter(EndpointDocumentation.CheckParametersAsync);
        group.WithRequestTimeout(AnswerTime.Policy);
        ReportsEndpoints.Map(group);
        AccountRefreshEndpoint.Map(group);
        AccountHistoryEndpoint.Map(group);
        FieldsEndpoint.Map(group);
        RunsEndpoints.Map(group);
        SnapshotsEndpoint.Map(group);
        ComparisonEndpoint.Map(group);
        AuditEndpoint.Map(group);
        SessionsEndpoint.Map(group);
        RevealsEndpoint.Map(group);
        ExportEndpoint.Map(group);
        NodeAuditEndpoint.Map(routes);
    }

    private static async ValueTask<object?> RefuseWithoutStripeAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    ) =>
        context.HttpContext.RequestServices.GetRequiredService<ApiSettings>().HasReports
            ? await next(context)
            : Problems
                .StripeOff.With(
                    "Stripe was set to be off (Stripe:Enabled is false), so there are no reports. Leave the setting at "
                        + "auto, or set Reports:WithoutStripe to true, to serve them without subscriptions."
                )
                .AsResult();
}
