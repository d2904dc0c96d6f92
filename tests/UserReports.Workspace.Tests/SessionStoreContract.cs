using System.Globalization;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Sessions;

namespace UserReports.Workspace.Tests;

public abstract class SessionStoreContract<TMaker> : WorkspaceContract<TMaker>
    where TMaker : IWorkspaceMaker
{
    private static readonly TimeSpan IdleMax = TimeSpan.FromHours(13);

    [Fact]
    public async Task Sessions_AfterARestart_AreWhatTheyWere()
    {
        await using var workspace = await EmptyAsync();
        var before = Of(workspace.Database, workspace);
        await before.BeginAsync(Session(workspace, "a", 1), null, Stop);
        await before.BeginAsync(Session(workspace, "b", 1), null, Stop);
        await before.BeginAsync(Session(workspace, "c", 2), null, Stop);
        Assert.True(await before.EndAsync(1, "a", Stop));
        workspace.Time.Advance(TimeSpan.FromMinutes(5));
        await before.TouchAsync("b", "192.0.2.9", Stop);
        await workspace.ReopenAsync();

        var after = Of(workspace.Database, workspace);
        Assert.False(await after.IsOpenAsync("a", Stop));
        Assert.True(await after.IsOpenAsync("c", Stop));
        var kept = Assert.Single(await after.OfAsync(1, Stop));
        Assert.Equal(
            Session(workspace, "b", 1) with
            {
                StartedAt = WorkspaceUnderTest.Now,
                End = WorkspaceUnderTest.Now.AddHours(12),
                LastUsedAt = workspace.Time.GetUtcNow(),
                LastUsedFrom = "192.0.2.9",
            },
            kept
        );
    }

    [Fact]
    public async Task Session_EndedOnOneNode_IsWorthNothingOnAnotherAtOnce()
    {
        await using var workspace = await EmptyAsync();
        await using var database = workspace.Open();
        var (one, other) = (Of(workspace.Database, workspace), Of(database, workspace));
        await one.BeginAsync(Session(workspace, "a", 1), null, Stop);
        Assert.True(await other.IsOpenAsync("a", Stop));
        await one.EndAllAsync(1, null, Stop);
        Assert.False(await other.IsOpenAsync("a", Stop));
    }

    [Fact]
    public async Task Session_OfSomebodyElse_IsNotEnded()
    {
        await using var workspace = await EmptyAsync();
        var sessions = Of(workspace.Database, workspace);
        await sessions.BeginAsync(Session(workspace, "a", 1), null, Stop);
        Assert.False(await sessions.EndAsync(2, "a", Stop));
        Assert.Equal(0, await sessions.EndAllAsync(2, null, Stop));
        Assert.True(await sessions.IsOpenAsync("a", Stop));
    }

    [Fact]
    public async Task Sessions_EndedAllButOne_LeaveThatOne()
    {
        await using var workspace = await EmptyAsync();
        var sessions = Of(workspace.Database, workspace);
        foreach (var id in new[] { "a", "b", "c" })
            await sessions.BeginAsync(Session(workspace, id, 1), null, Stop);
        Assert.Equal(2, await sessions.EndAllAsync(1, "b", Stop));
        Assert.Equal("b", Assert.Single(await sessions.OfAsync(1, Stop)).Id);
        Assert.Equal(1, await sessions.EndAllAsync(1, null, Stop));
        Assert.Empty(await sessions.OfAsync(1, Stop));
    }

    [Fact]
    public async Task Session_AfterItsEnd_IsNeitherOpenNorListed()
    {
        await using var workspace = await EmptyAsync();
        var sessions = Of(workspace.Database, workspace);
        await sessions.BeginAsync(Session(workspace, "a", 1), null, Stop);
        workspace.Time.Advance(TimeSpan.FromHours(12));
        Assert.False(await sessions.IsOpenAsync("a", Stop));
        Assert.Empty(await sessions.OfAsync(1, Stop));
    }

    [Fact]
    public async Task Session_ThatIsUsed_OutlivesOneThatIsNot()
    {
        await using var workspace = await EmptyAsync();
        var sessions = new SessionStore(workspace.Database, TimeSpan.FromHours(2), workspace.Time);
        await sessions.BeginAsync(Session(workspace, "used", 1), null, Stop);
        await sessions.BeginAsync(Session(workspace, "unused", 1), null, Stop);
        workspace.Time.Advance(TimeSpan.FromMinutes(90));
        await sessions.TouchAsync("used", "192.0.2.1", Stop);
        workspace.Time.Advance(TimeSpan.FromMinutes(30));
        // Too late.
        await sessions.TouchAsync("unused", "192.0.2.1", Stop);
        Assert.Equal("used", Assert.Single(await sessions.OfAsync(1, Stop)).Id);
        Assert.True(await sessions.IsOpenAsync("used", Stop));
        Assert.False(await sessions.IsOpenAsync("unused", Stop));
    }

    [Fact]
    public async Task Sessions_OfOneAccount_AreBounded()
    {
        await using var workspace = await EmptyAsync();
        var sessions = Of(workspace.Database, workspace);
        for (var i = 0; i < SessionStore.AccountMax + 5; i++)
        {
            var id = i.ToString(CultureInfo.InvariantCulture);
            await sessions.BeginAsync(Session(workspace, id, 1), null, Stop);
            workspace.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(SessionStore.AccountMax, (await sessions.OfAsync(1, Stop)).Count);
        Assert.False(await sessions.IsOpenAsync("4", Stop));
        Assert.True(await sessions.IsOpenAsync("5", Stop));
    }

    [Fact]
    public async Task Networks_OfOneAccount_AreTheLatest()
    {
        await using var workspace = await EmptyAsync();
        var sessions = Of(workspace.Database, workspace);
        for (var i = 0; i <= SessionStore.NetworksMax; i++)
            await sessions.BeginAsync(
                Session(workspace, $"{i}", 1),
                string.Create(CultureInfo.InvariantCulture, $"192.0.2.{i}"),
                Stop
            );
        Assert.True(await sessions.IsNewNetworkAsync(1, "192.0.2.0", Stop));
        Assert.False(await sessions.IsNewNetworkAsync(1, "192.0.2.1", Stop));
        Assert.True(await sessions.IsNewNetworkAsync(2, "192.0.2.1", Stop));
        Assert.True(await sessions.IsNewNetworkAsync(1, null, Stop));
    }

    [Fact]
    public async Task Session_WhileTheWorkspaceDoesNotAnswer_IsBelievedForSecondsAndNoneBegins()
    {
        await using var workspace = await EmptyAsync();
        var sessions = Of(workspace.Database, workspace);
        await sessions.BeginAsync(Session(workspace, "a", 1), null, Stop);
        await workspace.ExecuteAsync("alter table session rename to session_away");

        workspace.Time.Advance(SessionStore.BelievedFor - TimeSpan.FromSeconds(1));
        Assert.True(await sessions.IsOpenAsync("a", Stop));
        await Assert.ThrowsAsync<LedgerException>(() => sessions.IsOpenAsync("b", Stop));
        await Assert.ThrowsAsync<LedgerException>(() => sessions.BeginAsync(Session(workspace, "b", 1), null, Stop));
        await Assert.ThrowsAsync<LedgerException>(() => sessions.EndAsync(1, "a", Stop));
        workspace.Time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<LedgerException>(() => sessions.IsOpenAsync("a", Stop));

        await workspace.ExecuteAsync("alter table session_away rename to session");
        Assert.True(await sessions.IsOpenAsync("a", Stop));
    }

    private static SessionStore Of(WorkspaceDatabase database, WorkspaceUnderTest workspace) =>
        new(database, IdleMax, workspace.Time);

    private static Session Session(WorkspaceUnderTest workspace, string id, long account) =>
        new(
            id,
            account,
            workspace.Time.GetUtcNow(),
            "192.0.2.1",
            "a browser",
            workspace.Time.GetUtcNow(),
            "192.0.2.1",
            workspace.Time.GetUtcNow().AddHours(12)
        );
}
