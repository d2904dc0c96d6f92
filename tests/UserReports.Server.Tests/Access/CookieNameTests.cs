using System.Net;

namespace UserReports.Server.Tests.Access;

/// <summary>The names and the reach of cookies.</summary>
public sealed class CookieNameTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", "", "https", "__Host-user-reports-antiforgery", "/")]
    [InlineData("", "", "https", "user-reports-antiforgery", "/")]
    [InlineData("127.0.0.1", "/reports", "https", "__Secure-user-reports-antiforgery", "/reports")]
    [InlineData("", "/reports", "https", "user-reports-antiforgery", "/reports")]
    public async Task Cookie_OfTheSignInPage_HasTheStrongestNameThatIsValid(
        string proxies,
        string pathBase,
        string scheme,
        string name,
        string path
    )
    {
        await using var server = await RunningServer.StartAsync([], ("Proxies", proxies), ("PathBase", pathBase));
        using var answer = await server.GetAsync("/sign-in", null, ("X-Forwarded-Proto", scheme));
        var parts = Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split("; ");
        Assert.StartsWith(name + "=", parts[0], StringComparison.Ordinal);
        Assert.Contains($"path={path}", parts);
        Assert.Equal(name.StartsWith("__", StringComparison.Ordinal), parts.Contains("secure"));
        Assert.DoesNotContain(parts, part => part.StartsWith("domain", StringComparison.Ordinal));
    }

    /// <summary>A neighbour under the same domain can set a cookie of the bare name alone.</summary>
    [Fact]
    public async Task Session_UnderItsBareName_IsNotBelievedWhereThereIsTls()
    {
        await using var server = await RunningServer.StartAsync([], ("Proxies", "127.0.0.1"));
        using var page = await server.GetAsync("/sign-in", null, ("X-Forwarded-Proto", "https"));
        using var signedIn = await server.SendAsync(
            HttpMethod.Post,
            "/sign-in",
            null,
            new FormUrlEncodedContent([
                new("token", People.Superuser.Token),
                new("__RequestVerificationToken", Browser.AntiforgeryOf(await page.Content.ReadAsStringAsync(Stop))),
            ]),
            ("X-Forwarded-Proto", "https"),
            ("Cookie", page.Headers.GetValues("Set-Cookie").Single().Split(';')[0])
        );
        var session = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.StartsWith("__Host-user-reports-session=", session, StringComparison.Ordinal);
        foreach (var (cookie, status) in new[] { (session, 200), (session["__Host-".Length..], 401) })
        {
            using var answer = await server.GetAsync(
                RunningServer.Root,
                null,
                ("X-Forwarded-Proto", "https"),
                ("Cookie", cookie)
            );
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task SignOut_UnderAPrefixedName_TakesTheCookieBack()
    {
        await using var server = await RunningServer.StartAsync([], ("Proxies", "127.0.0.1"));
        (string, string) tls = ("X-Forwarded-Proto", "https");
        using var page = await server.GetAsync("/sign-in", null, tls);
        using var answer = await server.SendAsync(
            HttpMethod.Post,
            "/sign-out",
            null,
            new FormUrlEncodedContent([
                new("__RequestVerificationToken", Browser.AntiforgeryOf(await page.Content.ReadAsStringAsync(Stop))),
            ]),
            tls,
            ("Cookie", page.Headers.GetValues("Set-Cookie").Single().Split(';')[0])
        );
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var gone = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-user-reports-session=;", gone, StringComparison.Ordinal);
        Assert.Contains("; secure", gone, StringComparison.Ordinal);
        Assert.Contains("; path=/;", gone, StringComparison.Ordinal);
    }
}
