using UserReports.Testing;

namespace UserReports.Server.Tests.Access;

/// <summary>The log at its most talkative holds no secret and nobody's address.</summary>
public sealed class SecretsInLogsTests
{
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

        string[] secrets =
        [
            .. People.All.SelectMany(p =>
                new[] { p.Token, p.Password, p.Email, People.HashOf(p.Password), p.BasicHeader[6..] }
            ),
            People.WithSecondFactor.Secret!,
            "@example.org",
            "@people.example.org",
            .. browser.Cookies.GetAllCookies().Select(cookie => cookie.Value),
        ];
        Assert.NotEmpty(server.Log.All);
        Assert.Empty(
            from line in server.Log.All
            from secret in secrets
            where
                line.Contains(secret, StringComparison.OrdinalIgnoreCase)
                || line.Contains(Uri.EscapeDataString(secret), StringComparison.OrdinalIgnoreCase)
            select $"{secret}: {line}"
        );
    }
}
