using System.Net;

namespace UserReports.Server.Tests.Access;

/// <summary>Where somebody gets to who had to sign in first.</summary>
public sealed class SignInDestinationTests
{
    private static readonly KeyValuePair<string, string>[] Token = [new("token", People.Superuser.Token)];

    [Fact]
    public async Task Query_OfSomebodySignedOut_IsInNoAddressAndComesBack()
    {
        const string Wanted = "/?q=email%3Asomebody%40people.example.org&charts=off";
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        using var asked = await browser.OpenAsync(Wanted);
        Assert.Equal("/sign-in", asked.Headers.Location!.OriginalString);
        var page = await browser.ReadAsync("/sign-in");
        Assert.DoesNotContain("people.example.org", page + string.Join(' ', asked.Headers), StringComparison.Ordinal);
        using var answer = await browser.SubmitAsync(page, Token);
        Assert.Equal(Wanted, answer.Headers.Location!.OriginalString);
        using var again = await browser.SubmitAsync(Token);
        Assert.Equal("/", again.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Next_WithWhatNoHeaderHolds_IsEncoded()
    {
        await using var server = await RunningServer.StartAsync([]);
        foreach (
            var (next, location) in new[]
            {
                ("/\u00e9", "/%C3%A9"),
                ("/account/named/\u540d?q=\U0001f600", "/account/named/%E5%90%8D?q=%F0%9F%98%80"),
                ("/?q=a b\"<>", "/?q=a%20b%22%3C%3E"),
                ("/?q=%C3%A9", "/?q=%C3%A9"),
            }
        )
        {
            using var browser = new Browser(server);
            using var answer = await browser.SubmitAsync(Token, "/sign-in?next=" + Uri.EscapeDataString(next));
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal(location, answer.Headers.GetValues("Location").Single());
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(RunningServer.Root)).StatusCode);
        }
    }

    [Fact]
    public async Task Address_TooLongToKeep_LosesItsQueryAlone()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        using var asked = await browser.OpenAsync("/audit?text=" + new string('x', 8_000));
        Assert.All(asked.Headers.GetValues("Set-Cookie"), cookie => Assert.InRange(cookie.Length, 1, 4_096));
        using var answer = await browser.SubmitAsync(Token);
        Assert.Equal("/audit", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Cookie_MadeUp_LeadsToTheFirstPage()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        browser.Cookies.Add(new Cookie("user-reports-destination", "CfDJ8nonsense", "/", server.Address.Host));
        using var answer = await browser.SubmitAsync(Token);
        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }
}
