using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace UserReports.Server.Http;

/// <summary>One kind of failure: everything that is the same each time it happens.</summary>
/// <param name="Code">Clients rely on it; never used for anything else later.</param>
internal sealed record Problem(string Code, int Status, string Title)
{
    /// <summary>The failure at hand.</summary>
    public ProblemDetails With(string detail)
    {
        var details = new ProblemDetails
        {
            Type = $"urn:user-reports:problem:{Code}",
            Title = Title,
            Status = Status,
            Detail = detail,
        };
        details.Extensions["code"] = Code;
        return details;
    }
}

/// <summary>Every failure that the service answers with; queries have codes of their own besides.</summary>
internal static class Problems
{
    public static readonly Problem BadRequest = new("bad_request", 400, "The request cannot be understood");
    public static readonly Problem BadQuery = new("bad_query", 400, "The query does not fit the report");
    public static readonly Problem UnknownParameter = new("unknown_parameter", 400, "A parameter is not known");
    public static readonly Problem BadParameter = new("bad_parameter", 400, "A parameter has no usable value");
    public static readonly Problem BadCursor = new("bad_cursor", 400, "The cursor does not fit");
    public static readonly Problem BadAntiforgery = new(
        "bad_antiforgery",
        400,
        "The request does not come from a page of this service"
    );
    public static readonly Problem UnknownHost = new("unknown_host", 400, "The service has another name");
    public static readonly Problem TooExpensive = new("too_expensive", 400, "The query costs too much");
    public static readonly Problem NotSignedIn = new("not_signed_in", 401, "Sign in first");
    public static readonly Problem NotAllowed = new("not_allowed", 403, "This account may not");
    public static readonly Problem CrossSite = new("cross_site", 403, "A page of another site asks");
    public static readonly Problem NotFound = new("not_found", 404, "There is nothing here");
    public static readonly Problem NoHistory = new("no_history", 404, "There is no snapshot of that time");
    public static readonly Problem StripeOff = new("stripe_off", 404, "There are no reports without Stripe");
    public static readonly Problem MethodNotAllowed = new("method_not_allowed", 405, "That cannot be done here");
    public static readonly Problem TooLarge = new("too_large", 413, "The request is too large");
    public static readonly Problem UnsupportedMedia = new(
        "unsupported_media_type",
        415,
        "The body is of a kind that is not taken"
    );
    public static readonly Problem TooManyFailures = new("too_many_failures", 429, "Too many sign-ins failed");
    public static readonly Problem TooManyExports = new("too_many_exports", 429, "Too many exports are running");
    public static readonly Problem TooManyRequests = new("too_many_requests", 429, "Too many requests at once");
    public static readonly Problem TooManyPages = new("too_many_pages", 429, "Too many pages are open");
    public static readonly Problem Bug = new("internal_error", 500, "The service failed");
    public static readonly Problem NoSnapshot = new("no_snapshot", 503, "There is no data yet");
    public static readonly Problem NoSource = new("no_source", 503, "The platform does not answer");
    public static readonly Problem NoStore = new("no_store", 503, "The store cannot be used");
    public static readonly Problem NoAudit = new("no_audit", 503, "The audit log cannot be written");
    public static readonly Problem TooMuchMemory = new("too_much_memory", 503, "The query needs too much memory");
    public static readonly Problem TooSlow = new("too_slow", 503, "The answer took too long");

    public static readonly IReadOnlyList<Problem> All =
    [
        BadRequest,
        BadQuery,
        UnknownParameter,
        BadParameter,
        BadCursor,
        BadAntiforgery,
        UnknownHost,
        TooExpensive,
        NotSignedIn,
        NotAllowed,
        CrossSite,
        NotFound,
        NoHistory,
        StripeOff,
        MethodNotAllowed,
        TooLarge,
        UnsupportedMedia,
        TooManyFailures,
        TooManyExports,
        TooManyRequests,
        TooManyPages,
        Bug,
        NoSnapshot,
        NoSource,
        NoStore,
        NoAudit,
        TooMuchMemory,
        TooSlow,
    ];

    /// <summary>A change that a session's cookie alone is not enough for.</summary>
    public static ProblemDetails OfAntiforgery() =>
        BadAntiforgery.With("With a session's cookie, send the explorer's antiforgery token too; or use an API token.");

    /// <summary>The failure that a bare status stands for.</summary>
    public static ProblemDetails OfStatus(int status) =>
        status switch
        {
            404 => NotFound.With("No route has this address. GET /openapi/v2.json lists them."),
            405 => MethodNotAllowed.With(
                "The address exists, but not for this method; the Allow header lists those that do."
            ),
            413 => TooLarge.With("The body is larger than this service takes."),
            415 => UnsupportedMedia.With("Send no body, or JSON."),
            >= 500 => Bug.With("Something went wrong here. The trace id finds it in the log."),
            _ => (BadRequest with { Status = status }).With("The request cannot be understood."),
        };

    public static Task WriteAsync(HttpContext context, ProblemDetails details) =>
        WriteBodyAsync(context, details, context.RequestAborted);

    /// <summary>
    /// Answers a request whose time is up: its own token is cancelled by then and would cut the answer off.
    /// </summary>
    public static Task WriteAfterTimeoutAsync(HttpContext context, ProblemDetails details) =>
        WriteBodyAsync(context, details, CancellationToken.None);

    private static Task WriteBodyAsync(HttpContext context, ProblemDetails details, CancellationToken cancellationToken)
    {
        // Before the answer starts: then it can still become the one that the log cannot be written.
        context.Features.Get<IAnswerRecord>()?.Answers(details.Status!.Value);
        details.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        context.Response.StatusCode = details.Status!.Value;
        return context.Response.WriteAsJsonAsync(
            details,
            ProblemJson.Default.ProblemDetails,
            "application/problem+json",
            cancellationToken
        );
    }

    /// <summary>The failure as the result of an endpoint.</summary>
    public static IResult AsResult(this ProblemDetails details) => new ProblemResult(details);

    private sealed class ProblemResult(ProblemDetails details) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, details);
    }
}
