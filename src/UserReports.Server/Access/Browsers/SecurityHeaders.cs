using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace UserReports.Server.Access.Browsers;

/// <summary>The headers that tell browsers what the service never does.</summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// Scripts only from here and only as files; the components of the explorer set styles of their own on elements.
    /// </summary>
    private const string Pages =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    private const string Answers = "default-src 'none'; frame-ancestors 'none'";

    private static readonly object NonceKey = new();

    /// <summary>Lets a page run the one script that stands in it; the page must name what this returns.</summary>
    public static string AllowOneScript(HttpContext context)
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        context.Items[NonceKey] = nonce;
        return nonce;
    }

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(next =>
            context =>
            {
                context.Response.OnStarting(
                    static state =>
                    {
                        Add((HttpContext)state);
                        return Task.CompletedTask;
                    },
                    context
                );
                return next(context);
            }
        );

    private static void Add(HttpContext context)
    {
        var headers = context.Response.Headers;
        var isAnswer = context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
        // Whatever a framework set before: a weaker policy of its own must not stand in for this one.
        headers.ContentSecurityPolicy = isAnswer ? Answers : PolicyOf(context);
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        if (isAnswer || !headers.ContainsKey(HeaderNames.CacheControl))
            headers.CacheControl = "no-store";
    }

    private static string PolicyOf(HttpContext context) =>
        context.Items[NonceKey] is string nonce
            ? Pages.Replace("script-src 'self'", $"script-src 'self' 'nonce-{nonce}'", StringComparison.Ordinal)
            : Pages;
}
