using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using UserReports.Core.Query;
using UserReports.Server.Access.Rights;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Access.SigningIn;
using UserReports.Store;
using UserReports.Store.Documents;
using UserReports.Testing;
using UserReports.Workspace.Sessions;

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
        await using var server = await RunningServer.StartAsync([], ("Access:SessionIdle", "12:00:00"));
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
        var reader = await ReaderAsync(server);
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

    /// <summary>A page that stayed open kept its reader, whatever became of what they signed in with.</summary>
    [Theory]
    [InlineData("delete from authtoken_token where user_id = 101", true)]
    [InlineData("update auth_user set password = '!' where id = 101", false)]
    public async Task OpenPage_WhoseCredentialIsGone_IsToldSoAtTheNextLook(string sql, bool isByToken)
    {
        await using var server = await RunningServer.StartAsync([]);
        var rights = server.Services.GetRequiredService<LiveRights>();
        var reader = await ReaderAsync(server, isByToken);
        Assert.True(await MayStillReadAsync(rights, reader));
        server.ChangePlatform(sql);
        server.Time.Advance(SessionRevalidation.AgeMax);
        Assert.False(await MayStillReadAsync(rights, reader));
    }

    [Fact]
    public async Task OpenPage_WhoseSessionIsOverOrSignedOut_IsToldSoAtTheNextLook()
    {
        await using var server = await RunningServer.StartAsync([]);
        var rights = server.Services.GetRequiredService<LiveRights>();
        var (stays, leaves) = (await ReaderAsync(server), await ReaderAsync(server));
        Assert.True(
            await server
                .Services.GetRequiredService<SessionStore>()
                .EndAsync(People.Superuser.Id, SessionWatch.IdOf(leaves)!, default)
        );
        Assert.False(await MayStillReadAsync(rights, leaves));
        Assert.True(await MayStillReadAsync(rights, stays));
        server.Time.Advance(TimeSpan.FromHours(12));
        Assert.False(await MayStillReadAsync(rights, stays));
    }

    [Fact]
    public async Task Account_OfNobody_DoesNotSignIn()
    {
        await using var server = await RunningServer.StartAsync([], ("Reports:AnonymousUserId", "101"));
        foreach (var header in new[] { People.Superuser.TokenHeader, People.Superuser.BasicHeader })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync(RunningServer.Root, header)).StatusCode);
        }
    }

    [Fact]
    public async Task Export_WhoseReaderLosesTheRight_IsCutOffWithinThirtySeconds()
    {
        var chunks = new EndlessExport();
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(3),
            services =>
                services.Replace(
                    ServiceDescriptor.Singleton<IReportReader>(provider =>
                    {
                        chunks.Reader = provider.GetRequiredService<IReportStore>().Reader;
                        return chunks;
                    })
                )
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, RunningServer.Root + "export/?format=ndjson");
        request.Headers.TryAddWithoutValidation("Authorization", People.Superuser.TokenHeader);
        using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        await using var file = await answer.Content.ReadAsStreamAsync(Stop);
        await file.ReadExactlyAsync(new byte[EndlessExport.BytesAtLeast], Stop);

        server.Time.Advance(TimeSpan.FromSeconds(8));
        await file.ReadExactlyAsync(new byte[EndlessExport.BytesAtLeast], Stop);
        server.ChangePlatform("update auth_user set is_superuser = false where id = 101");
        server.Time.Advance(TimeSpan.FromSeconds(8));

        await Assert.ThrowsAnyAsync<IOException>(() => file.CopyToAsync(Stream.Null, Stop));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task<bool> MayStillReadAsync(LiveRights rights, ClaimsPrincipal reader) =>
        rights.MayStillReadAsync(reader, SessionRevalidation.AgeMax, Stop);

    /// <summary>What the server makes of somebody who signs in.</summary>
    private static async Task<ClaimsPrincipal> ReaderAsync(RunningServer server, bool isByToken = false)
    {
        var signIn = server.Services.GetRequiredService<SignIn>();
        var step = isByToken
            ? await signIn.ByTokenAsync(People.Superuser.Token, null, Stop)
            : await signIn.ByPasswordAsync(People.Superuser.Name, People.Superuser.Password, null, Stop);
        return await server.OpenAsync(Assert.IsType<SignInStep.SignedIn>(step).Principal);
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

    /// <summary>The real store, but for exports that do not end by themselves.</summary>
    private sealed class EndlessExport : PassingReader
    {
        public const int BytesAtLeast = 100_000;

        public override async Task<ReportExport> ExportAsync(ReportQuery query, CancellationToken cancellationToken)
        {
            var export = await base.ExportAsync(query, cancellationToken);
            return export with { Chunks = AgainAndAgainAsync(export.Chunks, cancellationToken) };
        }

        private static async IAsyncEnumerable<DocumentBatch> AgainAndAgainAsync(
            IAsyncEnumerable<DocumentBatch> chunks,
            [EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            List<ReadOnlyMemory<byte>> rows = [];
            await foreach (var chunk in chunks.WithCancellation(cancellationToken))
            {
                using (chunk)
                    rows.AddRange(chunk.Select(row => new ReadOnlyMemory<byte>(row.ToArray())));
            }

            while (!cancellationToken.IsCancellationRequested)
                yield return DocumentBatch.Of(rows);
        }
    }
}
