using System.Net;
using System.Text.Json;
using UserReports.Testing;

namespace UserReports.Server.Tests.Api;

/// <summary>What is answered in each state of the service: no data, Stripe off, runs, unknown addresses.</summary>
public sealed class StateTests
{
    [Fact]
    public async Task Reports_BeforeTheFirstCompletedRun_SayHowToStartOne()
    {
        await using var server = await RunningServer.StartAsync(null);
        foreach (
            var path in new[]
            {
                RunningServer.Root,
                RunningServer.Root + "someone/",
                RunningServer.Root + "summary/",
                "/health/ready",
            }
        )
        {
            using var answer = await server.GetAsync(path, People.Superuser.TokenHeader);
            var problem = await AssertProblem.IsAsync(answer, 503, "no_snapshot");
            Assert.Equal(TimeSpan.FromSeconds(30), answer.Headers.RetryAfter!.Delta);
            Assert.Equal(
                "No refresh has been completed yet. One starts with the command user-reports refresh or with "
                    + "POST /api/v2/user-reports/runs/.",
                problem.GetProperty("detail").GetString()
            );
        }

        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/health/live")).StatusCode);
    }

    [Theory]
    [InlineData("false", HttpStatusCode.NotFound)]
    [InlineData("true", HttpStatusCode.OK)]
    public async Task Reports_WithStripeOff_AreServedOnlyWhereThatIsWanted(
        string withoutStripe,
        HttpStatusCode expected
    )
    {
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(2),
            ("Stripe:Enabled", "false"),
            ("Reports:WithoutStripe", withoutStripe)
        );
        using var answer = await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader);
        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.NotFound)
            await AssertProblem.IsAsync(answer, 404, "stripe_off");
    }

    [Fact]
    public async Task Run_Started_IsTheOneInProgress()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(2));
        using var first = await server.SendAsync(
            HttpMethod.Post,
            RunningServer.Root + "runs/",
            People.Superuser.TokenHeader,
            null
        );
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        using var second = await server.SendAsync(
            HttpMethod.Post,
            RunningServer.Root + "runs/",
            People.Superuser.TokenHeader,
            null
        );
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        using var one = await server.GetAsync(first.Headers.Location!.OriginalString, People.Superuser.TokenHeader);
        var run = JsonElement.Parse(await one.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("in_progress", run.GetProperty("status").GetString());
        using var list = await server.GetAsync(RunningServer.Root + "runs/?limit=1", People.Superuser.TokenHeader);
        var page = JsonElement.Parse(await list.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, page.GetProperty("count").GetInt32());
        Assert.Equal(run.GetProperty("uid").GetString(), page.GetProperty("results")[0].GetProperty("uid").GetString());
        Assert.NotNull(page.GetProperty("next").GetString());
    }

    [Theory]
    [InlineData("GET", "/api/v2/elsewhere/", 404, "not_found")]
    [InlineData("DELETE", RunningServer.Root, 405, "method_not_allowed")]
    [InlineData("GET", RunningServer.Root + "runs/00000000-0000-0000-0000-000000000000/", 404, "not_found")]
    public async Task Address_ThatIsNotThere_IsAProblem(string method, string path, int status, string code)
    {
        await using var server = await RunningServer.StartAsync([]);
        using var answer = await server.SendAsync(new(method), path, People.Superuser.TokenHeader, null);
        await AssertProblem.IsAsync(answer, status, code);
    }

    [Fact]
    public async Task Answers_OfEveryKind_CarryTheSecurityHeaders()
    {
        await using var server = await RunningServer.StartAsync([]);
        foreach (
            var path in new[]
            {
                RunningServer.Root,
                "/sign-in",
                "/docs/",
                "/openapi/v2.json",
                "/nowhere",
                "/health/live",
            }
        )
        {
            using var answer = await server.GetAsync(path, People.Superuser.TokenHeader);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.DoesNotContain("unsafe-eval", policy);
            Assert.DoesNotContain("script-src 'self' 'unsafe-inline'", policy);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Documentation_Page_LoadsNothingFromElsewhere()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var answer = await server.GetAsync("/docs/", People.Superuser.TokenHeader);
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("//cdn", page);
        Assert.DoesNotMatch("(src|href)=\"https?:", page);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        var nonce = policy.Split("'nonce-")[1].Split('\'')[0];
        Assert.Contains($"nonce=\"{nonce}\"", page);
    }
}
