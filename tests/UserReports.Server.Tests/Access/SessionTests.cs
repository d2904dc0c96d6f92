using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Audit;
using UserReports.Testing;
using UserReports.Workspace.Sessions;

namespace UserReports.Server.Tests.Access;

/// <summary>One's own sessions: seen, ended, recorded.</summary>
public sealed class SessionTests
{
    private const string Sessions = RunningServer.Root + "sessions/";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_OfSessions_HoldsOnesOwnAndSaysWhichIsThisOne()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var first = new Browser(server);
        await first.SignInAsync(People.Superuser);
        server.Time.Advance(TimeSpan.FromMinutes(10));
        using var second = new Browser(server);
        await second.SignInAsync(People.Superuser);
        using var others = new Browser(server);
        await others.SignInWithTokenAsync(People.WithSecondFactor.Token);

        using var answer = await second.GetAsync(Sessions);
        var list = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!.AsArray();

        Assert.Equal([true, false], list.Select(session => session!["is_this_one"]!.GetValue<bool>()));
        Assert.Equal(
            [SampleReports.Now.AddMinutes(10), SampleReports.Now],
            list.Select(session => session!["started_at"]!.GetValue<DateTimeOffset>())
        );
        Assert.All(list, session => Assert.Equal("127.0.0.1", session!["last_used_from"]!.GetValue<string>()));
        using var byToken = await server.GetAsync(Sessions, People.Superuser.TokenHeader);
        Assert.DoesNotContain("true", await byToken.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_EndedByItsOwner_IsWorthNothingAtOnceAndRecorded()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        var id = (await OneOfAsync(server, People.Superuser)).Id;

        using (var others = await DeleteAsync(server, Sessions + id + "/", People.WithSecondFactor))
            await AssertProblem.IsAsync(others, 404, "not_found");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(RunningServer.Root)).StatusCode);
        using (var ended = await DeleteAsync(server, Sessions + id + "/", People.Superuser))
            Assert.Equal("[]", await ended.Content.ReadAsStringAsync(Stop));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(RunningServer.Root)).StatusCode);
        using (var again = await DeleteAsync(server, Sessions + id + "/", People.Superuser))
            await AssertProblem.IsAsync(again, 404, "not_found");

        var record = (await RecordsAsync(server)).Single(r => r.Event == AuditEvents.SessionsEnded);
        Assert.Equal((People.Superuser.Name, Sessions + id + "/", 200), (record.Username, record.Path, record.Status));
    }

    [Fact]
    public async Task Sessions_EndedAll_AreAllWorthNothing()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var one = new Browser(server);
        await one.SignInAsync(People.Superuser);
        using var two = new Browser(server);
        await two.SignInAsync(People.Superuser);
        using (var ended = await DeleteAsync(server, Sessions, People.Superuser))
            Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        foreach (var browser in new[] { one, two })
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(RunningServer.Root)).StatusCode);
    }

    [Fact]
    public async Task Session_ThatNothingIsReadWith_IsOver()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        for (var i = 0; i < 3; i++)
        {
            server.Time.Advance(TimeSpan.FromMinutes(119));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(RunningServer.Root)).StatusCode);
        }

        server.Time.Advance(TimeSpan.FromMinutes(120));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(RunningServer.Root)).StatusCode);
    }

    [Fact]
    public async Task SignIn_InABrowserThatIsSignedIn_EndsTheSessionBefore()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        var sessions = server.Services.GetRequiredService<SessionStore>();
        var before = (await OneOfAsync(server, People.Superuser)).Id;
        await browser.SignInAsync(People.Superuser);
        Assert.NotEqual(before, (await OneOfAsync(server, People.Superuser)).Id);
        await browser.SignInWithTokenAsync(People.WithSecondFactor.Token);
        Assert.Empty(await sessions.OfAsync(People.Superuser.Id, Stop));
    }

    [Fact]
    public async Task SignIns_FromANewAddress_AreMarked()
    {
        await using var server = await RunningServer.StartAsync([], ("Proxies", "127.0.0.1"));
        foreach (var address in new[] { "192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.1" })
        {
            using var page = await server.GetAsync("/sign-in");
            using var answer = await server.SendAsync(
                HttpMethod.Post,
                "/sign-in",
                null,
                new FormUrlEncodedContent([
                    new("token", People.Superuser.Token),
                    new(
                        "__RequestVerificationToken",
                        Browser.AntiforgeryOf(await page.Content.ReadAsStringAsync(Stop))
                    ),
                ]),
                ("X-Forwarded-For", address),
                ("X-Forwarded-Proto", "https"),
                ("Cookie", page.Headers.GetValues("Set-Cookie").Single().Split(';')[0])
            );
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }

        Assert.Equal(
            [
                ("192.0.2.1", AuditEvents.SignedIn),
                ("192.0.2.2", AuditEvents.SignedInFromNewAddress),
                ("192.0.2.1", AuditEvents.SignedIn),
                ("192.0.2.1", AuditEvents.SignedInFromNewAddress),
            ],
            (await RecordsAsync(server)).Select(r => (r.Address!, r.Event!))
        );
    }

    [Fact]
    public async Task SignIn_WhoseSessionCannotBeKept_DoesNotHappen()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        using (await server.GetAsync("/sign-in"))
            await HideSessionsAsync(server);
        using var answer = await browser.SubmitAsync([new("token", People.Superuser.Token)]);
        await AssertProblem.IsAsync(answer, 503, "no_store");
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(RunningServer.Root)).StatusCode);
        using (var own = await server.GetAsync(Sessions, People.Superuser.TokenHeader))
            await AssertProblem.IsAsync(own, 503, "no_store");
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader)).StatusCode
        );
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", false)]
    [InlineData("192.0.2.1", "192.0.2.2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", false)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", true)]
    [InlineData("192.0.2.1", null, true)]
    public void Address_IsNew_UnlessItsNetworkSignedInBefore(string first, string? then, bool isNew) =>
        Assert.Equal(isNew, SessionWatch.NetworkOf(first) != SessionWatch.NetworkOf(then));

    private static async Task<Session> OneOfAsync(RunningServer server, Person person) =>
        Assert.Single(await server.Services.GetRequiredService<SessionStore>().OfAsync(person.Id, Stop));

    /// <summary>The workspace is there, and sessions can be neither read nor written.</summary>
    private static async Task HideSessionsAsync(RunningServer server)
    {
        var path = Path.Combine(server.Folder, "store", "workspace.db");
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = "alter table session rename to session_away";
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static Task<HttpResponseMessage> DeleteAsync(RunningServer server, string path, Person person) =>
        server.SendAsync(HttpMethod.Delete, path, person.TokenHeader, null);

    private static Task<IReadOnlyList<AuditRecord>> RecordsAsync(RunningServer server) =>
        server.Services.GetRequiredService<AuditLog>().SearchAsync(new(), Stop);
}
