using Microsoft.AspNetCore.Antiforgery;

namespace UserReports.Server.Access.Browsers;

/// <summary>Checks requests that change something.</summary>
internal static class AntiforgeryChecks
{
    /// <summary>
    /// True if the request may change something: a header cannot be sent by a page of somebody else's; a cookie is.
    /// </summary>
    /// <inheritdoc cref="AcceptsAsync"/>
    public static async Task<bool> AcceptsChangeAsync(this IAntiforgery antiforgery, HttpContext context) =>
        context.User.Identity?.AuthenticationType != AccessNames.SessionScheme
        || await antiforgery.AcceptsAsync(context);

    /// <summary>
    /// True if the request comes from a page of this service; false also for a body that is no form at all.
    /// </summary>
    /// <exception cref="BadHttpRequestException">The body is too large.</exception>
    public static async Task<bool> AcceptsAsync(this IAntiforgery antiforgery, HttpContext context)
    {
        try
        {
            return await antiforgery.IsRequestValidAsync(context);
        }
        catch (AntiforgeryValidationException e)
        {
            return e.InnerException is BadHttpRequestException bad
                ? throw new BadHttpRequestException(bad.Message, bad.StatusCode, bad)
                : false;
        }
    }
}
