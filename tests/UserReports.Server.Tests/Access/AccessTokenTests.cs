using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace UserReports.Server.Tests.Access;

/// <summary>OAuth2 access tokens of the platform, by header and on the sign-in page.</summary>
public sealed class AccessTokenTests
{
    private const string Table = """
        create table if not exists oauth2_provider_accesstoken (
            id bigint, token text, token_checksum varchar, user_id int, expires timestamptz, scope text);
        """;

    [Fact]
    public async Task Bearer_WithAnAccessToken_HasTheRightsOfItsOwner()
    {
        await using var server = await RunningServer.StartAsync([]);
        (Person Owner, HttpStatusCode Expected)[] owners =
        [
            (People.Superuser, HttpStatusCode.OK),
            (People.WithSecondFactor, HttpStatusCode.OK),
            (People.Ordinary, HttpStatusCode.Forbidden),
            (People.Inactive, HttpStatusCode.Unauthorized),
            (People.Unvalidated, HttpStatusCode.Forbidden),
        ];
        foreach (var (owner, expected) in owners)
        {
            var token = Give(server, owner, TimeSpan.FromHours(1));
            Assert.Equal(expected, await StatusAsync(server, $"Bearer {token}"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, $"Token {token}"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, $"Bearer {token}0"));
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, $"Bearer {People.Superuser.Token}"));
        var writes = Give(server, People.Superuser, TimeSpan.FromHours(1), "write");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, $"Bearer {writes}"));
    }

    [Fact]
    public async Task Bearer_WhoseTokenExpires_IsOutAtThatInstant()
    {
        await using var server = await RunningServer.StartAsync([]);
        var header = $"Bearer {Give(server, People.Superuser, TimeSpan.FromSeconds(10))}";
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, header));
        server.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, header));

        server.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, header));
    }

    [Fact]
    public async Task Bearer_WhoseTokenIsRevoked_IsOutWithinThirtySeconds()
    {
        await using var server = await RunningServer.StartAsync([]);
        var header = $"Bearer {Give(server, People.Superuser, TimeSpan.FromHours(1))}";
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, header));

        server.ChangePlatform("delete from oauth2_provider_accesstoken");
        server.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, header));
    }

    [Fact]
    public async Task SignIn_WithAnAccessToken_EndsWithTheToken()
    {
        await using var server = await RunningServer.StartAsync([]);
        var token = Give(server, People.Superuser, TimeSpan.FromHours(1));
        using var browser = new Browser(server);
        await browser.SignInWithTokenAsync(token);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(RunningServer.Root)).StatusCode);

        server.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(RunningServer.Root)).StatusCode);
    }

    [Fact]
    public async Task Superuser_WithoutDetailsOnThePlatform_IsLetIn()
    {
        await using var server = await RunningServer.StartAsync([]);
        server.ChangePlatform("delete from hub_extrauserdetail where user_id = 101");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, People.Superuser.TokenHeader));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, People.Superuser.BasicHeader));
    }

    /// <returns>A new token of the person.</returns>
    private static string Give(RunningServer server, Person owner, TimeSpan validFor, string scope = "read")
    {
        var token = RandomNumberGenerator.GetHexString(30);
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        var expires = server.Time.GetUtcNow() + validFor;
        server.ChangePlatform(
            Table
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    insert into oauth2_provider_accesstoken (id, token, token_checksum, user_id, expires, scope)
                    values ({owner.Id}, '{token}', '{checksum}', {owner.Id}, '{expires:yyyy-MM-dd HH:mm:ss.ffffff}+00', '{scope}')
                    """
                )
        );
        return token;
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningServer server, string authorization)
    {
        using var answer = await server.GetAsync(RunningServer.Root, authorization);
        return answer.StatusCode;
    }
}
