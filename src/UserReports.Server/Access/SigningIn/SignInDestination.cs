using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using UserReports.Server.Access.Browsers;
using UserReports.Server.Configuration;
using UserReports.Server.Http.Mounting;

namespace UserReports.Server.Access.SigningIn;

/// <summary>Where somebody wanted to go who had to sign in first.</summary>
/// <remarks>
/// An address of the explorer holds a query, and that may hold somebody's name: it is kept in an encrypted cookie and
/// not copied into the address of the sign-in page, which stands in more logs and histories. Links made by hand may
/// still say <c>?next=</c>.
/// </remarks>
internal sealed class SignInDestination(IDataProtectionProvider protection, AccessSettings settings)
{
    public const string Cookie = "user-reports-destination";

    private const string Parameter = "next";

    /// <summary>Browsers drop cookies of more than 4096 bytes, name and all.</summary>
    private const int CookieLengthMax = 3900;

    private readonly IDataProtector protector = protection.CreateProtector("UserReports.SignIn.Destination");

    private readonly ServiceCookie cookie = new(settings.IsBehindProxy)
    {
        Name = Cookie,
        SameSite = SameSiteMode.Lax,
        HttpOnly = true,
        MaxAge = TimeSpan.FromMinutes(30),
    };

    /// <summary>Keeps the address of the request; without its query if that is too long to keep.</summary>
    public void Keep(HttpContext context)
    {
        var path = context.Request.PathBase.ToUriComponent() + context.Request.Path.ToUriComponent();
        var kept = protector.Protect(path + context.Request.QueryString.ToUriComponent());
        if (kept.Length > CookieLengthMax)
            kept = protector.Protect(path);
        if (kept.Length <= CookieLengthMax)
            context.Response.Cookies.Append(Cookie, kept, cookie.Build(context));
    }

    /// <summary>Where to go now: an address of this service as a header can hold it, or its first page.</summary>
    public string Take(HttpContext context)
    {
        var root = context.Request.PathBase.ToUriComponent() + "/";
        var wanted = Given(context) ?? Kept(context);
        if (context.Request.Cookies.ContainsKey(Cookie))
            context.Response.Cookies.Delete(Cookie, cookie.Build(context));
        return wanted is not null && IsHere(wanted, root) ? AddressText.Encode(wanted) : root;
    }

    /// <summary>What a form on the sign-in page must hand on: the parameter as it was given, or nothing.</summary>
    public static string QueryOf(HttpContext context) =>
        Given(context) is { } next ? $"?{Parameter}={Uri.EscapeDataString(next)}" : "";

    private static string? Given(HttpContext context) =>
        context.Request.Query[Parameter].ToString() is { Length: > 0 } next ? next : null;

    private string? Kept(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { } kept)
            return null;
        try
        {
            return protector.Unprotect(kept);
        }
        catch (CryptographicException)
        {
            // Made with keys that are gone.
            return null;
        }
    }

    private static bool IsHere(string address, string root) =>
        address.StartsWith(root, StringComparison.Ordinal)
        && !address.StartsWith("//", StringComparison.Ordinal)
        && !address.Contains('\\')
        && !address.Any(char.IsControl);
}
