using UserReports.Testing;

namespace UserReports.Server.Tests.Access;

/// <summary>The log at its most talkative holds no secret and nobody's address.</summary>
public sealed class SecretsInLogsTests
{
    [Fact]
    public void Line_ThatTellsASecret_IsFound()
    {
        foreach (var person in People.All)
        {
            string[] secrets =
            [
                person.Token,
                person.Password,
                person.Email,
                People.HashOf(person.Password),
                person.BasicHeader,
                person.Secret ?? person.Token,
            ];
            Assert.All(secrets, secret => Assert.True(Secrets.AreIn($"before{secret}after"), secret));
            Assert.All(secrets, secret => Assert.True(Secrets.AreIn("?q=" + Uri.EscapeDataString(secret)), secret));
        }

        Assert.False(Secrets.AreIn("A sign-in failed: wrong password."));
    }

    /// <summary>All other tests' servers are searched in the same way when they end.</summary>
    [Fact]
    public async Task Log_AtDebugOverAllThatPeopleDo_HoldsNoSecretAndNoAddress()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(50));
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        using var other = new Browser(server);
        await other.SignInWithTokenAsync(People.Superuser.Token);
        foreach (var person in People.All)
        {
            await server.GetAsync(RunningServer.Root, person.TokenHeader);
            await server.GetAsync(RunningServer.Root, person.BasicHeader);
            await server.GetAsync(RunningServer.Root, person.Basic("wrong-" + person.Password));
            await server.GetAsync(
                $"{RunningServer.Root}?q=email:{person.Email}&token={person.Token}",
                People.Superuser.TokenHeader
            );
            await server.GetAsync($"{RunningServer.Root}?q=email__regex:{person.Email}(", People.Superuser.TokenHeader);
            await browser.GetAsync($"{RunningServer.Root}?q=email:{person.Email}&cursor=&limit=1");
        }

        server.ChangePlatform("alter table auth_user rename to auth_user_away");
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader);
        await server.GetAsync(RunningServer.Root, People.Superuser.BasicHeader);

        Assert.Contains(server.Log.All, line => line.StartsWith("Debug ", StringComparison.Ordinal));
        Assert.All(browser.Cookies.GetAllCookies(), cookie => Assert.True(Secrets.AreIn(cookie.Value)));
        server.Log.HoldNoSecret();
    }
}
