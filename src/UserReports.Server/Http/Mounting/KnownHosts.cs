using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using UserReports.Server.Configuration;

namespace UserReports.Server.Http.Mounting;

/// <summary>Which names of hosts are this service's own: whoever asks may write any name into a request.</summary>
internal sealed class KnownHosts(ServerSettings settings)
{
    /// <summary>What the framework leaves behind where a configured proxy named the host.</summary>
    private static readonly string OriginalHost = ForwardedHeadersDefaults.XOriginalHostHeaderName;

    private readonly IReadOnlyList<string> allowed = settings.Of(SettingsTable.AllowedHosts);

    /// <summary>
    /// True unless it is no host, or the setting lists names and this is none of them. No name is no wrong one.
    /// </summary>
    public bool Allows(HttpRequest request) => IsHost(request.Headers.Host.ToString()) && IsListed(request.Host);

    private bool IsListed(HostString host) =>
        allowed.Count == 0
        || !host.HasValue
        || IsLoopback(host.Host)
        || allowed.Any(name => MountText.Fits(host.Host, name));

    /// <summary>
    /// Scheme and host for links; empty where nothing but the request vouches for the name, so that links stay on the
    /// host by which they were found.
    /// </summary>
    public static string RootOf(HttpRequest request) =>
        request.HttpContext.RequestServices.GetRequiredService<KnownHosts>().Knows(request)
            ? $"{request.Scheme}://{request.Host.ToUriComponent()}"
            : "";

    private bool Knows(HttpRequest request) =>
        request.Host.HasValue
        && (
            IsLoopback(request.Host.Host)
            || (
                allowed.Count > 0
                    ? IsListed(request.Host)
                    : request.Headers.ContainsKey(OriginalHost) || IsAddressedHere(request)
            )
        );

    /// <summary>
    /// Whether addresses can be made with a host: the web server takes any digits for a port, and names that are none.
    /// </summary>
    internal static bool IsHost(string written)
    {
        try
        {
            var host = HostString.FromUriComponent(written);
            return !host.HasValue || Uri.TryCreate($"http://{host.ToUriComponent()}/", UriKind.Absolute, out _);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // A name in the letters of the network that stands for no name.
            return false;
        }
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);

    private static bool IsAddressedHere(HttpRequest request) =>
        IPAddress.TryParse(request.Host.Host, out var address)
        && request.HttpContext.Connection.LocalIpAddress is { } local
        && address.MapToIPv6().Equals(local.MapToIPv6());
}

/// <summary>Adds the check of hosts to the pipeline.</summary>
internal static class KnownHostsSetup
{
    private static readonly string[] Originals =
    [
        ForwardedHeadersDefaults.XOriginalHostHeaderName,
        ForwardedHeadersDefaults.XOriginalForHeaderName,
        ForwardedHeadersDefaults.XOriginalProtoHeaderName,
        ForwardedHeadersDefaults.XOriginalPrefixHeaderName,
    ];

    /// <summary>
    /// Before the headers of proxies are read: what is then found of these was written by this process.
    /// </summary>
    public static IApplicationBuilder UseNoOriginals(this IApplicationBuilder app) =>
        app.Use(next =>
            context =>
            {
                foreach (var name in Originals)
                    context.Request.Headers.Remove(name);
                // The framework fails on a name that is none, before anybody could answer for it.
                if (!Forwarded(context.Request).All(KnownHosts.IsHost))
                    context.Request.Headers.Remove(ForwardedHeadersDefaults.XForwardedHostHeaderName);
                return next(context);
            }
        );

    private static IEnumerable<string> Forwarded(HttpRequest request) =>
        request
            .Headers.GetCommaSeparatedValues(ForwardedHeadersDefaults.XForwardedHostHeaderName)
            .Select(name => name.Trim());

    /// <summary>Answers nobody who calls the service by a name that is not its own.</summary>
    public static IApplicationBuilder UseKnownHosts(this IApplicationBuilder app)
    {
        var hosts = app.ApplicationServices.GetRequiredService<KnownHosts>();
        return app.Use(next =>
            context =>
                hosts.Allows(context.Request)
                    ? next(context)
                    : Problems.WriteAsync(
                        context,
                        Problems.UnknownHost.With(
                            "This service does not go by the host name of the request. The setting AllowedHosts lists its names."
                        )
                    )
        );
    }
}
