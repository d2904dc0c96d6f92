using UserReports.Workspace.Reveals;

namespace UserReports.Workspace.Tests;

public abstract class RevealStoreContract<TMaker> : WorkspaceContract<TMaker>
    where TMaker : IWorkspaceMaker
{
    private static readonly RevealOwner Owner = new(1, "anna", "session 1");

    [Fact]
    public async Task Reveal_GrantedOnOneNode_HoldsOnAllUntilItEndsOnAny()
    {
        await using var workspace = await EmptyAsync();
        await using var database = workspace.Open();
        var (one, other) = (
            new RevealStore(workspace.Database, workspace.Time),
            new RevealStore(database, workspace.Time)
        );
        var reveal = Reveal("a", "query x", 15);
        await one.BeginAsync(Owner, reveal, Stop);
        Assert.Equal([reveal], await other.OfAsync(Owner, Stop));
        // Good for who it was granted to, with what they signed in with, alone.
        foreach (
            var stranger in new[]
            {
                Owner with
                {
                    Account = 2,
                },
                Owner with
                {
                    Username = "ben",
                },
                Owner with
                {
                    Credential = "token 1",
                },
            }
        )
        {
            Assert.Empty(await other.OfAsync(stranger, Stop));
            Assert.False(await other.EndAsync(stranger, reveal.Id, Stop));
        }

        Assert.True(await other.EndAsync(Owner, reveal.Id, Stop));
        Assert.Empty(await one.OfAsync(Owner, Stop));
        Assert.False(await one.EndAsync(Owner, null, Stop));
    }

    [Fact]
    public async Task Reveal_WhoseTimeIsOver_IsNoMore()
    {
        await using var workspace = await EmptyAsync();
        var reveals = new RevealStore(workspace.Database, workspace.Time);
        await reveals.BeginAsync(Owner, Reveal("a", "query x", 15), Stop);
        await reveals.BeginAsync(Owner, Reveal("b", "query y", 20), Stop);
        await reveals.BeginAsync(Owner, Reveal("c", "query x", 25), Stop);
        // One of the same target takes the place of the one before.
        Assert.Equal(["b", "c"], (await reveals.OfAsync(Owner, Stop)).Select(reveal => reveal.Id));
        workspace.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(["c"], (await reveals.OfAsync(Owner, Stop)).Select(reveal => reveal.Id));
    }

    [Fact]
    public async Task Reveals_OfWhichThereAreTooMany_EndFromTheOldestOn()
    {
        await using var workspace = await EmptyAsync();
        var reveals = new RevealStore(workspace.Database, workspace.Time);
        for (var i = 0; i < RevealStore.PerOwnerMax; i++)
            await reveals.BeginAsync(
                Owner,
                Reveal($"{i:000}", $"query {i}", 15) with
                {
                    StartedAt = WorkspaceUnderTest.Now.AddSeconds(i),
                },
                Stop
            );
        Assert.Equal(RevealStore.PerOwnerMax, (await reveals.OfAsync(Owner, Stop)).Count);
        await reveals.BeginAsync(
            Owner,
            Reveal("new", "query new", 15) with
            {
                StartedAt = WorkspaceUnderTest.Now.AddHours(1),
            },
            Stop
        );
        var kept = await reveals.OfAsync(Owner, Stop);
        Assert.Equal((RevealStore.PerOwnerMax, "new", "001"), (kept.Count, kept[0].Id, kept[^1].Id));
        Assert.True(await reveals.EndAsync(Owner, null, Stop));
        Assert.Empty(await reveals.OfAsync(Owner, Stop));
    }

    private static StoredReveal Reveal(string id, string target, int minutes) =>
        new(id, null, null, "x", target, "why", WorkspaceUnderTest.Now, WorkspaceUnderTest.Now.AddMinutes(minutes));
}
