using UserReports.Server.Configuration;

namespace UserReports.Server.Mounting;

/// <summary>Under which path of its host the service stands.</summary>
/// <remarks>
/// Either the setting says so, and then it does not matter whether a proxy has taken the path away; or a configured
/// proxy says so for each request in <c>X-Forwarded-Prefix</c>, and then it has taken it away.
/// </remarks>
internal static class BasePath
{
    private const int LengthMax = 200;

    /// <summary>The path as links need it, without a slash at its end; null if it is none.</summary>
    public static string? Read(string text)
    {
        var path = text.TrimEnd('/');
        return IsPath(path) ? path : null;
    }

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
                    request.PathBase = Read(request.PathBase.Value ?? "");
                }

                if (request.Path.HasValue)
                    return next(context);
                // Links of the pages are relative to the folder.
                context.Response.Redirect(request.PathBase.ToUriComponent() + "/" + request.QueryString);
                return Task.CompletedTask;
            }
        );
    }

    private static bool IsPath(string path) =>
        path.Length <= LengthMax
        && (path.Length == 0 || path[0] == '/')
        && path.Split('/').Skip(1).All(part => part is not ("" or "." or "..") && part.All(IsPlain));

    private static bool IsPlain(char character) =>
        char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '~';
}
