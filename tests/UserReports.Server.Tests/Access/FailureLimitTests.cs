using System.Net;

namespace UserReports.Server.Tests.Access;

/// <summary>Guessing is limited both ways, and never shuts a rightful token out.</summary>
public sealed class FailureLimitTests
{
    private const int Guesses = 1000;

    [Fact]
    public async Task Guesses_FromOneAddress_AreLimitedButTheTokenWorks()
    {
        await using var server = await RunningServer.StartAsync([]);
        var limited = 0;
        for (var i = 0; i < Guesses; i++)
        {
            using var answer = await server.GetAsync(RunningServer.Root, Guess($"account{i}", "wrong"));
            limited += answer.StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        Assert.Equal(Guesses - 30, limited);
        using var byPassword = await server.GetAsync(RunningServer.Root, People.Superuser.BasicHeader);
        await AssertProblem.IsAsync(byPassword, 429, "too_many_failures");
        Assert.InRange(byPassword.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 900);
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader)).StatusCode
        );

        server.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.GetAsync(RunningServer.Root, People.Superuser.BasicHeader)).StatusCode
        );
    }

    [Fact]
    public async Task Guesses_FromManyAddressesAtOneAccount_AreLimitedButTheTokenWorks()
    {
        await using var server = await RunningServer.StartAsync([], ("Proxies", "127.0.0.1"));
        var limited = 0;
        for (var i = 0; i < Guesses; i++)
        {
            using var answer = await server.GetAsync(
                RunningServer.Root,
                People.Superuser.Basic("wrong"),
                ("X-Forwarded-For", $"10.0.{i / 250}.{i % 250}")
            );
            limited += answer.StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        Assert.Equal(Guesses - 10, limited);
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader, ("X-Forwarded-For", "10.0.0.1"))
            ).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (
                await server.GetAsync(RunningServer.Root, People.Ordinary.BasicHeader, ("X-Forwarded-For", "10.9.0.1"))
            ).StatusCode
        );
    }

    [Fact]
    public async Task Tokens_WrongOnesFromOneAddress_AreLimitedToo()
    {
        await using var server = await RunningServer.StartAsync([]);
        for (var i = 0; i < 30; i++)
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await server.GetAsync(RunningServer.Root, $"Token wrong{i}")).StatusCode
            );
        Assert.Equal(
            HttpStatusCode.TooManyRequests,
            (await server.GetAsync(RunningServer.Root, "Token wrong")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader)).StatusCode
        );
    }

    private static string Guess(string name, string password) =>
        "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{name}:{password}"));
}
