using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using UserReports.Server.Access.SigningIn;
using UserReports.Server.Configuration;

namespace UserReports.Server.Access.Browsers;

/// <summary>Gives the service's cookies the names that browsers protect.</summary>
/// <remarks>
/// A browser takes a <c>__Host-</c> cookie only over TLS, for all of one host and from that host itself, so a
/// neighbour under the same domain cannot put one there. Under a path it can be <c>__Secure-</c> at most, and neither
/// without TLS. Which it is depends on the request; the rest of the service knows each cookie by one name.
/// </remarks>
internal static class ServiceCookies
{
    private const string OfHost = "__Host-";
    private const string OfTls = "__Secure-";

    private static readonly string[] Names =
    [
        AccessComposition.SessionCookie,
        AccessComposition.AntiforgeryCookie,
        SignInDestination.Cookie,
    ];

    /// <summary>What stands before the names of the cookies; empty on a reader's own machine without TLS.</summary>
    public static string PrefixOf(HttpContext context, bool isBehindProxy) =>
        !IsSecure(context, isBehindProxy) ? ""
        : context.Request.PathBase.HasValue ? OfTls
        : OfHost;

    /// <summary>
    /// Cookies are sent over TLS alone, but for a server on the reader's own machine that has no TLS.
    /// </summary>
    /// <param name="isBehindProxy">Then a name of the machine itself may be all that the proxy hands on.</param>
    public static bool IsSecure(HttpContext context, bool isBehindProxy) =>
        isBehindProxy
        || context.Request.IsHttps
        || !(context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]");

    /// <summary>Where the cookies are sent: all of the service and nothing beside it.</summary>
    public static string PathOf(HttpContext context) =>
        context.Request.PathBase.HasValue ? context.Request.PathBase.ToUriComponent() : "/";

    public static IApplicationBuilder UseServiceCookies(this IApplicationBuilder app)
    {
        var isBehindProxy = app.ApplicationServices.GetRequiredService<AccessSettings>().IsBehindProxy;
        return app.Use(next =>
            context =>
            {
                if (PrefixOf(context, isBehindProxy) is { Length: > 0 } prefix)
                {
                    context.Features.Set<IRequestCookiesFeature>(
                        new RequestCookiesFeature(new Received(context.Request.Cookies, prefix))
                    );
                    context.Features.Set<IResponseCookiesFeature>(new Sending(context.Response.Cookies, prefix));
                }

                return next(context);
            }
        );
    }

    /// <summary>Large cookies are cut into several, whose names go on after the first one's.</summary>
    private static bool IsOurs(string name) => Names.Any(own => name.StartsWith(own, StringComparison.Ordinal));

    /// <summary>What the browser sent. Under its bare name none of the cookies is believed.</summary>
    private sealed class Received(IRequestCookieCollection all, string prefix) : IRequestCookieCollection
    {
        public int Count => Keys.Count;

        public ICollection<string> Keys => [.. this.Select(cookie => cookie.Key)];

        public string? this[string key] => all[NameOf(key)];

        public bool ContainsKey(string key) => all.ContainsKey(NameOf(key));

        public bool TryGetValue(string key, [NotNullWhen(true)] out string? value) =>
            all.TryGetValue(NameOf(key), out value);

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
            all.Where(cookie => !IsOurs(cookie.Key))
                .Select(cookie =>
                    cookie.Key.StartsWith(prefix, StringComparison.Ordinal) && IsOurs(cookie.Key[prefix.Length..])
                        ? KeyValuePair.Create(cookie.Key[prefix.Length..], cookie.Value)
                        : cookie
                )
                .GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private string NameOf(string key) => IsOurs(key) ? prefix + key : key;
    }

    private sealed class Sending(IResponseCookies all, string prefix) : IResponseCookies, IResponseCookiesFeature
    {
        public IResponseCookies Cookies => this;

        public void Append(string key, string value) => all.Append(NameOf(key), value);

        public void Append(string key, string value, CookieOptions options) => all.Append(NameOf(key), value, options);

        public void Delete(string key) => all.Delete(NameOf(key));

        public void Delete(string key, CookieOptions options) => all.Delete(NameOf(key), options);

        private string NameOf(string key) => IsOurs(key) ? prefix + key : key;
    }
}

/// <summary>A cookie of the service: for all of it, and sent over TLS alone wherever there can be TLS.</summary>
internal sealed class ServiceCookie(bool isBehindProxy) : CookieBuilder
{
    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var options = base.Build(context, expiresFrom);
        options.Path = ServiceCookies.PathOf(context);
        options.Secure = ServiceCookies.IsSecure(context, isBehindProxy);
        return options;
    }
}
