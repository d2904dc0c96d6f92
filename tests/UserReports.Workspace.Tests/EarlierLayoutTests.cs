using UserReports.Workspace.Secrets;
using UserReports.Workspace.Sessions;
using UserReports.Workspace.Views;

namespace UserReports.Workspace.Tests;

/// <summary>Workspaces of earlier layouts, kept as they were written: nothing that is an operator's may be lost.
/// </summary>
public sealed class EarlierLayoutTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Following_OfEachLayout_GoesOnWhereItWas(int layout)
    {
        await using var workspace = await OfLayoutAsync(layout);

        Assert.Equal("0/16B3748", await workspace.Follow.FindPositionAsync("platform", Stop));
        Assert.Equal(["Account 7"], await workspace.DirtyAsync());
        // And it is written to.
        await workspace.Follow.WriteAsync("platform", "platform", WorkspaceUnderTest.Batch("0/16B3800", 8), Stop);
        Assert.Equal(["Account 7", "Account 8"], await workspace.DirtyAsync());
    }

    [Fact]
    public async Task ViewsSessionsAndKeys_OfTheSecondLayout_AreThere()
    {
        await using var workspace = await OfLayoutAsync(2);

        var view = Assert.Single(await new SavedViews(workspace.Database, workspace.Time).OfAsync(100, Stop));
        Assert.Equal(
            new SavedView(
                Guid.Parse("6b1d8f0e-5a51-4c8e-9c55-0a7d6c3f2b11"),
                100,
                "root",
                "Over the limit",
                "/?q=account_restricted%3Atrue",
                true,
                true,
                new(2026, 11, 1, 10, 0, 0, TimeSpan.Zero)
            ),
            view
        );
        var sessions = new SessionStore(workspace.Database, TimeSpan.FromHours(2), workspace.Time);
        Assert.True(await sessions.IsOpenAsync("0123abcd", Stop));
        Assert.False(await sessions.IsNewNetworkAsync(100, "192.0.2.1", Stop));
        Assert.Equal(["<key id=\"1\" version=\"1\" />"], await new KeyRing(workspace.Database).AllAsync(Stop));
        Assert.Equal(
            Enumerable.Range(0, 32).Select(number => (byte)number),
            await new InstallationKeys(workspace.Database).ReadOrMakeAsync("pseudonyms", Stop)
        );
    }

    private static async Task<WorkspaceUnderTest> OfLayoutAsync(int layout)
    {
        var workspace = await TemporaryFile.MakeBareAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(workspace.Place)!);
        for (var step = 1; step <= layout; step++)
        {
            await using var stream = typeof(EarlierLayoutTests).Assembly.GetManifestResourceStream(
                $"workspace-{step}.sql"
            )!;
            using var reader = new StreamReader(stream);
            await workspace.ExecuteAsync(await reader.ReadToEndAsync(Stop));
        }

        return workspace;
    }
}
