using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpNet;
using UserReports.Server.Access.SigningIn;
using UserReports.Server.Tests.Access;
using UserReports.Workspace.Views;

namespace UserReports.Server.Tests.Nodes;

/// <summary>Two nodes of the service with one workspace: whichever is asked, the answer is the same.</summary>
public sealed class SharedWorkspaceTests : IAsyncLifetime
{
    private const string Secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    private readonly string name = $"nodes_{Guid.NewGuid():n}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal static string Server =>
        Environment.GetEnvironmentVariable("USERREPORTS_TEST_POSTGRES")
        ?? throw new InvalidOperationException(
            "USERREPORTS_TEST_POSTGRES is not set: run ./test, which starts a server."
        );

    public async ValueTask InitializeAsync() => await ExecuteAsync($"create database {name} template template0");

    public async ValueTask DisposeAsync() => await ExecuteAsync($"drop database if exists {name} with (force)");

    [Fact]
    public async Task Session_BegunOnOneNode_IsGoodOnTheOtherUntilItEndsOnEither()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        using var browser = new Browser(one);
        await browser.SignInAsync(People.Superuser);
        using var there = new Browser(other, browser.Cookies);
        using (var answer = await there.GetAsync(RunningServer.Root))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using (
            var ended = await other.SendAsync(
                HttpMethod.Delete,
                RunningServer.Root + "sessions/",
                People.Superuser.TokenHeader,
                null
            )
        )
            Assert.Equal("[]", await ended.Content.ReadAsStringAsync(Stop));
        foreach (var node in new[] { browser, there })
        {
            using var refused = await node.GetAsync(RunningServer.Root);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
    }

    [Fact]
    public async Task Code_UsedOnOneNode_IsWorthNothingOnTheOther()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var code = new Totp(Base32Encoding.ToBytes(Secret)).ComputeTotp(one.Time.GetUtcNow().UtcDateTime);
        Assert.True(await CheckAsync(one, code));
        Assert.False(await CheckAsync(other, code));
    }

    [Fact]
    public async Task View_SavedOnOneNode_IsSeenOnTheOther()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        await one.Services.GetRequiredService<SavedViews>().SaveAsync(1, "root", "mine", "/?q=", true, Stop);
        Assert.Equal(
            "mine",
            Assert.Single(await other.Services.GetRequiredService<SavedViews>().OfAsync(2, Stop)).Name
        );
    }

    [Fact]
    public async Task Runs_OfANodeThatSharesItsWorkspace_SayWhoLeads()
    {
        await using var one = await StartAsync();
        Assert.Equal("""{"node":null,"since":null,"is_this_node":false}""", await LeaderOfAsync(one));
        await using var alone = await RunningServer.StartAsync([]);
        Assert.EndsWith("\"since\":null,\"is_this_node\":true}", await LeaderOfAsync(alone), StringComparison.Ordinal);
    }

    private static async Task<string> LeaderOfAsync(RunningServer server)
    {
        using var answer = await server.GetAsync(RunningServer.Root + "runs/", People.Superuser.TokenHeader);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["leader"]!.ToJsonString();
    }

    private static Task<bool> CheckAsync(RunningServer server, string code) =>
        server.Services.GetRequiredService<OneTimeCodes>().CheckAsync(People.WithSecondFactor.Id, code, Stop);

    private Task<RunningServer> StartAsync() =>
        RunningServer.StartAsync(
            [],
            ("Workspace", new NpgsqlConnectionStringBuilder(Server) { Database = name }.ConnectionString)
        );

    internal static async Task ExecuteAsync(string sql, string? connectionString = null)
    {
        await using var connection = new NpgsqlConnection(
            connectionString is null ? Server : connectionString + ";Pooling=false"
        );
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
