using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Refresh;

namespace UserReports.Server.Tests.Following;

/// <summary>Rows that are computed anew because somebody asks for them, and what answers say of how fresh they
/// are.</summary>
public sealed class FreshRowsTests
{
    private const string Everybody = RunningServer.Root + "?ordering=id";
    private const string Moved = "update auth_user set email = 'moved@people.example.org' where id = 102";

    [Fact]
    public async Task List_WithMaxStaleness_HasOlderRowsComputedAnew()
    {
        await using var server = await StartAsync();
        server.ChangePlatform(Moved);
        server.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(People.Ordinary.Email, await EmailAsync(server, Everybody));
        Assert.Equal(People.Ordinary.Email, await EmailAsync(server, Everybody + "&max_staleness=1h"));
        Assert.Equal("moved@people.example.org", await EmailAsync(server, Everybody + "&max_staleness=1m"));
        Assert.Equal("moved@people.example.org", await EmailAsync(server, Everybody));
    }

    [Fact]
    public async Task Account_WithMaxStaleness_IsComputedAnew()
    {
        await using var server = await StartAsync();
        var account = RunningServer.Root + await UidAsync(server) + "/";
        server.ChangePlatform(Moved);
        server.Time.Advance(TimeSpan.FromMinutes(5));
        using var before = await server.GetAsync(account, People.Superuser.TokenHeader);
        Assert.Equal(People.Ordinary.Email, (await JsonAsync(before))[0].GetProperty("email").GetString());

        using var after = await server.GetAsync(account + "?max_staleness=299s", People.Superuser.TokenHeader);
        Assert.Equal("moved@people.example.org", (await JsonAsync(after))[0].GetProperty("email").GetString());
        Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
    }

    [Fact]
    public async Task Summary_WithMaxStaleness_CountsWhatIsThereNow()
    {
        await using var server = await StartAsync();
        server.ChangePlatform("update auth_user set is_active = false where id = 102");
        server.Time.Advance(TimeSpan.FromMinutes(5));
        const string Active = RunningServer.Root + "summary/?q=is_active:true";

        var before = await TotalAsync(server, Active);
        Assert.Equal(before - 1, await TotalAsync(server, Active + "&max_staleness=1m"));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("0s")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("31d")]
    [InlineData("99999999d")]
    [InlineData("PT5M")]
    public async Task List_WithAStalenessThatIsNone_IsRefused(string staleness)
    {
        await using var server = await StartAsync();
        using var answer = await server.GetAsync(
            $"{Everybody}&max_staleness={Uri.EscapeDataString(staleness)}",
            People.Superuser.TokenHeader
        );
        var problem = await AssertProblem.IsAsync(answer, 400, "bad_parameter");
        Assert.Contains("such as 5m", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_WhoseSourcesDoNotAnswer_IsAnsweredAsItIsAndSaysSo()
    {
        await using var server = await StartAsync();
        server.ChangePlatform("alter table organizations_organizationuser rename to hidden");
        server.Time.Advance(TimeSpan.FromMinutes(5));

        using var answer = await server.GetAsync(Everybody + "&max_staleness=1m", People.Superuser.TokenHeader);
        var rows = (await JsonAsync(answer)).GetProperty("results").GetArrayLength();
        Assert.Equal($"{rows}", Assert.Single(answer.Headers.GetValues("X-Stale-Rows")));
        Assert.StartsWith("110 ", Assert.Single(answer.Headers.GetValues("Warning")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_OfOneAccount_AnswersItAsItIsNow()
    {
        await using var server = await StartAsync();
        var uid = await UidAsync(server);
        server.ChangePlatform(Moved);
        using var answer = await RefreshAsync(server, uid);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("moved@people.example.org", (await JsonAsync(answer))[0].GetProperty("email").GetString());

        server.ChangePlatform("delete from auth_user where id = 102");
        using var gone = await RefreshAsync(server, uid);
        var problem = await AssertProblem.IsAsync(gone, 404, "not_found");
        Assert.Contains("no such account any more", problem.GetRawText(), StringComparison.Ordinal);
        using var unknown = await RefreshAsync(server, uid);
        await AssertProblem.IsAsync(unknown, 404, "not_found");
    }

    [Fact]
    public async Task Rows_ComputedAnewWhileNamesAreConcealed_StayConcealed()
    {
        await using var server = await StartAsync(("Access:Conceal", "names"));
        using var before = await server.GetAsync(Everybody, People.Superuser.TokenHeader);
        var uids = (await JsonAsync(before))
            .GetProperty("results")
            .EnumerateArray()
            .Select(row => row.GetProperty("user_uid").GetString()!);
        server.ChangePlatform(Moved);
        foreach (var uid in uids)
        {
            using var refreshed = await RefreshAsync(server, uid);
            Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
            Assert.Equal("names", Assert.Single(refreshed.Headers.GetValues("X-Concealed")));
            await AssertHoldsNoNameAsync(refreshed);
        }

        server.Time.Advance(TimeSpan.FromMinutes(1));
        using var fresh = await server.GetAsync(Everybody + "&max_staleness=1s", People.Superuser.TokenHeader);
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
        await AssertHoldsNoNameAsync(fresh);

        static async Task AssertHoldsNoNameAsync(HttpResponseMessage answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain("people.example.org", text, StringComparison.Ordinal);
            Assert.DoesNotContain($"\"{People.Ordinary.Name}\"", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Answers_SayHowTheSourcesAreFollowed()
    {
        await using var server = await StartAsync();
        using var list = await server.GetAsync(Everybody, People.Superuser.TokenHeader);
        Assert.Equal("off", Assert.Single(list.Headers.GetValues("X-Follow")));
        using var runs = await server.GetAsync(RunningServer.Root + "runs/", People.Superuser.TokenHeader);
        var page = await JsonAsync(runs);
        Assert.Equal("off", page.GetProperty("following").GetProperty("mode").GetString());
        Assert.Equal(JsonValueKind.Null, page.GetProperty("following").GetProperty("accuracy").ValueKind);
        Assert.Equal(0.5, page.GetProperty("sources").GetProperty("budget").GetProperty("share").GetDouble());
        // An embedded file is nobody else's.
        Assert.Equal(0, page.GetProperty("sources").GetProperty("load").GetArrayLength());
    }

    private static async Task<RunningServer> StartAsync(params (string, string)[] settings)
    {
        var server = await RunningServer.StartAsync(null, [("Refresh:Follow", "off"), .. settings]);
        var run = server.Services.GetRequiredService<RefreshEngine>().RunAsync(null, default);
        while (!run.IsCompleted)
        {
            // A worker without a range looks again after a while of the service's clock.
            server.Time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.WhenAny(run, Task.Delay(20));
        }

        Assert.True((await run).IsCompleted);
        return server;
    }

    private static Task<HttpResponseMessage> RefreshAsync(RunningServer server, string uid) =>
        server.SendAsync(
            HttpMethod.Post,
            $"{RunningServer.Root}{uid}/refresh/",
            People.Superuser.TokenHeader,
            body: null
        );

    private static async Task<string?> EmailAsync(RunningServer server, string path)
    {
        using var answer = await server.GetAsync(path, People.Superuser.TokenHeader);
        Assert.False(answer.Headers.Contains("X-Stale-Rows"));
        return (await RowAsync(answer)).GetProperty("email").GetString();
    }

    private static async Task<string> UidAsync(RunningServer server)
    {
        using var answer = await server.GetAsync(Everybody, People.Superuser.TokenHeader);
        return (await RowAsync(answer)).GetProperty("user_uid").GetString()!;
    }

    private static async Task<JsonElement> RowAsync(HttpResponseMessage answer) =>
        (await JsonAsync(answer))
            .GetProperty("results")
            .EnumerateArray()
            .First(row => row.GetProperty("username").GetString() == People.Ordinary.Name);

    private static async Task<long> TotalAsync(RunningServer server, string path)
    {
        using var answer = await server.GetAsync(path, People.Superuser.TokenHeader);
        return (await JsonAsync(answer)).GetProperty("total").GetProperty("values").GetProperty("count").GetInt64();
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
}
