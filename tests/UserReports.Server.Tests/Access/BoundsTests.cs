using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Server.Explorer.Connections;
using UserReports.Server.Limits;
using UserReports.Testing;

namespace UserReports.Server.Tests.Access;

/// <summary>How much one account, and all of them together, may hold; and that it is given back.</summary>
public sealed class BoundsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Places_OfOneAccountAndOfAll_AreGivenBack()
    {
        using var places = new SharedPlaces(max: 3, accountMax: 2);
        var (first, second) = (places.Take(1), places.Take(1));
        Assert.Equal(PlaceBound.Account, places.Take(1).Bound);
        var other = places.Take(2);
        Assert.Equal(PlaceBound.None, other.Bound);
        Assert.Equal(PlaceBound.All, places.Take(2).Bound);
        first.Dispose();
        // Twice is once.
        first.Dispose();
        using var third = places.Take(2);
        Assert.Equal(PlaceBound.None, third.Bound);
        Assert.Equal(PlaceBound.All, places.Take(1).Bound);
        second.Dispose();
        using var again = places.Take(1);
        Assert.Equal(PlaceBound.None, again.Bound);
    }

    [Fact]
    public async Task Requests_OfOneAccountBeyondTheBound_AreRefusedUntilOthersAreAnswered()
    {
        await using var server = await RunningServer.StartAsync(
            HeavyReports.Make("one"),
            ("Access:RequestsPerAccount", "4"),
            ("Exports:PerAccount", "8"),
            ("Exports:Concurrent", "8")
        );
        List<HttpResponseMessage> held = [];
        using (var client = server.NewClient())
        {
            for (var i = 0; i < 4; i++)
                held.Add(await BeginAsync(client));
            Assert.All(held, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
            using var refused = await server.GetAsync(RunningServer.Root + "fields/", People.Superuser.TokenHeader);
            Assert.Equal("1", refused.Headers.GetValues("Retry-After").Single());
            await AssertProblem.IsAsync(refused, 429, "too_many_requests");
            using var other = await server.GetAsync(
                RunningServer.Root + "fields/",
                People.WithSecondFactor.TokenHeader
            );
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
            held.ForEach(answer => answer.Dispose());
        }

        HttpStatusCode status;
        do
        {
            await Task.Delay(10, Stop);
            using var answer = await server.GetAsync(RunningServer.Root + "fields/", People.Superuser.TokenHeader);
            status = answer.StatusCode;
        } while (status == HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Connections_BeyondTheBound_AreClosedUntilOthersEnd()
    {
        await using var server = await RunningServer.StartAsync([], ("Access:Connections", "10"));
        var held = new List<TcpClient>();
        for (var i = 0; i < 10; i++)
            held.Add(await ConnectAsync(server));
        foreach (var client in held)
            Assert.StartsWith("HTTP/1.1 200", await AskAsync(client), StringComparison.Ordinal);
        using (var beyond = await ConnectAsync(server))
            Assert.Equal("", await AskAsync(beyond));
        held.ForEach(client => client.Dispose());
        string answer;
        do
        {
            await Task.Delay(10, Stop);
            using var next = await ConnectAsync(server);
            answer = await AskAsync(next);
        } while (answer.Length == 0);
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_BeyondTheBound_IsRefusedInWords()
    {
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(2),
            ("Explorer:OpenPagesPerAccount", "1"),
            ("Explorer:OpenPages", "2")
        );
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        var pages = server.Services.GetRequiredService<OpenPages>();
        using (pages.Open(People.Superuser.Id))
        {
            using var refused = await browser.GetAsync("/runs");
            await AssertProblem.IsAsync(refused, 429, "too_many_pages");
            Assert.Throws<TooManyPagesException>(() => pages.Open(People.Superuser.Id));
            // Other answers than pages are none of it.
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(RunningServer.Root)).StatusCode);
        }

        using (pages.Open(1))
        using (pages.Open(2))
        {
            using var full = await browser.GetAsync("/runs");
            Assert.Contains("2 pages of the explorer are open, as many", await full.Content.ReadAsStringAsync(Stop));
        }

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/runs")).StatusCode);
    }

    private static Task<HttpResponseMessage> BeginAsync(HttpClient client)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, RunningServer.Root + "export/?format=ndjson");
        request.Headers.TryAddWithoutValidation("Authorization", People.Superuser.TokenHeader);
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }

    private static async Task<TcpClient> ConnectAsync(RunningServer server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Stop);
        return client;
    }

    /// <summary>What comes back, or nothing from a connection that was closed.</summary>
    private static async Task<string> AskAsync(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Stop);
            var answer = new byte[1024];
            return Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer, Stop));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
