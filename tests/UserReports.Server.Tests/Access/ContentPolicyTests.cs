using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using UserReports.Server.Tests.Explorer;
using UserReports.Server.Tests.Mounting;

namespace UserReports.Server.Tests.Access;

/// <summary>What a script that got into a page could do: nothing.</summary>
public sealed class ContentPolicyTests(ExplorerServer server, MountedHosts hosts)
{
    private static readonly string[] Pages =
    [
        "/",
        "/?all",
        "/runs",
        "/audit",
        "/account/someone",
        "/account/named/someone",
        "/not-found",
        "/no-such-page",
        "/docs/",
        "/sign-in",
    ];

    private const string Injected = """
        <script>window.ran = 'inline';</script>
        <img alt="" src="/none.png" onerror="window.ran = 'handler'">
        <svg onload="window.ran = 'vector'"></svg>
        <a id="injected" href="javascript:window.ran = 'link'">x</a>
        <iframe srcdoc="<script>parent.ran = 'frame';</script>"></iframe>
        <script src="http://localhost:PORT/x.js"></script>
        <base href="http://localhost:PORT/">
        """;

    [Fact]
    public async Task Page_AskedForByABrowser_HasOnePolicyThatLetsNoForeignScriptRun()
    {
        await using var service = await RunningServer.StartAsync([]);
        foreach (var path in Pages)
        {
            foreach (var authorization in new[] { People.Superuser.TokenHeader, People.Ordinary.TokenHeader, null })
            {
                using var answer = await service.GetAsync(path, authorization, ("Accept", "text/html"));
                var policy = Assert
                    .Single(answer.Headers.GetValues("Content-Security-Policy"))
                    .Split("; ")
                    .ToDictionary(part => part.Split(' ')[0], part => part.Split(' ')[1..]);
                Assert.Equal(
                    ["'self'"],
                    policy["script-src"].Where(source => !source.StartsWith("'nonce-", StringComparison.Ordinal))
                );
                Assert.True(path == "/docs/" || policy["script-src"].Length == 1, path);
                Assert.Equal(["'self'"], policy["default-src"]);
                Assert.Equal(["'self'"], policy["connect-src"]);
                Assert.Equal(["'self'"], policy["form-action"]);
                Assert.Equal(["'self'"], policy["base-uri"]);
                Assert.Equal(["'none'"], policy["object-src"]);
                Assert.Equal(["'none'"], policy["frame-ancestors"]);
            }
        }
    }

    [Fact, Trait("Category", "Browser")]
    public async Task Page_WithAnInjection_RunsNothingAndReachesNobody()
    {
        var host = await hosts.UnderAsync("");
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var injected = Injected.Replace("PORT", port, StringComparison.Ordinal);
        foreach (var path in Pages)
        {
            var page = await InjectAsync(host, path, injected, hasPolicy: true);
            Assert.Null(await RanAsync(page));
            await page.EvaluateAsync(
                "() => { setTimeout('window.ran = \"text\"', 0); document.querySelector('#injected').click(); }"
            );
            var isReached = await page.EvaluateAsync<bool>(
                $"() => fetch('http://localhost:{port}/', {{ mode: 'no-cors' }}).then(() => true, () => false)"
            );
            Assert.False(isReached);
            Assert.Null(await RanAsync(page));
            Assert.False(other.Pending(), $"{path} reached another origin.");
            await page.Context.CloseAsync();
        }

        // Without the policy the same page runs it: what is blocked above is blocked by the policy.
        var open = await InjectAsync(host, "/sign-in", injected, hasPolicy: false);
        Assert.NotNull(await RanAsync(open));
        await open.Context.CloseAsync();
    }

    [Fact, Trait("Category", "Browser")]
    public async Task Page_AsItIs_BreaksItsPolicyNowhere()
    {
        var host = await hosts.UnderAsync("");
        await using var opened = await server.OpenAsync("audit", host: host);
        await opened.Page.AddInitScriptAsync(
            "window.broken = []; addEventListener('securitypolicyviolation', e => broken.push(e.violatedDirective + ' ' + e.blockedURI));"
        );
        foreach (var path in Pages.Where(path => path != "/no-such-page"))
        {
            await opened.Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.NetworkIdle });
            // The library of the documentation's page tries whether it may evaluate text, and does without.
            Assert.Equal(
                $"{path}: {(path == "/docs/" ? "script-src eval" : "")}",
                $"{path}: {await opened.Page.EvaluateAsync<string>("() => window.broken.join()")}"
            );
        }
    }

    private async Task<IPage> InjectAsync(ExplorerHost host, string path, string injected, bool hasPolicy)
    {
        var opened = await server.OpenAsync("audit", host: host);
        await opened.Page.RouteAsync(
            "**/*",
            async route =>
            {
                if (route.Request.ResourceType != "document" || route.Request.Frame.ParentFrame is not null)
                {
                    await route.ContinueAsync();
                    return;
                }

                var answer = await route.FetchAsync();
                var headers = answer.Headers.Where(header => hasPolicy || header.Key != "content-security-policy");
                await route.FulfillAsync(
                    new()
                    {
                        Response = answer,
                        Headers = headers.ToDictionary(),
                        Body = (await answer.TextAsync()).Replace(
                            "</body>",
                            injected + "</body>",
                            StringComparison.Ordinal
                        ),
                    }
                );
            }
        );
        await opened.Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });
        await opened.Page.Locator("#injected").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return opened.Page;
    }

    private static async Task<string?> RanAsync(IPage page)
    {
        // What was started is over once a later task has run.
        await page.EvaluateAsync("() => new Promise(done => setTimeout(done, 50))");
        return await page.EvaluateAsync<string?>("() => window.ran ?? null");
    }
}
