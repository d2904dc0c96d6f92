using System.Net;
using OtpNet;

namespace UserReports.Server.Tests.Access;

/// <summary>The sign-in page: password, code, token, and what protects it.</summary>
public sealed class SignInTests
{
    [Fact]
    public async Task Page_AskedForByABrowser_LeadsToTheSignInAndBack()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        using var asked = await browser.OpenAsync("/docs/?a=b");
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        var signIn = asked.Headers.Location!.OriginalString;
        Assert.Equal("/sign-in", signIn);
        using var answer = await browser.SubmitAsync(
            [new("username", People.Superuser.Name), new("password", People.Superuser.Password)],
            signIn
        );
        Assert.Equal("/docs/?a=b", answer.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/docs/?a=b")).StatusCode);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\\evil.example")]
    public async Task Next_OfAnotherPlace_IsNotFollowed(string next)
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        using var answer = await browser.SubmitAsync(
            [new("token", People.Superuser.Token)],
            "/sign-in?next=" + Uri.EscapeDataString(next)
        );
        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Code_OfTheSecondFactor_IsGoodOnce()
    {
        await using var server = await RunningServer.StartAsync([]);
        var code = new Totp(Base32Encoding.ToBytes(People.WithSecondFactor.Secret)).ComputeTotp(
            server.Time.GetUtcNow().UtcDateTime
        );
        using var browser = new Browser(server);
        using (var answer = await GiveCodeAsync(browser, code))
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(RunningServer.Root)).StatusCode);

        using var thief = new Browser(server);
        using (var answer = await GiveCodeAsync(thief, code))
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync(RunningServer.Root)).StatusCode);
    }

    [Fact]
    public async Task Code_GuessedAgainAndAgain_IsLimited()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        using var first = await browser.SubmitAsync([
            new("username", People.WithSecondFactor.Name),
            new("password", People.WithSecondFactor.Password),
        ]);
        var page = await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        HttpStatusCode last = default;
        for (var i = 0; i <= 10; i++)
        {
            using var answer = await browser.SubmitAsync(page, [new("code", "000000")]);
            last = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    public async Task Codes_GuessedAtOnce_AreLimitedAsWell()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        using var first = await browser.SubmitAsync([
            new("username", People.WithSecondFactor.Name),
            new("password", People.WithSecondFactor.Password),
        ]);
        var page = await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var guesses = Enumerable
            .Range(0, 40)
            .Select(async i => (await browser.SubmitAsync(page, [new("code", $"{i:000000}")])).StatusCode);
        var answers = await Task.WhenAll(guesses);
        Assert.Equal(10, answers.Count(status => status == HttpStatusCode.Unauthorized));
        Assert.Equal(30, answers.Count(status => status == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Account_WithASecondFactorButNoSecret_DoesNotSignInByPassword()
    {
        await using var server = await RunningServer.StartAsync([]);
        var code = new Totp(Base32Encoding.ToBytes(People.WithSecondFactor.Secret)).ComputeTotp(
            server.Time.GetUtcNow().UtcDateTime
        );
        server.ChangePlatform("delete from mfa_authenticator where user_id = 106");
        using var browser = new Browser(server);
        foreach (var guess in new[] { code, "", "000000" })
        {
            using var answer = await GiveCodeAsync(browser, guess);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        await browser.SignInWithTokenAsync(People.WithSecondFactor.Token);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(RunningServer.Root)).StatusCode);
    }

    [Fact]
    public async Task Form_ThatIsNone_IsTheSendersFault()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        const string Fields = "application/x-www-form-urlencoded";
        (string Type, string Body, int Status)[] forms =
        [
            ("multipart/form-data", "no boundary", 400),
            ("multipart/form-data; boundary=x", "--x\r\nnonsense", 400),
            (Fields, string.Join('&', Enumerable.Range(0, 3000).Select(i => $"a{i}=b")), 400),
            (Fields, new string('a', 70_000), 413),
        ];
        foreach (var (type, body, status) in forms)
        {
            foreach (var path in new[] { "/sign-in", "/sign-out", RunningServer.Root + "runs/" })
            {
                using var content = new StringContent(body);
                content.Headers.Remove("Content-Type");
                content.Headers.TryAddWithoutValidation("Content-Type", type);
                using var answer = await browser.PostAsync(path, content);
                Assert.Equal(status, (int)answer.StatusCode);
            }
        }
    }

    [Fact]
    public async Task Token_ThatNoDatabaseTakes_IsTheSendersFault()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        using var form = await browser.SubmitAsync([new("token", "a\0b")]);
        Assert.Equal(HttpStatusCode.BadRequest, form.StatusCode);
        using var control = await browser.SubmitAsync([new("token", "a\u0001b")]);
        Assert.Equal(HttpStatusCode.Unauthorized, control.StatusCode);
    }

    [Fact]
    public async Task Session_UsedByAPageOfAnotherSite_IsNone()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        var cookie = CookieOf(browser);
        foreach (var site in new[] { "cross-site", "same-site" })
        {
            foreach (var path in new[] { RunningServer.Root, "/_blazor/negotiate" })
            {
                using var answer = await server.GetAsync(path, null, cookie, ("Sec-Fetch-Site", site));
                Assert.Equal(
                    path == RunningServer.Root ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden,
                    answer.StatusCode
                );
            }

            using var link = await server.GetAsync(
                "/",
                null,
                cookie,
                ("Sec-Fetch-Site", site),
                ("Sec-Fetch-Mode", "navigate"),
                ("Accept", "text/html")
            );
            Assert.Equal(HttpStatusCode.OK, link.StatusCode);
        }

        using var own = await server.GetAsync(RunningServer.Root, null, cookie, ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Fact]
    public async Task Form_WithoutAntiforgery_IsRefused()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var answer = await server.SendAsync(
            HttpMethod.Post,
            "/sign-in",
            null,
            new FormUrlEncodedContent([new("token", People.Superuser.Token)])
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(
            answer.Headers,
            header => header.Key == "Set-Cookie" && header.Value.Any(v => v.Contains("session"))
        );
    }

    [Fact]
    public async Task Session_StartingARunWithoutAntiforgery_IsRefused()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        await AssertProblem.IsAsync(await browser.PostAsync(RunningServer.Root + "runs/"), 400, "bad_antiforgery");
    }

    [Fact]
    public async Task Cookie_OutsideTheReadersOwnMachine_IsOnlySentOverTls()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var answer = await server.GetAsync("/sign-in", null, ("Host", "reports.example.org"));
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Cookie_BehindAProxy_IsOnlySentOverTlsWhateverTheProxyHandsOn()
    {
        await using var server = await RunningServer.StartAsync([], ("Proxies", "127.0.0.1"));
        using var plain = await server.GetAsync("/sign-in");
        Assert.Contains("secure", Assert.Single(plain.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        Assert.False(plain.Headers.Contains("Strict-Transport-Security"));
        using var page = await server.GetAsync("/sign-in", null, ("X-Forwarded-Proto", "https"));
        using var answer = await server.SendAsync(
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
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var session = Assert.Single(
            answer.Headers.GetValues("Set-Cookie"),
            c => c.StartsWith("__Host-user-reports-session=", StringComparison.Ordinal)
        );
        Assert.Contains("; secure; samesite=lax; httponly", session, StringComparison.Ordinal);
        Assert.Equal(
            "max-age=31536000; includeSubDomains",
            answer.Headers.GetValues("Strict-Transport-Security").Single()
        );
    }

    [Fact]
    public async Task Proxy_ThatIsNotConfigured_IsNotBelieved()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var answer = await server.GetAsync("/sign-in", null, ("X-Forwarded-Proto", "https"));
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        Assert.DoesNotContain("secure", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignOut_FromThePage_EndsTheSessionAndItsCopies()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        var copy = CookieOf(browser);
        using (var before = await server.GetAsync(RunningServer.Root, null, copy))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        var page = await (await browser.GetAsync("/sign-in")).Content.ReadAsStringAsync(
            TestContext.Current.CancellationToken
        );
        using var answer = await browser.SubmitAsync(page, [], "/sign-out");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(RunningServer.Root)).StatusCode);
        using var after = await server.GetAsync(RunningServer.Root, null, copy);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static (string, string) CookieOf(Browser browser)
    {
        var session = browser.Cookies.GetAllCookies().Single(cookie => cookie.Name == "user-reports-session");
        return ("Cookie", $"{session.Name}={session.Value}");
    }

    private static async Task<HttpResponseMessage> GiveCodeAsync(Browser browser, string code)
    {
        using var first = await browser.SubmitAsync([
            new("username", People.WithSecondFactor.Name),
            new("password", People.WithSecondFactor.Password),
        ]);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        return await browser.SubmitAsync(await first.Content.ReadAsStringAsync(), [new("code", code)]);
    }
}
