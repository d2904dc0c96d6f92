namespace UserReports.Server.Access;

/// <summary>Tells what pages of other sites ask for in a reader's name from what the reader asks for.</summary>
/// <remarks>
/// SameSite keeps the cookie from pages of other domains, but not from those of a neighbour under the same domain, and
/// a WebSocket has no antiforgery token. Browsers say where a request comes from; whoever sends no such header is no
/// browser and has no cookie that was not given to it.
/// </remarks>
internal static class OtherSites
{
    /// <summary>True for a request from another site that is not somebody following a link.</summary>
    public static bool Ask(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site"
        && !(
            (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && request.Headers["Sec-Fetch-Mode"] == "navigate"
        );
}
