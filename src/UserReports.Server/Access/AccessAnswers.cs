using System.Globalization;
using UserReports.Server.Http;

namespace UserReports.Server.Access;

/// <summary>The answers to those who may not: 401 with what to sign in with, 403, 429.</summary>
internal static class AccessAnswers
{
    private static readonly string[] Challenges =
    [
        "Token realm=\"user reports\"",
        "Basic realm=\"user reports\", charset=\"UTF-8\"",
    ];

    /// <param name="wait">How long the caller must wait because of too many failures, or null.</param>
    public static async Task ChallengeAsync(HttpContext context, string reason, TimeSpan? wait)
    {
        if (wait is { } duration)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(duration.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
            await Problems.WriteAsync(
                context,
                Problems.TooManyFailures.With(
                    "Too many sign-ins failed. Wait as long as Retry-After says; API tokens that are right work all the time."
                )
            );
            return;
        }

        context.Response.Headers.WWWAuthenticate = Challenges;
        await Problems.WriteAsync(context, Problems.NotSignedIn.With(reason));
    }

    public static Task ForbidAsync(HttpContext context) =>
        Problems.WriteAsync(
            context,
            Problems.NotAllowed.With(
                "Reports are for active superusers whose password the platform holds valid; this account is not one."
            )
        );

    /// <summary>
    /// True where a person with a browser is asking for a page, so that a sign-in page is of more use than a problem.
    /// </summary>
    public static bool WantsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && !request.Path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept.Any(accept =>
            accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true
        );
}
