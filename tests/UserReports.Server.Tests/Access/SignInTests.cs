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
        using var asked = await server.GetAsync("/docs/?a=b", null, ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        var signIn = asked.Headers.Location!.OriginalString;
        Assert.Equal("/sign-in?next=%2Fdocs%2F%3Fa%3Db", signIn);
        using var browser = new Browser(server);
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
    public async Task SignOut_FromThePage_EndsTheSession()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        var page = await (await browser.GetAsync("/sign-in")).Content.ReadAsStringAsync(
            TestContext.Current.CancellationToken
        );
        using var answer = await browser.SubmitAsync(page, [], "/sign-out");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(RunningServer.Root)).StatusCode);
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
