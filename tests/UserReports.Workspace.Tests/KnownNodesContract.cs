using UserReports.Workspace.Nodes;

namespace UserReports.Workspace.Tests;

public abstract class KnownNodesContract<TMaker> : WorkspaceContract<TMaker>
    where TMaker : IWorkspaceMaker
{
    internal static NodeHeartbeat Node(string name, bool hasFiles = false) =>
        new($"id of {name}", name, $"http://{name}:8080", "1.0", hasFiles, "rules");

    [Fact]
    public async Task Node_FromItsStartToItsEnd_IsKnownAsItTells()
    {
        await using var workspace = await EmptyAsync();
        using var nodes = new KnownNodes(workspace.Database, workspace.Time);
        var one = Node("one");
        await nodes.JoinAsync(one, Stop);
        var started = Assert.Single(await nodes.AllAsync(Stop));
        Assert.Equal((one, true, false), (started.Told, started.IsLive, started.HasStopped));

        var busy = one with { Run = Guid.NewGuid(), Following = "{}", LimitsDigest = "ab", Version = "1.1" };
        await nodes.BeatAsync(busy, Stop);
        var seen = Assert.Single(await nodes.AllAsync(Stop));
        Assert.Equal(busy, seen.Told);
        Assert.Equal(started.StartedAt, seen.StartedAt);
        Assert.True(seen.SeenAt >= started.SeenAt);

        await nodes.LeaveAsync(one.Id, Stop);
        var left = Assert.Single(await nodes.AllAsync(Stop));
        Assert.Equal(
            (busy with { Run = null, Following = null }, false, true),
            (left.Told, left.IsLive, left.HasStopped)
        );
        // Started again it is the same node, under whichever name.
        await nodes.JoinAsync(one with { Name = "renamed" }, Stop);
        var again = Assert.Single(await nodes.AllAsync(Stop));
        Assert.Equal(("renamed", true), (again.Told.Name, again.IsLive));
        Assert.Equal(started.FirstSeenAt, again.FirstSeenAt);
    }

    [Fact]
    public async Task Node_ThatMissesItsHeartbeats_IsGoneAndCanBeForgotten()
    {
        await using var workspace = await EmptyAsync();
        using var nodes = new KnownNodes(workspace.Database, workspace.Time);
        await nodes.JoinAsync(Node("one"), Stop);
        Assert.False(await nodes.ForgetAsync("one", Stop));
        await workspace.ExecuteAsync($"update node set seen_at = seen_at - {KnownNodes.GoneAfter.TotalMicroseconds:0}");
        Assert.Equal(
            (false, false),
            ((await nodes.AllAsync(Stop))[0].IsLive, (await nodes.AllAsync(Stop))[0].HasStopped)
        );
        await nodes.ForgetAsync(TimeSpan.FromHours(1), Stop);
        Assert.Single(await nodes.AllAsync(Stop));
        Assert.True(await nodes.ForgetAsync("one", Stop));
        Assert.Empty(await nodes.AllAsync(Stop));
        await nodes.BeatAsync(Node("one"), Stop);
        await workspace.ExecuteAsync("update node set seen_at = seen_at - 7200000000");
        await nodes.ForgetAsync(TimeSpan.FromHours(1), Stop);
        Assert.Empty(await nodes.AllAsync(Stop));
    }
}

/// <summary>Rows in files are one node's alone, and so is a workspace in a file.</summary>
public sealed class NodeRefusalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        true,
        false,
        "it keeps its rows in files of its own, which no other node can read. Set Store there to the shared store"
    )]
    [InlineData(
        false,
        true,
        "this one would keep its rows in files of its own, which no other node can read. Set Store to the shared store"
    )]
    public async Task Node_WhereOneHasFilesOfItsOwn_IsRefusedAsSoonAsTheOtherIsKnownToLive(
        bool firstHasFiles,
        bool secondHasFiles,
        string words
    )
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        using var nodes = new KnownNodes(workspace.Database, workspace.Time);
        var first = KnownNodesContract<TemporaryDatabase>.Node("first", firstHasFiles);
        var second = KnownNodesContract<TemporaryDatabase>.Node("second", secondHasFiles);
        await nodes.JoinAsync(first, Stop);
        var joining = nodes.JoinAsync(second, Stop);
        while (!joining.IsCompleted)
        {
            await nodes.BeatAsync(first, Stop);
            workspace.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(joining, Task.Delay(10, Stop));
        }

        var refused = await Assert.ThrowsAsync<NodeRefusedException>(() => joining);
        Assert.Equal(
            $"The node first serves this workspace already, and {words} (Host=…), give this node a workspace of its own, or stop that one.",
            refused.Message
        );
        Assert.Equal("first", Assert.Single(await nodes.AllAsync(Stop)).Told.Name);
    }

    /// <summary>Who was killed does not say goodbye; nobody waits for ever.</summary>
    [Fact]
    public async Task Node_WithFiles_WaitsForOneThatWasKilledAndTakesItsPlace()
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        using var nodes = new KnownNodes(workspace.Database, workspace.Time);
        await nodes.JoinAsync(KnownNodesContract<TemporaryDatabase>.Node("killed", true), Stop);
        var joining = nodes.JoinAsync(KnownNodesContract<TemporaryDatabase>.Node("next", true), Stop);
        Assert.NotSame(joining, await Task.WhenAny(joining, Task.Delay(50, Stop)));
        await workspace.ExecuteAsync($"update node set seen_at = seen_at - {KnownNodes.GoneAfter.TotalMicroseconds:0}");
        while (!joining.IsCompleted)
        {
            workspace.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(joining, Task.Delay(10, Stop));
        }

        await joining;
        Assert.Equal(["next", "killed"], (await nodes.AllAsync(Stop)).Select(node => node.Told.Name));
    }

    [Fact]
    public async Task Node_OnAFileThatAnotherOneUses_IsRefusedAtOnce()
    {
        await using var workspace = await TemporaryFile.MakeAsync();
        await using var other = workspace.Open("other");
        using (var nodes = new KnownNodes(workspace.Database, workspace.Time))
        {
            await nodes.JoinAsync(KnownNodesContract<TemporaryFile>.Node("one"), Stop);
            using var late = new KnownNodes(other, workspace.Time);
            var refused = await Assert.ThrowsAsync<NodeRefusedException>(() =>
                late.JoinAsync(KnownNodesContract<TemporaryFile>.Node("two"), Stop)
            );
            Assert.StartsWith(
                $"Another node uses the workspace {workspace.Place}, and a file is for one: ",
                refused.Message,
                StringComparison.Ordinal
            );
        }

        using var next = new KnownNodes(other, workspace.Time);
        await next.JoinAsync(KnownNodesContract<TemporaryFile>.Node("two"), Stop);
    }
}

/// <summary>What is wrong with nodes beside each other, in words.</summary>
public sealed class NodeWarningsTests
{
    private static readonly KnownNode One = Known("one");

    public static TheoryData<KnownNode, string, string?> Others =>
        new()
        {
            { Known("two"), "names", null },
            {
                Known("ONE"),
                "names",
                "2 nodes are called one, so nobody can tell them apart. Give each its own Node:Name."
            },
            {
                Known("two") with
                {
                    ClockAhead = TimeSpan.FromSeconds(-7),
                },
                "clock",
                "the clock of two and that of the workspace's server differ by 7 s. Have both set by NTP."
            },
            {
                Told(node => node with { Version = "2.0" }),
                "versions",
                "the nodes one and two run different versions, and only those of the leader's compute a run's ranges. Upgrade the rest."
            },
            {
                Told(node => node with { LimitsDigest = "ab" }),
                "limits",
                "the nodes one and two have different files of limits, and only those with the leader's compute a run's ranges. Give all the same Limits:File."
            },
            {
                Told(node => node with { RulesDigest = "other" }),
                "settings",
                "the nodes one and two have different settings that decide what reports say (Reports:RetentionDays, Reports:AnonymousUserId, Stripe:Enabled, and whether there is a Limits:File). Give all the same."
            },
            { Told(node => node with { Version = "2.0" }) with { HasStopped = true }, "versions", null },
        };

    [Theory]
    [MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public void Warning_OfTwoNodes_SaysWhatToMend(KnownNode two, string subject, string? words) =>
        Assert.Equal(words is null ? [] : [new NodeWarning(subject, words)], NodeWarnings.Of([One, two]));

    private static KnownNode Told(Func<NodeHeartbeat, NodeHeartbeat> change) =>
        Known("two") is var two ? two with { Told = change(two.Told) } : two;

    private static KnownNode Known(string name) =>
        new(
            KnownNodesContract<TemporaryFile>.Node(name),
            WorkspaceUnderTest.Now,
            WorkspaceUnderTest.Now,
            WorkspaceUnderTest.Now,
            TimeSpan.Zero,
            false,
            TimeSpan.Zero
        );
}
