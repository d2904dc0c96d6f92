using UserReports.Server.Configuration;

namespace UserReports.Server.Http.Mounting;

/// <summary>Under which path of its host the service stands.</summary>
/// <remarks>
/// Either the setting says so, and then it does not matter whether a proxy has taken the path away; or a configured
/// proxy says so for each request in <c>X-Forwarded-Prefix</c>, and then it has taken it away.
/// </remarks>
internal static class BasePath
{
    /// <summary>After the headers of proxies have been read, before routing.</summary>
    public static IApplicationBuilder UseBasePath(this IApplicationBuilder app)
    {
        var path = new PathString(
            app.ApplicationServices.GetRequiredService<ServerSettings>().Of(SettingsTable.PathBase)
        );
        return app.Use(next =>
            context =>
            {
                var request = context.Request;
                if (path.HasValue)
                {
                    request.PathBase = path;
                    if (request.Path.StartsWithSegments(path, StringComparison.Ordinal, out var rest))
                        request.Path = rest;
                }
                else
                {
                    // What a proxy hands on may be what a client made up.
                    request.PathBase = MountText.ReadPath(request.PathBase.Value ?? "");
                }

                if (request.Path.HasValue)
                    return next(context);
                // Links of the pages are relative to the folder.
                context.Response.Redirect(request.PathBase.ToUriComponent() + "/" + request.QueryString);
                return Task.CompletedTask;
            }
        );
    }
}
