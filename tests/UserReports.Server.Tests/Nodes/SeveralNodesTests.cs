using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using UserReports.Feed;
using UserReports.Feed.Ledger;
using UserReports.Refresh.Following;
using UserReports.Server.Audit;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Server.Tests.Commands;
using UserReports.Server.Tests.Concealment;
using UserReports.Workspace;
using UserReports.Workspace.Nodes;

namespace UserReports.Server.Tests.Nodes;

/// <summary>Two nodes of one workspace know of each other, and answer for each other.</summary>
public sealed class SeveralNodesTests : IAsyncLifetime
{
    private static readonly (string, string)[] Concealing =
    [
        ("Access:Conceal", "names"),
        ("Access:Tags", $"support={People.Superuser.Name}"),
        ("Access:RevealTags", "support"),
    ];

    private readonly string name = $"nodes_{Guid.NewGuid():n}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Workspace =>
        new NpgsqlConnectionStringBuilder(SharedWorkspaceTests.Server) { Database = name }.ConnectionString;

    public async ValueTask InitializeAsync() =>
        await SharedWorkspaceTests.ExecuteAsync($"create database {name} template template0");

    public async ValueTask DisposeAsync() =>
        await SharedWorkspaceTests.ExecuteAsync($"drop database if exists {name} with (force)");

    [Fact]
    public async Task Audit_OfTwoNodes_IsOneFromEachAndNamesWhoDoesNotAnswer()
    {
        await using var one = await StartAsync("one", Concealing);
        var two = await StartAsync("two", [.. Concealing, ("AllowedHosts", "reports.example.org")]);
        await JoinAsync(one);
        await JoinAsync(two);
        foreach (var node in new[] { one, two })
        {
            using var read = await node.GetAsync(
                RunningServer.Root + "?q=email:secret@people.example.org",
                People.Superuser.TokenHeader
            );
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        }

        // The other one's records, too, and concealed for whoever looks.
        foreach (var node in new[] { one, two })
        {
            var (records, missing) = await AuditAsync(node, People.WithSecondFactor.TokenHeader);
            Assert.Null(missing);
            var reads = records.Where(record => record["q"] is not null).ToList();
            Assert.Equal(["one", "two"], reads.Select(record => (string?)record["node"]).Order());
            Assert.All(reads, read => Assert.DoesNotContain("secret@", read.ToJsonString(), StringComparison.Ordinal));
        }

        await two.DisposeAsync();
        var (left, named) = await AuditAsync(one, People.Superuser.TokenHeader);
        Assert.Equal("two", named);
        Assert.Equal(("node_missing", "two"), ((string?)left[0]["event"], (string?)left[0]["node"]));
        Assert.StartsWith(
            "it does not answer at http://",
            (string?)left[0]["asked"]!["reason"],
            StringComparison.Ordinal
        );
        // Also one that has stopped, or cannot be reached, has records that are missing.
        var nodes = one.Services.GetRequiredService<KnownNodes>();
        var told = (await nodes.AllAsync(Stop)).Single(node => node.Told.Name == "two").Told;
        await nodes.BeatAsync(told with { Address = null }, Stop);
        Assert.Equal("it has no address; set Node:Address there", await ReasonAsync(one));
        await nodes.LeaveAsync(told.Id, Stop);
        Assert.Equal("it has stopped", await ReasonAsync(one));
        // What came after its end it has no part in.
        var (none, _) = await AuditAsync(one, People.Superuser.TokenHeader, "?since=2200-01-01");
        Assert.Empty(none);
        var forgotten = await CommandRun.OfAsync("forget-node", "two", "--set", $"Workspace={Workspace}");
        Assert.Equal("The node two is forgotten.\n", forgotten.Output);
        var unknown = await CommandRun.OfAsync("forget-node", "two", "--set", $"Workspace={Workspace}");
        Assert.Equal(
            (1, "No node that is gone is called two. See: user-reports status\n"),
            (unknown.ExitCode, unknown.Error)
        );
        Assert.Null((await AuditAsync(one, People.Superuser.TokenHeader)).Missing);
    }

    [Fact]
    public async Task Audit_AskedForWithoutTheRingOfKeys_IsNotThere()
    {
        await using var one = await StartAsync("one");
        await using var stranger = await RunningServer.StartAsync([]);
        var question = new NodeQuestion(1, null, null, null, null, 10);
        foreach (var text in new[] { "", "x", stranger.Services.GetRequiredService<NodeQuestions>().Seal(question) })
        {
            using var refused = await one.GetAsync(NodeQuestions.Path, null, (NodeQuestions.Header, text));
            await AssertProblem.IsAsync(refused, 404, "not_found");
        }

        var own = one.Services.GetRequiredService<NodeQuestions>().Seal(question);
        using var answer = await one.GetAsync(NodeQuestions.Path, null, (NodeQuestions.Header, own));
        Assert.Equal("[]", await answer.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Reveal_GrantedOnOneNode_HoldsOnTheOtherUntilItEnds()
    {
        await using var one = await StartAsync("one", Concealing);
        await using var two = await StartAsync("two", Concealing);
        using (
            var begun = await one.SendAsync(
                HttpMethod.Post,
                RunningServer.Root + "reveals/",
                People.Superuser.TokenHeader,
                System.Net.Http.Json.JsonContent.Create(new { q = "", reason = "asked by phone" })
            )
        )
            Assert.Equal(HttpStatusCode.OK, begun.StatusCode);
        Assert.Equal("", await NamesAsync(two));
        using (
            await two.SendAsync(HttpMethod.Delete, RunningServer.Root + "reveals/", People.Superuser.TokenHeader, null)
        )
            Assert.Equal("names", await NamesAsync(one));

        // Without the workspace nobody knows of a reveal, so names are concealed.
        await SharedWorkspaceTests.ExecuteAsync($"drop database {name} with (force)");
        Assert.Equal("names", await NamesAsync(one));
    }

    [Fact]
    public async Task Follow_OnANodeThatDoesNotLead_IsTheLeaders()
    {
        await using var one = await StartAsync("one");
        var workspace = one.Services.GetRequiredService<WorkspaceDatabase>();
        // It has rows in files, so that it could not join later.
        var presence = one.Services.GetRequiredService<NodePresence>();
        await presence.BeatAsync(Stop);
        await using var leader = new WorkspaceDatabase(Workspace, TimeProvider.System, "leader");
        using var nodes = new KnownNodes(leader, TimeProvider.System);
        var state = new FollowState(
            [
                new(
                    "platform",
                    FollowMode.Feed,
                    TimeSpan.FromSeconds(2),
                    [new("accounts", TimeSpan.FromSeconds(5), "")],
                    null,
                    null,
                    null
                ),
            ],
            3,
            [new RequestedRun("platform", "odd", DateTimeOffset.UnixEpoch, ulong.MaxValue, null)],
            null,
            new(DateTimeOffset.UnixEpoch, 10, 1, [new("email", 1, DateTimeOffset.UnixEpoch)])
        );
        await nodes.BeatAsync(Told("leader") with { Following = NodeFollowing.Write(state) }, Stop);
        await presence.BeatAsync(Stop);

        var seen = presence.Follow;
        Assert.Equal((FollowMode.Feed, 3L), (seen.Mode, seen.Dirty));
        Assert.Equal(("odd", ulong.MaxValue), (seen.Runs[0].Reason, seen.Runs[0].Lsn));
        Assert.Equal("email", seen.Accuracy!.Fields[0].Path);
        // As much older as it was told ago.
        Assert.InRange(seen.Lag!.Value, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(2));
        one.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(presence.Follow.Lag > TimeSpan.FromMinutes(2));
        using var list = await one.GetAsync(RunningServer.Root, People.Superuser.TokenHeader);
        Assert.StartsWith("feed; lag=12", Assert.Single(list.Headers.GetValues("X-Follow")), StringComparison.Ordinal);
        // What a node of another version tells in its own way is not guessed at.
        await nodes.BeatAsync(Told("leader") with { Following = "[1]" }, Stop);
        await presence.BeatAsync(Stop);
        Assert.Equal(FollowMode.Off, presence.Follow.Mode);
        Assert.False(workspace.Leadership.IsLeading);
    }

    /// <summary>A row must not depend on the node that computed it.</summary>
    [Fact]
    public async Task Run_OfALeaderThatComputesOtherwise_IsNotJoined()
    {
        await using var one = await StartAsync("one");
        await using var leader = new WorkspaceDatabase(Workspace, TimeProvider.System, "leader");
        using var nodes = new KnownNodes(leader, TimeProvider.System);
        var presence = one.Services.GetRequiredService<NodePresence>();
        Assert.False(await MayJoinAsync(null));
        var alike = Told("leader") with
        {
            Version = OwnVersion.Text,
            RulesDigest = NodeSettings.RulesDigestOf(one.Services.GetRequiredService<ServerSettings>()),
            Following = "{}",
        };
        Assert.True(await MayJoinAsync(alike));
        Assert.False(await MayJoinAsync(alike with { Version = "0" }));
        Assert.False(await MayJoinAsync(alike with { RulesDigest = "other" }));
        Assert.False(await MayJoinAsync(alike with { LimitsDigest = "other" }));
        Assert.False(await MayJoinAsync(alike with { Following = null }));

        async Task<bool> MayJoinAsync(NodeHeartbeat? told)
        {
            if (told is not null)
                await nodes.BeatAsync(told, Stop);
            await presence.BeatAsync(Stop);
            return presence.MayJoinRuns;
        }
    }

    [Fact]
    public async Task Runs_OfANode_NameAllNodesAndWhatIsWrongBetweenThem()
    {
        await using var one = await StartAsync("one");
        await one.Services.GetRequiredService<NodePresence>().BeatAsync(Stop);
        var nodes = one.Services.GetRequiredService<KnownNodes>();
        await nodes.BeatAsync(Told("gone") with { Version = OwnVersion.Text }, Stop);
        await SharedWorkspaceTests.ExecuteAsync("update node set seen_at = 0 where name = 'gone'", Workspace);
        var run = Guid.NewGuid();
        await nodes.BeatAsync(Told("two") with { Run = run }, Stop);
        var page = await RunsAsync(one);
        Assert.Equal(
            [("one", "live", true, null), ("two", "live", false, run.ToString()), ("gone", "gone", false, null)],
            page["nodes"]!
                .AsArray()
                .Select(node =>
                    (
                        (string?)node!["name"],
                        (string?)node["status"],
                        (bool)node["is_this_node"]!,
                        (string?)node["works_on"]
                    )
                )
        );
        var warnings = page["node_warnings"]!.AsArray().Select(warning => (string)warning!).ToList();
        Assert.Contains(
            warnings,
            warning => warning.StartsWith("the nodes one and two run different", StringComparison.Ordinal)
        );

        // Runs are told also while nobody knows of nodes.
        await SharedWorkspaceTests.ExecuteAsync($"drop database {name} with (force)");
        var without = await RunsAsync(one);
        Assert.Null(without["nodes"]);
        Assert.Null(without["leader"]);
    }

    [Fact]
    public async Task Check_OfASharedWorkspace_SaysWhatIsWrongBetweenNodes()
    {
        await using var one = await StartAsync("one");
        await using var database = new WorkspaceDatabase(Workspace, TimeProvider.System);
        using var nodes = new KnownNodes(database, TimeProvider.System);
        await nodes.JoinAsync(Told("one"), Stop);
        await nodes.JoinAsync(Told("other") with { Name = "one", LimitsDigest = "ab" }, Stop);
        var run = await CommandRun.OfAsync(
            "check",
            "--format",
            "json",
            "--set",
            $"Workspace={Workspace}",
            "--set",
            $"Store=Data Source={one.Folder}/none/reports.duckdb",
            "--set",
            $"Sources:Platform=Data Source={one.Folder}/platform.db",
            "--set",
            $"Sources:Usage=Data Source={one.Folder}/usage.db"
        );
        var lines = JsonNode
            .Parse(run.Output)!
            .AsArray()
            .Where(line => (string?)line!["where"] is "nodes")
            .Select(line => $"{line!["result"]} {line["subject"]} {line["message"]}")
            .ToList();
        Assert.Equal("ok live 2 nodes of 2 that are known: one, one", lines[0]);
        Assert.Equal(
            "warning names 2 nodes are called one, so nobody can tell them apart. Give each its own Node:Name.",
            lines[1]
        );
        Assert.Contains(
            "warning limits the file of limits (Limits:File) of one and those here differ; give all nodes the same",
            lines
        );
        Assert.Contains(
            "warning settings the settings that decide what reports say of one, one and those here differ; give all nodes the same",
            lines
        );
    }

    [Fact]
    public async Task Start_BesideANodeWithFilesOfItsOwn_IsRefused()
    {
        await using var one = await StartAsync("one");
        await using var two = await StartAsync("two");
        await one.Services.GetRequiredService<KnownNodes>().JoinAsync(Told("one") with { HasFiles = true }, Stop);
        var starting = two.Services.GetRequiredService<NodePresence>().StartAsync(Stop);
        while (!starting.IsCompleted)
        {
            await one.Services.GetRequiredService<KnownNodes>().BeatAsync(Told("one") with { HasFiles = true }, Stop);
            two.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(starting, Task.Delay(10, Stop));
        }

        var refused = await Assert.ThrowsAsync<NodeRefusedException>(() => starting);
        Assert.StartsWith(
            "The node one serves this workspace already, and it keeps its rows",
            refused.Message,
            StringComparison.Ordinal
        );
    }

    private static NodeHeartbeat Told(string node) => new(node, node, null, "1.0", false, "rules");

    private Task<RunningServer> StartAsync(string node, params (string, string)[] settings) =>
        RunningServer.StartAsync(
            MarkedReports.Make(3),
            [("Workspace", Workspace), ("Node:Name", node), ("Limits:File", ""), .. settings]
        );

    /// <summary>Where it listens is known once it does.</summary>
    private static Task JoinAsync(RunningServer server)
    {
        var self = server.Services.GetRequiredService<AuditNode>();
        return server
            .Services.GetRequiredService<KnownNodes>()
            .JoinAsync(new(self.Id, self.Name, server.Address.ToString().TrimEnd('/'), "1.0", false, "rules"), Stop);
    }

    private static async Task<string> ReasonAsync(RunningServer server) =>
        (string)(await AuditAsync(server, People.Superuser.TokenHeader)).Records[0]["asked"]!["reason"]!;

    private static async Task<(List<JsonNode> Records, string? Missing)> AuditAsync(
        RunningServer server,
        string authorization,
        string parameters = ""
    )
    {
        using var answer = await server.GetAsync(RunningServer.Root + "audit/" + parameters, authorization);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var records = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!.AsArray();
        return (
            [.. records.Select(record => record!)],
            answer.Headers.TryGetValues("X-Missing-Nodes", out var missing) ? missing.Single() : null
        );
    }

    private static async Task<string> NamesAsync(RunningServer server)
    {
        using var answer = await server.GetAsync(RunningServer.Root + "?limit=1", People.Superuser.TokenHeader);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.TryGetValues("X-Concealed", out var names) ? names.Single() : "";
    }

    private static async Task<JsonNode> RunsAsync(RunningServer server)
    {
        using var answer = await server.GetAsync(RunningServer.Root + "runs/", People.Superuser.TokenHeader);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!;
    }
}
