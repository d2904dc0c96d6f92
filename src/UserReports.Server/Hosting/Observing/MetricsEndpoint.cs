using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using UserReports.Server.Configuration;

namespace UserReports.Server.Hosting.Observing;

/// <summary><c>GET /metrics</c> in the text of Prometheus, for who has its token; not there without one.</summary>
internal static class MetricsEndpoint
{
    private const string Scheme = "Bearer ";

    /// <summary>Before the host name is looked at: a scraper knows addresses, not names.</summary>
    public static IApplicationBuilder UseMetricsEndpoint(this IApplicationBuilder app)
    {
        var token = app.ApplicationServices.GetRequiredService<ServerSettings>().Of(NodeSettings.MetricsToken);
        if (token.Length == 0)
            return app;
        var wanted = DigestOf(token);
        return app.Map(
            "/metrics",
            branch =>
                branch
                    .Use(next => context => Fits(context.Request, wanted) ? next(context) : RefuseAsync(context))
                    .UseOpenTelemetryPrometheusScrapingEndpoint(_ => true)
        );
    }

    private static bool Fits(HttpRequest request, byte[] wanted) =>
        request.Headers.Authorization.ToString() is var given
        && given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(DigestOf(given[Scheme.Length..].Trim()), wanted);

    private static byte[] DigestOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return context.Response.WriteAsync(
            "Send the setting Metrics:Token as a bearer token. In Prometheus: authorization with credentials_file.\n",
            context.RequestAborted
        );
    }
}
