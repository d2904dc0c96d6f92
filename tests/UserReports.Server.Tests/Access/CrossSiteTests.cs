using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace UserReports.Server.Tests.Access;

/// <summary>What pages of other origins may do in a reader's name: nothing.</summary>
public sealed class CrossSiteTests
{
    private const string Foreign = "https://evil.example";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hub_OpenedByAPage_IsForOwnOnesAlone()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        var own = server.Address.GetLeftPart(UriPartial.Authority);
        foreach (var origin in new[] { own, Foreign, "http://127.0.0.1:1", "https://127.0.0.1", "null", "" })
        {
            using var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Origin", origin);
            socket.Options.Cookies = browser.Cookies;
            var hub = new Uri($"ws://{server.Address.Authority}/_blazor");
            if (origin == own)
            {
                await socket.ConnectAsync(hub, Stop);
                Assert.Equal(WebSocketState.Open, socket.State);
            }
            else
            {
                await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(hub, Stop));
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
            request.Headers.TryAddWithoutValidation("Origin", origin);
            using var negotiated = await browser.SendAsync(request);
            Assert.Equal(origin == own ? HttpStatusCode.OK : HttpStatusCode.Forbidden, negotiated.StatusCode);
        }
    }

    [Fact]
    public async Task Change_AskedByAPageOfAnotherOrigin_IsRefusedWhateverTokenItBrings()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        var page = await browser.ReadAsync("/sign-in");
        foreach (
            var path in new[] { "/sign-in", "/sign-out", RunningServer.Root + "runs/", RunningServer.Root + "query/" }
        )
        {
            foreach (var origin in new[] { Foreign, "http://neighbour.127.0.0.1", "null" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path)
                {
                    Content = new FormUrlEncodedContent([
                        new("token", People.Superuser.Token),
                        new("__RequestVerificationToken", Browser.AntiforgeryOf(page)),
                    ]),
                };
                request.Headers.TryAddWithoutValidation("Origin", origin);
                using var answer = await browser.SendAsync(request);
                await AssertProblem.IsAsync(answer, 403, "cross_site");
                Assert.False(answer.Headers.Contains("Set-Cookie"));
            }
        }
    }

    /// <summary>A browser remembers a password that was typed for Basic, and sends it with any form.</summary>
    [Fact]
    public async Task Run_StartedWithARememberedPasswordByAnotherSite_IsRefused()
    {
        await using var server = await RunningServer.StartAsync([]);
        foreach (var (name, value) in new[] { ("Origin", Foreign), ("Sec-Fetch-Site", "cross-site") })
        {
            using var byPassword = await server.SendAsync(
                HttpMethod.Post,
                RunningServer.Root + "runs/",
                People.Superuser.BasicHeader,
                null,
                (name, value)
            );
            await AssertProblem.IsAsync(byPassword, 403, "cross_site");
            using var byToken = await server.SendAsync(
                HttpMethod.Post,
                RunningServer.Root + "runs/",
                People.Superuser.TokenHeader,
                null,
                (name, value)
            );
            Assert.Equal(HttpStatusCode.Accepted, byToken.StatusCode);
        }
    }

    [Fact]
    public async Task SignIn_BehindAProxy_IsComparedWithWhatTheProxySays()
    {
        await using var server = await RunningServer.StartAsync([], ("Proxies", "127.0.0.1"));
        foreach (
            var (origin, host, isOwn) in new[]
            {
                ("https://reports.example.org", "reports.example.org", true),
                ("https://reports.example.org", "reports.example.org:443", true),
                ("https://REPORTS.example.org", "reports.example.org", true),
                ("https://reports.example.org:8443", "reports.example.org:8443", true),
                ("https://reports.example.org:8443", "reports.example.org", false),
                ("http://reports.example.org", "reports.example.org", false),
                ("https://other.example.org", "reports.example.org", false),
            }
        )
        {
            using var answer = await server.SendAsync(
                HttpMethod.Post,
                "/sign-in",
                null,
                new StringContent("", Encoding.UTF8, "text/plain"),
                ("Origin", origin),
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Host", host)
            );
            Assert.Equal(isOwn ? HttpStatusCode.UnsupportedMediaType : HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Session_ReadingForAPageOfAnotherOrigin_IsNone()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        using var request = new HttpRequestMessage(HttpMethod.Get, RunningServer.Root);
        request.Headers.Add("Origin", Foreign);
        using var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }
}
