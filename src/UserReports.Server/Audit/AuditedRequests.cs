using UserReports.Server.Http;
using UserReports.Server.Http.Mounting;
using UserReports.Server.Limits;
using UserReports.Sources;

namespace UserReports.Server.Audit;

/// <summary>Marks a route whose reads are recorded.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AuditedAttribute : Attribute;

/// <summary>Records every answer of an audited route before its first byte leaves.</summary>
/// <remarks>
/// Routes call <see cref="Record"/> when they know their rows, and every problem records itself. A route that forgets
/// is recorded all the same when its answer starts; if that fails the answer is a bare 500, for it is too late for a
/// better one. Elsewhere what is refused to somebody known is recorded.
/// </remarks>
public static class AuditedRequests
{
    private static readonly object RecordedKey = new();
    private static readonly object AskedKey = new();

    /// <summary>Records the request that is about to be answered.</summary>
    /// <param name="happened">One of <see cref="AuditEvents"/>, or null for a read.</param>
    /// <exception cref="AuditException">It cannot be recorded and so must not be answered.</exception>
    public static void Record(HttpContext context, long rows, int status, string? happened = null)
    {
        if (!context.Items.TryAdd(RecordedKey, true))
            return;
        var services = context.RequestServices;
        var about = AboutOf(context);
        // Whoever may not read, or asks for what there is not, must not be able to fill the disk with being told so.
        if (
            (
                status
                    is StatusCodes.Status401Unauthorized
                        or StatusCodes.Status403Forbidden
                        or StatusCodes.Status429TooManyRequests
                || !about.IsAudited
            )
            && Caller.AccountOf(context.User) is { } refused
            && !services.GetRequiredService<FailureLimits>().MayRecordRefusal(refused)
        )
            return;
        Write(
            context,
            Caller.AccountOf(context.User),
            context.User.Identity?.Name,
            rows,
            status,
            record =>
                record with
                {
                    Q = NullIfEmpty(context.Request.Query["q"]),
                    Fields = NullIfEmpty(context.Request.Query["fields"]),
                    Asked = AskedOf(context.Request.Query, about.Parameters),
                    Event = happened ?? (about.IsAudited ? null : AuditEvents.Refused),
                    Reveal = context.Features.Get<RevealUse>()?.Id,
                }
        );
    }

    /// <summary>
    /// Records an answer without rows, such as a problem, to somebody known: any answer of an audited route, and
    /// refusals wherever else.
    /// </summary>
    /// <inheritdoc cref="Record"/>
    public static void RecordRowless(HttpContext context, int status)
    {
        // A refusal because of the log itself cannot be recorded.
        if (
            context.User.Identity?.IsAuthenticated == true
            && status < StatusCodes.Status500InternalServerError
            && context.Items[AskedKey] is About about
            && (about.IsAudited || status >= StatusCodes.Status400BadRequest)
        )
            Record(context, 0, status);
    }

    /// <summary>Records a step of signing in or out that is about to be answered.</summary>
    /// <param name="happened">One of <see cref="AuditEvents"/>.</param>
    /// <exception cref="AuditException">It cannot be recorded and so must not happen.</exception>
    public static void RecordSignIn(HttpContext context, Identity account, int status, string happened) =>
        RecordAct(context, account.AccountId, account.Username, status, happened);

    /// <inheritdoc cref="RecordSignIn"/>
    public static void RecordAct(
        HttpContext context,
        long accountId,
        string? username,
        int status,
        string happened,
        IReadOnlyDictionary<string, string>? asked = null
    )
    {
        context.Items.TryAdd(RecordedKey, true);
        Write(context, accountId, username, 0, status, record => record with { Event = happened, Asked = asked });
    }

    /// <summary>Records a sign-in that failed at an account, once it has been answered.</summary>
    /// <remarks>
    /// Afterwards, so that the time of the answer does not tell a name that exists from one that does not. Names that
    /// do not exist are not recorded: people type passwords there, and anybody could fill the disk with them.
    /// </remarks>
    public static void RecordFailedSignIn(
        HttpContext context,
        Identity account,
        string happened = AuditEvents.SignInFailed
    ) =>
        context.RecordOnceAnswered(() =>
        {
            // Failures are limited, but a password that is right may come as often as one likes.
            if (
                happened == AuditEvents.SignInFailed
                || context.RequestServices.GetRequiredService<FailureLimits>().MayRecordRefusal(account.AccountId)
            )
                RecordSignIn(context, account, context.Response.StatusCode, happened);
        });

    /// <summary>
    /// Records a token that nobody has, by a mark, once it has been answered; of each address not many.
    /// </summary>
    public static void RecordWrongToken(HttpContext context, string token) =>
        context.RecordOnceAnswered(() =>
        {
            var services = context.RequestServices;
            if (!services.GetRequiredService<FailureLimits>().MayRecordToken(context.Connection.RemoteIpAddress))
                return;
            var mark = services.GetRequiredService<TokenMarks>().Of(token);
            Write(
                context,
                null,
                null,
                0,
                context.Response.StatusCode,
                record => record with { Event = AuditEvents.TokenWrong, Credential = mark }
            );
        });

    /// <summary>Adds the recording to the pipeline; after authentication and authorisation.</summary>
    internal static IApplicationBuilder UseAuditedRequests(this IApplicationBuilder app) =>
        app.Use(next =>
            context =>
            {
                // A failure takes the endpoint away, and an error page puts another in its place, but what was asked
                // for is what is recorded.
                if (context.Items.TryAdd(AskedKey, AboutOf(context)))
                {
                    context.Features.Set<IAnswerRecord>(new AnswerRecord(context));
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

    private static void RecordOnceAnswered(this HttpContext context, Action record) =>
        context.Response.OnCompleted(() =>
        {
            try
            {
                record();
            }
            catch (AuditException)
            {
                // It is in the ordinary log; what was to be recorded did not happen.
            }

            return Task.CompletedTask;
        });

    private static void Write(
        HttpContext context,
        long? accountId,
        string? username,
        long rows,
        int status,
        Func<AuditRecord, AuditRecord> complete
    )
    {
        var services = context.RequestServices;
        var record = new AuditRecord(
            services.GetRequiredService<TimeProvider>().GetUtcNow(),
            accountId,
            username,
            context.Connection.RemoteIpAddress?.ToString(),
            $"{HeadRequests.MethodOf(context)} {AboutOf(context).Route}",
            context.Request.Path,
            null,
            null,
            rows,
            status
        );
        services.GetRequiredService<AuditLog>().Write(complete(record));
    }

    /// <summary>What a route does not take is not recorded: it decided nothing, and it may be anything.</summary>
    private static SortedDictionary<string, string>? AskedOf(IQueryCollection sent, AcceptedParameters? accepted)
    {
        SortedDictionary<string, string> asked = new(StringComparer.Ordinal);
        foreach (var parameter in accepted?.All ?? [])
        {
            if (
                parameter != QueryParameter.Q
                && parameter != QueryParameter.Fields
                && sent.TryGetValue(parameter.Name, out var value)
            )
                asked[parameter.Name] = value.ToString();
        }

        return asked.Count == 0 ? null : asked;
    }

    private static About AboutOf(HttpContext context)
    {
        if (context.Items[AskedKey] is About known)
            return known;
        var endpoint = context.GetEndpoint();
        return new(
            (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? context.Request.Path.ToString(),
            endpoint?.Metadata.GetMetadata<AuditedAttribute>() is not null,
            endpoint?.Metadata.GetMetadata<AcceptedParameters>()
        );
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private sealed class AnswerRecord(HttpContext context) : IAnswerRecord
    {
        public void Answers(int status) => RecordRowless(context, status);
    }

    /// <summary>What was asked for, before anything went wrong.</summary>
    private sealed record About(string Route, bool IsAudited, AcceptedParameters? Parameters);
}
