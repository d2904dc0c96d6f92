using UserReports.Server.Http;

namespace UserReports.Server.Access.Browsers;

/// <summary>Tells what pages of other sites ask for in a reader's name from what the reader asks for.</summary>
/// <remarks>
/// SameSite keeps the cookie from pages of other domains, but not from those of a neighbour under the same domain; a
/// WebSocket has no antiforgery token, and its handshake has no <c>Sec-Fetch-Site</c>, only an <c>Origin</c>. Browsers
/// say where a request comes from; whoever sends neither header is no browser and has no cookie that was not given to
/// it.
/// </remarks>
internal static class CrossSiteGuard
{
    private const string Hub = "/_blazor";

    /// <summary>True for a request from another site or origin that is not somebody following a link.</summary>
    public static bool IsForeign(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site"
            && !(IsReading(request) && request.Headers["Sec-Fetch-Mode"] == "navigate")
        || request.Headers.Origin.Count > 0 && !HasOwnOrigin(request);

    /// <summary>True only if the browser says that a page of this service asks.</summary>
    public static bool IsOwn(HttpRequest request) =>
        !IsForeign(request) && (request.Headers.Origin.Count > 0 || request.Headers["Sec-Fetch-Site"] == "same-origin");

    /// <summary>
    /// Refuses the explorer's connection and every change to pages of others, before anybody is asked who the caller
    /// is: browsers send cookies and a password that they remember by themselves, so only a token speaks for its
    /// sender.
    /// </summary>
    public static IApplicationBuilder UseCrossSiteGuard(this IApplicationBuilder app) =>
        app.Use(next =>
            context => IsGuarded(context.Request) && IsForeign(context.Request) ? RefuseAsync(context) : next(context)
        );

    private static bool IsGuarded(HttpRequest request) =>
        request.Path.StartsWithSegments(Hub, StringComparison.OrdinalIgnoreCase)
        || !IsReading(request) && !HasToken(request);

    private static bool IsReading(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static bool HasToken(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header
        && (
            header.StartsWith("Token ", StringComparison.OrdinalIgnoreCase)
            || header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        );

    private static bool HasOwnOrigin(HttpRequest request) =>
        request.Headers.Origin is [{ } text]
        && Uri.TryCreate(text, UriKind.Absolute, out var origin)
        && Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out var own)
        && (origin.Scheme, origin.IdnHost, origin.Port) == (own.Scheme, own.IdnHost, own.Port);

    private static Task RefuseAsync(HttpContext context) =>
        Problems.WriteAsync(
            context,
            Problems.CrossSite.With(
                "The browser says that a page of another site or address asks. If that page was this service's own, a proxy hands on "
                    + "another scheme or host than the browser's: set Proxies, and let the proxy send X-Forwarded-Proto and -Host."
            )
        );
}
