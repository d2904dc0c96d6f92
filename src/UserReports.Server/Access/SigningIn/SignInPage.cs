using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;

namespace UserReports.Server.Access.SigningIn;

/// <summary>The page to sign in on. It works without scripts and loads nothing.</summary>
internal static class SignInPage
{
    private const string Style = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
        main { width: min(24rem, calc(100vw - 2rem)); padding: 1rem 0; }
        h1 { font-size: 1.5rem; margin: 0 0 1rem; }
        label { display: block; margin: 0.75rem 0 0.25rem; font-weight: 600; }
        input { width: 100%; box-sizing: border-box; font: inherit; padding: 0.6rem; border: 1px solid GrayText; border-radius: 6px; }
        button { font: inherit; font-weight: 600; width: 100%; margin-top: 1rem; padding: 0.7rem; border: 0; border-radius: 6px;
                 background: #1f5fa8; color: #fff; cursor: pointer; }
        :focus-visible { outline: 3px solid #4a90d9; outline-offset: 2px; }
        .message { border-left: 4px solid #b3261e; padding: 0.5rem 0.75rem; margin: 0 0 1rem; }
        details { margin-top: 1.5rem; }
        summary { cursor: pointer; padding: 0.25rem 0; }
        """;

    public static IResult Answer(
        HttpContext context,
        IAntiforgery antiforgery,
        string? message,
        string? pending,
        int status
    )
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        var action = Encode(
            context.Request.PathBase.ToUriComponent() + AccessNames.SignInPath + SignInDestination.QueryOf(context)
        );
        var hidden = $"""<input type="hidden" name="{tokens.FormFieldName}" value="{Encode(tokens.RequestToken!)}">""";
        var form = pending is null ? Credentials(action, hidden) : Code(action, hidden, pending);
        var alert = message is null ? "" : $"""<p class="message" role="alert">{Encode(message)}</p>""";
        return Results.Content(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sign in · User reports</title>
            <link rel="icon" href="data:,">
            <style>{Style}</style>
            </head>
            <body>
            <main>
            <h1>User reports</h1>
            {alert}
            {form}
            </main>
            </body>
            </html>
            """,
            "text/html; charset=utf-8",
            statusCode: status
        );
    }

    private static string Credentials(string action, string hidden) =>
        $"""
            <form method="post" action="{action}">
            {hidden}
            <label for="username">Username</label>
            <input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>
            <label for="password">Password</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required>
            <button type="submit">Sign in</button>
            </form>
            <details>
            <summary>Sign in with an API token instead</summary>
            <form method="post" action="{action}">
            {hidden}
            <label for="token">API token</label>
            <input id="token" name="token" type="password" autocomplete="off" spellcheck="false" required>
            <button type="submit">Sign in with the token</button>
            </form>
            </details>
            """;

    private static string Code(string action, string hidden, string pending) =>
        $"""
            <form method="post" action="{action}">
            {hidden}
            <input type="hidden" name="pending" value="{Encode(pending)}">
            <label for="code">Code from your authenticator app</label>
            <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="10" required autofocus>
            <button type="submit">Sign in</button>
            </form>
            <p><a href="{action}">Start again</a></p>
            """;

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
