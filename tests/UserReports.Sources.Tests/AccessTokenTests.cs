using System.Security.Cryptography;
using System.Text;
using Npgsql;
using UserReports.Sources.Connections;
using UserReports.Sources.Identities;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Tests;

/// <summary>OAuth2 access tokens in the shapes that platforms have had, on both engines.</summary>
public sealed class AccessTokenTests
{
    private const string Token = "4gYxkS0yYx7jvxN0ZC1qk2bXqQ0aBc";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<bool, bool> Shapes =>
        new()
        {
            { true, true },
            { true, false },
            { false, true },
            { false, false },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Find_TokenThatMayRead_IsItsOwnersUntilItExpires(bool embedded, bool hasChecksum)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded, 10);
        await databases.ChangePlatformAsync(TableSql(hasChecksum) + RowSql(hasChecksum, Token, "1", "read write"));
        await using var platform = SourceDatabase.Create("platform", databases.Platform, new("", ""));
        var identities = new IdentitySource(platform);

        var owner = await identities.FindByAccessTokenAsync(Token, Stop);

        Assert.Equal(await identities.FindByIdAsync(1, Stop), owner!.Identity);
        Assert.Equal(new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), owner.Expires);
        foreach (var other in (string[])[Token + "x", Token[..^1], Token.ToUpperInvariant(), "' or 1=1 --"])
            Assert.Null(await identities.FindByAccessTokenAsync(other, Stop));
        Assert.Null(await identities.FindByTokenAsync(Token, Stop));
    }

    [Theory]
    [InlineData("1", "write")]
    [InlineData("1", "")]
    [InlineData("1", "reader already")]
    [InlineData("null", "read")]
    [InlineData("999999", "read")]
    public async Task Find_TokenThatMayNotReadOrIsNobodys_IsNull(string owner, string scope)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: true, 10);
        await databases.ChangePlatformAsync(TableSql(true) + RowSql(true, Token, owner, scope));
        await using var platform = SourceDatabase.Create("platform", databases.Platform, new("", ""));

        Assert.Null(await new IdentitySource(platform).FindByAccessTokenAsync(Token, Stop));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_OnAPlatformWithoutTheTable_IsNull(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded, 10);
        await databases.ChangePlatformAsync($"drop table if exists {AccessTokenTable.Name}");
        await using var platform = SourceDatabase.Create("platform", databases.Platform, new("", ""));

        Assert.Null(await new IdentitySource(platform).FindByAccessTokenAsync(Token, Stop));
    }

    /// <summary>A right that is missing is no error, and one that is granted or taken away counts soon.</summary>
    [Fact]
    public async Task Find_RoleThatMayNotReadTheTable_IsNullAndCheckSaysWhy()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false, 10);
        await databases.ChangePlatformAsync(TableSql(true) + RowSql(true, Token, "1", "read"));
        var role = $"tokenless_{Guid.NewGuid():n}";
        await databases.ChangePlatformAsync(
            $"create role {role} login password 'tokenless'; grant select on all tables in schema public to {role}; "
                + $"revoke select on {AccessTokenTable.Name} from {role}; revoke create on schema public from public"
        );
        try
        {
            var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
            var connection = new NpgsqlConnectionStringBuilder(databases.Platform)
            {
                Username = role,
                Password = "tokenless",
                Pooling = false,
            }.ConnectionString;
            await using var platform = SourceDatabase.Create("platform", connection, new("", ""));
            var identities = new IdentitySource(platform, time);
            Assert.Null(await identities.FindByAccessTokenAsync(Token, Stop));
            Assert.Equal(
                (
                    FindingKind.Warning,
                    "may not read token, user_id, expires, scope, token_checksum of oauth2_provider_accesstoken: OAuth2 "
                        + "access tokens are not taken. Grant SELECT on them to the role if they should be."
                ),
                Assert.Single(
                    await SourceExamination.RunAsync(platform, true, true, Stop),
                    finding => finding.Kind != FindingKind.Good
                )
                    is var lack
                    ? (lack.Kind, lack.Message)
                    : default
            );

            await databases.ChangePlatformAsync(
                $"grant select (token, user_id, expires, scope, token_checksum) on {AccessTokenTable.Name} to {role}"
            );
            time.Advance(TimeSpan.FromMinutes(1));
            Assert.NotNull(await identities.FindByAccessTokenAsync(Token, Stop));
            await databases.ChangePlatformAsync(
                $"revoke select (token, user_id, expires, scope, token_checksum) on {AccessTokenTable.Name} from {role}"
            );
            Assert.Null(await identities.FindByAccessTokenAsync(Token, Stop));
        }
        finally
        {
            await databases.ChangePlatformAsync($"drop owned by {role}; drop role {role}");
        }
    }

    private static string TableSql(bool hasChecksum) =>
        $"""
            drop table if exists {AccessTokenTable.Name};
            create table {AccessTokenTable.Name} (
                id bigint not null, token {(hasChecksum ? "text" : "varchar(255)")} not null, user_id int,
                expires timestamptz not null, scope text not null{(hasChecksum ? ", token_checksum varchar(64)" : "")});
            """;

    private static string RowSql(bool hasChecksum, string token, string owner, string scope)
    {
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        return $"""
            insert into {AccessTokenTable.Name} values (
                1, '{token}', {owner}, '2030-01-02 03:04:05+00', '{scope}'{(hasChecksum ? $", '{checksum}'" : "")});
            """;
    }
}
