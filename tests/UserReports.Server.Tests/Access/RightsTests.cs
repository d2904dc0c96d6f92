using System.Net;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Server.Access;

namespace UserReports.Server.Tests.Access;

/// <summary>Who loses the right on the platform is out within 30 seconds.</summary>
public sealed class RightsTests
{
    private static readonly TimeSpan WithinMax = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("update auth_user set is_superuser = false where id = 101", HttpStatusCode.Forbidden)]
    [InlineData("update auth_user set is_active = false where id = 101", HttpStatusCode.Unauthorized)]
    [InlineData(
        "update hub_extrauserdetail set validated_password = false where user_id = 101",
        HttpStatusCode.Forbidden
    )]
    public async Task Right_TakenAway_IsGoneForEveryCredentialWithinThirtySeconds(string sql, HttpStatusCode expected)
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        using var tokenBrowser = new Browser(server);
        await tokenBrowser.SignInWithTokenAsync(People.Superuser.Token);
        Func<Task<HttpStatusCode>>[] credentials =
        [
            async () => (await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader)).StatusCode,
            async () => (await server.GetAsync(RunningServer.Root, People.Superuser.BasicHeader)).StatusCode,
            async () => (await browser.GetAsync(RunningServer.Root)).StatusCode,
            async () => (await tokenBrowser.GetAsync(RunningServer.Root)).StatusCode,
        ];
        foreach (var credential in credentials)
            Assert.Equal(HttpStatusCode.OK, await credential());

        server.ChangePlatform(sql);
        server.Time.Advance(WithinMax);

        foreach (var credential in credentials)
            Assert.Equal(expected, await credential());
    }

    [Fact]
    public async Task Token_DeletedOnThePlatform_EndsItsSession()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInWithTokenAsync(People.Superuser.Token);
        server.ChangePlatform("delete from authtoken_token where user_id = 101");
        server.Time.Advance(WithinMax);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(RunningServer.Root)).StatusCode);
    }

    [Fact]
    public async Task Password_ChangedOnThePlatform_EndsItsSession()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        server.ChangePlatform($"update auth_user set password = '{People.HashOf("another")}' where id = 101");
        server.Time.Advance(WithinMax);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(RunningServer.Root)).StatusCode);
    }

    [Fact]
    public async Task Session_AfterItsLength_IsOver()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        server.Time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(RunningServer.Root)).StatusCode);
        server.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(RunningServer.Root)).StatusCode);
    }

    [Fact]
    public async Task OpenPage_WhoseReaderLostTheRight_IsToldSoAtTheNextLook()
    {
        await using var server = await RunningServer.StartAsync([]);
        var rights = server.Services.GetRequiredService<LiveRights>();
        var reader = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "101")], "Session"));
        Assert.True(
            await rights.MayStillReadAsync(reader, SessionRevalidation.AgeMax, TestContext.Current.CancellationToken)
        );
        server.ChangePlatform("update auth_user set is_superuser = false where id = 101");
        Assert.True(
            await rights.MayStillReadAsync(reader, SessionRevalidation.AgeMax, TestContext.Current.CancellationToken)
        );
        server.Time.Advance(SessionRevalidation.AgeMax);
        Assert.False(
            await rights.MayStillReadAsync(reader, SessionRevalidation.AgeMax, TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task Platform_ThatDoesNotAnswer_LetsNobodyInOnceTheMemoryIsTooOld()
    {
        await using var server = await RunningServer.StartAsync([]);
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader)).StatusCode
        );
        server.ChangePlatform("alter table auth_user rename to auth_user_away");
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader)).StatusCode
        );
        server.Time.Advance(WithinMax);
        using var answer = await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader);
        await AssertProblem.IsAsync(answer, 503, "no_source");
    }
}
