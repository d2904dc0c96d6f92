using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using UserReports.Server.Tests.Access;
using UserReports.Testing;

namespace UserReports.Server.Tests.Mounting;

/// <summary>The service under a path of its host.</summary>
public sealed class BasePathTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The setting, whether or not a proxy takes the path away; or the proxy's header.</summary>
    [Theory]
    [InlineData("/reports", "/reports", null)]
    [InlineData("/reports/", "", null)]
    [InlineData("/reports", "", "/other")]
    [InlineData("", "", "/reports")]
    [InlineData("", "", "/reports/")]
    public async Task Links_UnderAPath_FollowIt(string setting, string sent, string? prefix)
    {
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(3),
            ("PathBase", setting),
            ("Proxies", "127.0.0.1")
        );
        (string, string)[] headers = prefix is null ? [] : [("X-Forwarded-Prefix", prefix)];
        using var list = await server.GetAsync(
            $"{sent}{RunningServer.Root}?limit=1&start=1",
            People.Superuser.TokenHeader,
            headers
        );
        var page = JsonElement.Parse(await list.Content.ReadAsStringAsync(Stop));
        foreach (var name in new[] { "next", "previous" })
            Assert.StartsWith(
                $"/reports{RunningServer.Root}?",
                PathOf(page.GetProperty(name)),
                StringComparison.Ordinal
            );

        using var run = await server.SendAsync(
            HttpMethod.Post,
            $"{sent}{RunningServer.Root}runs/",
            People.Superuser.TokenHeader,
            null,
            headers
        );
        Assert.StartsWith(
            $"/reports{RunningServer.Root}runs/",
            run.Headers.Location!.OriginalString,
            StringComparison.Ordinal
        );
        using var document = await server.GetAsync($"{sent}/openapi/v2.json", People.Superuser.TokenHeader, headers);
        Assert.Equal(
            "/reports",
            JsonElement
                .Parse(await document.Content.ReadAsStringAsync(Stop))
                .GetProperty("servers")[0]
                .GetProperty("url")
                .GetString()
        );

        using var asked = await server.GetAsync($"{sent}/audit?a=b", null, [("Accept", "text/html"), .. headers]);
        Assert.Equal("/reports/sign-in", asked.Headers.Location!.OriginalString);
        Assert.Contains(
            "; path=/reports;",
            Assert.Single(asked.Headers.GetValues("Set-Cookie")),
            StringComparison.Ordinal
        );
        using var signIn = await server.GetAsync($"{sent}/sign-in", null, headers);
        Assert.Contains("action=\"/reports/sign-in\"", await signIn.Content.ReadAsStringAsync(Stop));
        using var explorer = await server.GetAsync(
            $"{sent}/audit",
            People.Superuser.TokenHeader,
            [("Accept", "text/html"), .. headers]
        );
        var html = await explorer.Content.ReadAsStringAsync(Stop);
        Assert.Contains("<base href=\"/reports/\"", html);
        Assert.DoesNotMatch(new Regex("(href|src|action)=\"/(?!reports/)"), html);
        using var file = await server.GetAsync($"{sent}/explorer.css", null, headers);
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
    }

    [Fact]
    public async Task SignIn_UnderAPath_LeadsBackWithinIt()
    {
        await using var server = await RunningServer.StartAsync([], ("PathBase", "/reports"));
        using var browser = new Browser(server);
        using var asked = await browser.OpenAsync("/reports/audit?user=a");
        using var answer = await browser.SubmitAsync([new("token", People.Superuser.Token)], "/reports/sign-in");
        Assert.Equal("/reports/audit?user=a", answer.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/reports" + RunningServer.Root)).StatusCode);
        Assert.All(browser.Cookies.GetAllCookies(), cookie => Assert.Equal("/reports", cookie.Path));
        using var elsewhere = await browser.SubmitAsync(
            [new("token", People.Superuser.Token)],
            "/reports/sign-in?next=%2Fother"
        );
        Assert.Equal("/reports/", elsewhere.Headers.Location!.OriginalString);
        using var gone = await browser.SubmitAsync(
            await browser.ReadAsync("/reports/sign-in"),
            [],
            "/reports/sign-out"
        );
        Assert.Equal("/reports/sign-in", gone.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Path_WithoutItsLastSlash_LeadsToTheFolder()
    {
        await using var server = await RunningServer.StartAsync([], ("PathBase", "/reports"));
        using var answer = await server.GetAsync("/reports?all", null);
        Assert.Equal("/reports/?all", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Prefix_ThatIsNoPath_IsNotBelieved()
    {
        await using var server = await RunningServer.StartAsync([], ("Proxies", "127.0.0.1"));
        foreach (
            var prefix in new[] { "//evil.example", "/a/../b", "/a b", "https://evil.example", "/\"onload=", "/a//b" }
        )
        {
            using var answer = await server.GetAsync(
                "/audit",
                null,
                ("Accept", "text/html"),
                ("X-Forwarded-Prefix", prefix)
            );
            Assert.Equal("/sign-in", answer.Headers.Location!.OriginalString);
        }
    }

    [Fact]
    public async Task Prefix_OfAnybodyElse_IsNotRead()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var answer = await server.GetAsync(
            "/audit",
            null,
            ("Accept", "text/html"),
            ("X-Forwarded-Prefix", "/reports")
        );
        Assert.Equal("/sign-in", answer.Headers.Location!.OriginalString);
    }

    private static string PathOf(JsonElement link) => new Uri(link.GetString()!).PathAndQuery;
}
