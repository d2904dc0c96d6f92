using UserReports.Server.Access;
using UserReports.Server.Mounting;
using UserReports.Sources;

namespace UserReports.Server.Audit;

/// <summary>Marks a route whose reads are recorded.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AuditedAttribute : Attribute;

/// <summary>Records every answer of an audited route before its first byte leaves.</summary>
/// <remarks>
/// Routes call <see cref="Record"/> when they know their rows, and every problem records itself. A route that forgets
/// is recorded all the same when its answer starts; if that fails the answer is a bare 500, for it is too late for a
/// better one.
/// </remarks>
public static class AuditedRequests
{
    private static readonly object RecordedKey = new();
    private static readonly object RouteKey = new();

    /// <summary>Records the request that is about to be answered.</summary>
    /// <exception cref="AuditException">It cannot be recorded and so must not be answered.</exception>
    public static void Record(HttpContext context, long rows, int status)
    {
        if (!context.Items.TryAdd(RecordedKey, true))
            return;
        var services = context.RequestServices;
        if (
            status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden
            && SessionTicket.AccountOf(context.User) is { } refused
            && !services.GetRequiredService<FailureLimits>().MayRecordRefusal(refused)
        )
            return;
        services
            .GetRequiredService<AuditLog>()
            .Write(
                new(
                    services.GetRequiredService<TimeProvider>().GetUtcNow(),
                    SessionTicket.AccountOf(context.User),
                    context.User.Identity?.Name,
                    context.Connection.RemoteIpAddress?.ToString(),
                    $"{HeadRequests.MethodOf(context)} {RouteOf(context)}",
                    context.Request.Path,
                    NullIfEmpty(context.Request.Query["q"]),
                    NullIfEmpty(context.Request.Query["fields"]),
                    rows,
                    status
                )
            );
    }

    /// <summary>
    /// Records an answer without rows, such as a problem, if it is that of an audited route to somebody known.
    /// </summary>
    /// <inheritdoc cref="Record"/>
    public static void RecordRowless(HttpContext context, int status)
    {
        // A refusal because of the log itself cannot be recorded.
        if (
            context.Items.ContainsKey(RouteKey)
            && context.User.Identity?.IsAuthenticated == true
            && status < StatusCodes.Status500InternalServerError
        )
            Record(context, 0, status);
    }

    /// <summary>Records a sign-in that is about to be answered.</summary>
    /// <exception cref="AuditException">It cannot be recorded and so must not happen.</exception>
    public static void RecordSignIn(HttpContext context, Identity account, int status)
    {
        var services = context.RequestServices;
        services
            .GetRequiredService<AuditLog>()
            .Write(
                new(
                    services.GetRequiredService<TimeProvider>().GetUtcNow(),
                    account.AccountId,
                    account.Username,
                    context.Connection.RemoteIpAddress?.ToString(),
                    $"{HeadRequests.MethodOf(context)} {RouteOf(context)}",
                    context.Request.Path,
                    null,
                    null,
                    0,
                    status
                )
            );
    }

    /// <summary>Records a sign-in that failed at an account, once it has been answered.</summary>
    /// <remarks>
    /// Afterwards, so that the time of the answer does not tell a name that exists from one that does not. Names that
    /// do not exist are not recorded: people type passwords there, and anybody could fill the disk with them.
    /// </remarks>
    public static void RecordFailedSignIn(HttpContext context, Identity account) =>
        context.Response.OnCompleted(() =>
        {
            try
            {
                RecordSignIn(context, account, context.Response.StatusCode);
            }
            catch (AuditException)
            {
                // It is in the ordinary log; what was to be recorded did not happen.
            }

            return Task.CompletedTask;
        });

    /// <summary>Adds the recording to the pipeline; after authentication and authorisation.</summary>
    internal static IApplicationBuilder UseAuditedRequests(this IApplicationBuilder app) =>
        app.Use(next =>
            context =>
            {
                if (context.GetEndpoint()?.Metadata.GetMetadata<AuditedAttribute>() is not null)
                {
                    // A failure takes the endpoint away, but what failed was to be recorded.
                    context.Items[RouteKey] = RouteOf(context);
                    context.Response.OnStarting(
                        static state =>
                        {
                            var context = (HttpContext)state;
                            RecordRowless(context, context.Response.StatusCode);
                            return Task.CompletedTask;
                        },
                        context
                    );
                }

                return next(context);
            }
        );

    private static string RouteOf(HttpContext context) =>
        context.Items[RouteKey] as string
        ?? (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText
        ?? context.Request.Path.ToString();

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
