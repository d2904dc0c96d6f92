using UserReports.Sources.Connections;
using UserReports.Sources.Identities;

namespace UserReports.Sources.Tests;

public sealed class IdentitySourceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_Superuser_ByTokenNameAndId(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded, 100);
        await using var platform = SourceDatabase.Create(
            "platform",
            databases.Platform,
            new(databases.Platform, databases.Usage)
        );
        var identities = new IdentitySource(platform);
        var admin = await identities.FindByTokenAsync("demo-token-0123456789abcdef0123456789abcd", default);
        Assert.Equal(
            (1, "admin", true, true, true),
            (admin!.AccountId, admin.Username, admin.IsActive, admin.IsSuperuser, admin.ValidatedPassword)
        );
        Assert.Equal(admin, await identities.FindByUsernameAsync("admin", default));
        Assert.Equal(admin, await identities.FindByIdAsync(1, default));
        Assert.Equal("account 1", admin.ToString());
        Assert.StartsWith("pbkdf2_sha256$", admin.PasswordHash, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_Unknown_IsNull(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded, 10);
        await using var platform = SourceDatabase.Create(
            "platform",
            databases.Platform,
            new(databases.Platform, databases.Usage)
        );
        var identities = new IdentitySource(platform);
        Assert.Null(await identities.FindByTokenAsync("' or 1=1 --", default));
        Assert.Null(await identities.FindByUsernameAsync("ADMIN", default));
        Assert.Null(await identities.FindByIdAsync(999_999, default));
        Assert.Empty(await identities.FindTotpSecretsAsync(1, default));
    }

    /// <summary>As on the platform itself, where such an account signs in.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_AccountWithoutDetails_HasAValidPassword(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded, 10);
        await using var platform = SourceDatabase.Create(
            "platform",
            databases.Platform,
            new(databases.Platform, databases.Usage)
        );
        var identities = new IdentitySource(platform);
        await databases.ChangePlatformAsync("update hub_extrauserdetail set validated_password = false");
        Assert.False((await identities.FindByIdAsync(1, default))!.ValidatedPassword);
        await databases.ChangePlatformAsync("delete from hub_extrauserdetail where user_id = 1");
        Assert.True((await identities.FindByIdAsync(1, default))!.ValidatedPassword);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FindTotpSecrets_AccountWithMfa_HasOne(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded, 300);
        await using var platform = SourceDatabase.Create(
            "platform",
            databases.Platform,
            new(databases.Platform, databases.Usage)
        );
        var identities = new IdentitySource(platform);
        for (var id = 2L; id <= 300; id++)
        {
            var identity = await identities.FindByIdAsync(id, default);
            if (identity is not { MfaIsActive: true })
                continue;
            Assert.Equal(32, Assert.Single(await identities.FindTotpSecretsAsync(id, default)).Length);
            return;
        }

        Assert.Fail("No generated account has a second factor.");
    }
}
