using System.Net;
using System.Text.Json;
using UserReports.Testing;

namespace UserReports.Server.Tests.Mounting;

/// <summary>Which host names are believed.</summary>
public sealed class KnownHostTests
{
    private const string Page = RunningServer.Root + "?limit=1";

    [Fact]
    public async Task Next_OfAHostThatNothingVouchesFor_NamesNone()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        Assert.StartsWith("/api/", await NextAsync(server, "evil.example"), StringComparison.Ordinal);
        Assert.StartsWith("/api/", await NextAsync(server, "192.0.2.1"), StringComparison.Ordinal);
        var claimed = await NextAsync(server, "reports.example.org", "reports.example.org");
        Assert.StartsWith("/api/", claimed, StringComparison.Ordinal);
        foreach (var own in new[] { "localhost:99", "127.0.0.1", "[::1]" })
            Assert.StartsWith($"http://{own}/api/", await NextAsync(server, own), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Next_OfAHostThatAConfiguredProxyNames_IsAbsolute()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3), ("Proxies", "127.0.0.1"));
        Assert.StartsWith(
            "http://reports.example.org:8443/api/",
            await NextAsync(server, "inner", "reports.example.org:8443"),
            StringComparison.Ordinal
        );
        Assert.StartsWith("/api/", await NextAsync(server, "evil.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Next_OfAHostThatTheSettingNames_IsAbsolute()
    {
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(3),
            ("AllowedHosts", "Reports.Example.Org, *.example.net")
        );
        foreach (var own in new[] { "reports.example.org", "reports.example.org:80", "a.b.example.net" })
            Assert.StartsWith($"http://{own}/api/", await NextAsync(server, own), StringComparison.Ordinal);
    }

    /// <summary>All of these once ended in a 500.</summary>
    [Theory]
    [InlineData("/runs", "Host:", 400)]
    [InlineData("/reports/no-such-page", "Host:", 400)]
    [InlineData("/health/live", "Host:", 200)]
    [InlineData("/runs", "Host: localhost:99999", 400)]
    [InlineData("/health/live", "Host: xn--", 400)]
    [InlineData("/health/live", "Host: localhost\r\nX-Forwarded-Host: xn--", 200)]
    [InlineData("/runs", "Host: localhost\r\nX-Forwarded-Host: elsewhere.example:99999", 200)]
    public async Task Host_ThatIsNone_IsNoBug(string path, string headers, int status)
    {
        await using var server = await RunningServer.StartAsync([], ("Proxies", "127.0.0.1"));
        var answer = await RawHttp.SendAsync(
            server.Address,
            $"GET {path} HTTP/1.1\r\n{headers}\r\nAccept: text/html\r\nAuthorization: {People.Superuser.TokenHeader}\r\n"
        );
        Assert.StartsWith(System.FormattableString.Invariant($"HTTP/1.1 {status} "), answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_ThatIsNotAllowed_IsRefusedEverywhere()
    {
        await using var server = await RunningServer.StartAsync(
            [],
            ("AllowedHosts", "*.example.org;reports.example.com")
        );
        foreach (
            var (host, isAllowed) in new[]
            {
                ("evil.example", false),
                ("example.org", false),
                ("evilexample.org", false),
                ("a.example.org", true),
                ("reports.example.com", true),
                ("127.0.0.1", true),
            }
        )
        {
            foreach (var path in new[] { "/health/live", "/sign-in", Page, "/" })
            {
                using var answer = await server.GetAsync(path, People.Superuser.TokenHeader, ("Host", host));
                if (isAllowed)
                    Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                else
                    await AssertProblem.IsAsync(answer, 400, "unknown_host");
            }
        }
    }

    [Fact]
    public async Task Host_ThatIsNotAllowed_IsRefusedFromAProxyToo()
    {
        await using var server = await RunningServer.StartAsync(
            [],
            ("AllowedHosts", "reports.example.com"),
            ("Proxies", "127.0.0.1")
        );
        using var answer = await server.GetAsync("/health/live", null, ("X-Forwarded-Host", "evil.example"));
        await AssertProblem.IsAsync(answer, 400, "unknown_host");
    }

    [Fact]
    public async Task Request_WithoutAHost_IsAnsweredWithLinksThatNameNone()
    {
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(3),
            ("AllowedHosts", "reports.example.com")
        );
        var answer = await RawHttp.SendAsync(
            server.Address,
            $"GET {Page} HTTP/1.0\r\nAuthorization: {People.Superuser.TokenHeader}\r\n"
        );
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"next\":\"/api/v2/user-reports/?", answer, StringComparison.Ordinal);
    }

    private static async Task<string?> NextAsync(RunningServer server, string host, string? forwarded = null)
    {
        List<(string, string)> headers = [("Host", host), ("X-Original-Host", "claimed.example")];
        if (forwarded is not null)
            headers.Add(("X-Forwarded-Host", forwarded));
        using var answer = await server.GetAsync(Page, People.Superuser.TokenHeader, [.. headers]);
        return JsonElement
            .Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .GetProperty("next")
            .GetString();
    }
}
