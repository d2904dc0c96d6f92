using Microsoft.Net.Http.Headers;

namespace UserReports.Server.Http.Mounting;

/// <summary>Answers HEAD wherever GET is answered, with the same status and headers.</summary>
/// <remarks>
/// The request is handled as a GET; the server knows what was asked and sends no body. The explorer's connection is
/// left out: asking for its head would take messages from it.
/// </remarks>
internal static class HeadRequests
{
    private static readonly object HeadKey = new();

    public static IApplicationBuilder UseHeadRequests(this IApplicationBuilder app) =>
        app.Use(next =>
            context =>
            {
                if (
                    HttpMethods.IsHead(context.Request.Method)
                    && !context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)
                )
                {
                    context.Items[HeadKey] = true;
                    context.Request.Method = HttpMethods.Get;
                }

                context.Response.OnStarting(AllowHead, context);
                return next(context);
            }
        );

    /// <summary>True if nobody will see the body.</summary>
    public static bool IsHead(HttpContext context) => context.Items.ContainsKey(HeadKey);

    /// <summary>The method that was asked with.</summary>
    public static string MethodOf(HttpContext context) => IsHead(context) ? HttpMethods.Head : context.Request.Method;

    private static Task AllowHead(object state)
    {
        var headers = ((HttpContext)state).Response.Headers;
        var methods = headers.Allow.ToString();
        if (
            methods.Split(", ").Contains(HttpMethods.Get)
            && !methods.Contains(HttpMethods.Head, StringComparison.Ordinal)
        )
            headers[HeaderNames.Allow] = $"{methods}, {HttpMethods.Head}";
        return Task.CompletedTask;
    }
}
