using System.Globalization;
using System.Net;
using UserReports.Server.Limits;
using UserReports.Testing;

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

    /// <summary>What a client writes before the address that a proxy of ours saw is not its address.</summary>
    [Theory]
    [InlineData(null, "10.0.1.{0}")]
    [InlineData("127.0.0.1", "10.0.1.{0}, 192.0.2.7")]
    [InlineData("127.0.0.1,10.9.9.9", "10.0.1.{0}, 192.0.2.7, 10.9.9.9")]
    public async Task Address_ThatTheClientMadeUp_DoesNotGetAroundTheLimit(string? proxies, string forwarded)
    {
        await using var server = await RunningServer.StartAsync(
            [],
            ("Access:FailuresPerAddress", "3"),
            ("Proxies", proxies ?? "")
        );
        List<HttpStatusCode> answers = [];
        for (var i = 1; i <= 4; i++)
        {
            using var answer = await server.GetAsync(
                RunningServer.Root,
                Guess($"account{i}", "wrong"),
                ("X-Forwarded-For", string.Format(CultureInfo.InvariantCulture, forwarded, i))
            );
            answers.Add(answer.StatusCode);
        }

        Assert.Equal([401, 401, 401, 429], answers.Select(status => (int)status));
    }

    [Fact]
    public void Counts_OfMoreKeysThanFit_KeepTheWorstAndStayBounded()
    {
        var counts = new FailureCounts(TimeSpan.FromMinutes(15));
        var now = SampleReports.Now;
        for (var i = 0; i < 10; i++)
            counts.Add("account root", now);
        var addresses = Enumerable.Range(0, FailureCounts.KeysMax * 2).Select(i => $"address {i}").ToList();
        foreach (var address in addresses)
            counts.Add(address, now);
        Assert.Equal((10, now.AddMinutes(15)), counts.Find("account root", now));
        Assert.Equal(0, counts.Find("account root", now.AddMinutes(15)).Count);
        var kept = addresses.Count(address => counts.Find(address, now).Count > 0);
        Assert.InRange(kept, FailureCounts.KeysMax / 2, FailureCounts.KeysMax - 1);
    }

    private static string Guess(string name, string password) =>
        "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{name}:{password}"));
}
