using UserReports.Workspace.Secrets;

namespace UserReports.Workspace.Tests;

public abstract class SecretsContract<TMaker> : WorkspaceContract<TMaker>
    where TMaker : IWorkspaceMaker
{
    [Fact]
    public async Task Code_UsedOnOneNode_IsUsedOnAll()
    {
        await using var workspace = await EmptyAsync();
        await using var database = workspace.Open();
        var (one, other) = (new UsedCodes(workspace.Database), new UsedCodes(database));
        Assert.True(await one.TryUseAsync(1, 100, 99, Stop));
        Assert.False(await other.TryUseAsync(1, 100, 99, Stop));
        Assert.False(await other.TryUseAsync(1, 99, 99, Stop));
        Assert.True(await other.TryUseAsync(2, 100, 99, Stop));
        Assert.True(await other.TryUseAsync(1, 101, 99, Stop));
    }

    [Fact]
    public async Task Code_UsedByManyAtOnce_IsGoodForOne()
    {
        await using var workspace = await EmptyAsync();
        var codes = new UsedCodes(workspace.Database);
        var used = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => Task.Run(() => codes.TryUseAsync(1, 100, 99, Stop)))
        );
        Assert.Single(used, true);
    }

    [Fact]
    public async Task UsedCodes_TooOldToBeTaken_AreForgotten()
    {
        await using var workspace = await EmptyAsync();
        var codes = new UsedCodes(workspace.Database);
        for (var account = 1; account <= 20; account++)
            Assert.True(await codes.TryUseAsync(account, 100, 99, Stop));
        Assert.True(await codes.TryUseAsync(1, 103, 102, Stop));
        Assert.Equal(1, await codes.CountAsync(Stop));
    }

    [Fact]
    public async Task KeyOfTheInstallation_MadeByManyAtOnce_IsOne()
    {
        await using var workspace = await EmptyAsync();
        var keys = new InstallationKeys(workspace.Database);
        var made = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => keys.ReadOrMakeAsync("pseudonyms", Stop)))
        );
        Assert.All(made, key => Assert.Equal(made[0], key));
        Assert.Equal(InstallationKeys.Bytes, made[0].Length);
        Assert.NotEqual(made[0], await keys.ReadOrMakeAsync("token-marks", Stop));
        await workspace.ReopenAsync();
        Assert.Equal(made[0], await new InstallationKeys(workspace.Database).ReadOrMakeAsync("pseudonyms", Stop));
    }

    [Fact]
    public async Task Ring_OfKeys_IsTheSameOnEveryNode()
    {
        await using var workspace = await EmptyAsync();
        var ring = new KeyRing(workspace.Database);
        Assert.Empty(await ring.AllAsync(Stop));
        await ring.AddAsync("key-1", "<key id=\"1\" />", Stop);
        await ring.AddAsync("key-2", "<key id=\"2\" />", Stop);
        await using var other = workspace.Open();
        Assert.Equal(["<key id=\"1\" />", "<key id=\"2\" />"], await new KeyRing(other).AllAsync(Stop));
    }
}
