using Microsoft.AspNetCore.Http.Features;
using UserReports.Server.Access;

namespace UserReports.Server.Audit;

/// <summary>Marks a route whose reads are recorded.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AuditedAttribute : Attribute;

/// <summary>Records every answer of an audited route before its first byte leaves.</summary>
/// <remarks>
/// Routes call <see cref="Record"/> when they know their rows. One that forgets is recorded all the same when its
/// answer starts; if that fails the answer is cut off.
/// </remarks>
public static class AuditedRequests
{
    private static readonly object RecordedKey = new();

    /// <summary>Records the request that is about to be answered.</summary>
    /// <exception cref="AuditException">It cannot be recorded and so must not be answered.</exception>
    public static void Record(HttpContext context, long rows, int status)
    {
        if (!context.Items.TryAdd(RecordedKey, true))
            return;
        var services = context.RequestServices;
        var endpoint = context.Features.Get<IEndpointFeature>()?.Endpoint ?? context.GetEndpoint();
        services
            .GetRequiredService<AuditLog>()
            .Write(
                new(
                    services.GetRequiredService<TimeProvider>().GetUtcNow(),
                    SessionTicket.AccountOf(context.User),
                    context.User.Identity?.Name,
                    context.Connection.RemoteIpAddress?.ToString(),
                    $"{context.Request.Method} {(endpoint as RouteEndpoint)?.RoutePattern.RawText ?? context.Request.Path}",
                    context.Request.Path,
                    NullIfEmpty(context.Request.Query["q"]),
                    NullIfEmpty(context.Request.Query["fields"]),
                    rows,
                    status
                )
            );
    }

    /// <summary>Adds the recording to the pipeline; after authentication and authorisation.</summary>
    internal static IApplicationBuilder UseAuditedRequests(this IApplicationBuilder app) =>
        app.Use(next =>
            context =>
            {
                if (context.GetEndpoint()?.Metadata.GetMetadata<AuditedAttribute>() is not null)
                {
                    context.Response.OnStarting(
                        static state =>
                        {
                            var context = (HttpContext)state;
                            // A refusal because of the log itself cannot be recorded.
                            if (context.User.Identity?.IsAuthenticated == true && context.Response.StatusCode < 500)
                                Record(context, 0, context.Response.StatusCode);
                            return Task.CompletedTask;
                        },
                        context
                    );
                }

                return next(context);
            }
        );

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
