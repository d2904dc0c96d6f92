using System.Globalization;
using System.Security.Claims;

namespace UserReports.Server.Http;

/// <summary>Which account a request comes from.</summary>
internal static class Caller
{
    /// <summary>The platform's id of the account; null where nobody is signed in.</summary>
    public static long? AccountOf(ClaimsPrincipal principal) =>
        long.TryParse(
            principal.FindFirstValue(ClaimTypes.NameIdentifier),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var id
        )
            ? id
            : null;

    /// <summary>The account that a request for data comes from: nobody without one comes as far as that.</summary>
    public static long ReaderOf(HttpContext context) => AccountOf(context.User)!.Value;
}
