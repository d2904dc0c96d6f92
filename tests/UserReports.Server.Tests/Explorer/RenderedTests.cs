using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using UserReports.Feed;
using UserReports.Refresh.Following;
using UserReports.Server.Api.Runs;
using UserReports.Server.Explorer.Following;
using UserReports.Server.Explorer.Reading;
using UserReports.Server.Explorer.Runs;
using UserReports.Sources;
using UserReports.Sources.Load;
using UserReports.Testing;

namespace UserReports.Server.Tests.Explorer;

/// <summary>What parts of the explorer say of states that take hours, or several machines, to come about.</summary>
public sealed partial class RenderedTests
{
    private static readonly DateTimeOffset Now = SampleReports.Now;
    private static readonly NodeEntry Node = new("one", null, "1.0", Now, Now, "live", true, true, null);

    [Fact]
    public async Task Follow_Off_SaysWhatThatMeans() =>
        Assert.Contains("The sources are not followed (Refresh:Follow is off)", await FollowAsync(FollowState.Off));

    [Theory]
    [InlineData(FollowMode.Off, null, "platform: not followed yet")]
    [InlineData(FollowMode.Feed, null, "platform: told by the change feed")]
    [InlineData(FollowMode.Feed, 2, "platform: told by the change feed, 2 s behind")]
    [InlineData(FollowMode.Poll, null, "platform: polled")]
    [InlineData(FollowMode.Poll, 40, "platform: polled, 40 s behind")]
    public async Task Follow_ADatabase_IsSaidInWords(FollowMode mode, int? lag, string said)
    {
        TimeSpan? behind = lag is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        var state = FollowState.Off with { Databases = [new("platform", mode, behind, [], null, null, null)] };

        Assert.Contains(said, await FollowAsync(state));
    }

    [Fact]
    public async Task Follow_WithTroubleOfEveryKind_TellsAllOfIt()
    {
        var often = TimeSpan.FromSeconds(2);
        var state = new FollowState(
            [
                new(
                    "usage",
                    FollowMode.Poll,
                    null,
                    [new("counters of today", often, "An index serves it."), new("e-mails", null, "None does.")],
                    "wal_level is replica.",
                    "It does not answer.",
                    "The slot was dropped."
                ),
            ],
            3,
            [new("usage", "The table was emptied.", Now, 0, null)],
            "The disk is full.",
            new(Now.AddHours(-1), 200, 1, [new("last_login", 1, Now.AddHours(-2))])
        );

        var said = await FollowAsync(state);

        Assert.Contains("It does not answer.", said);
        Assert.Contains("Why not by the change feed: wal_level is replica.", said);
        Assert.Contains("Following began anew: The slot was dropped.", said);
        Assert.Contains("1 question, 1 not asked", said);
        Assert.Contains("counters of today: every 2 s. An index serves it.", said);
        Assert.Contains("e-mails: not asked. None does.", said);
        Assert.Contains("3 accounts and organisations wait to be computed anew.", said);
        Assert.Contains("Nothing is computed just now: The disk is full.", said);
        Assert.Contains("A refresh of everything is asked for: The table was emptied.", said);
        Assert.Contains("200 rows computed anew 60 min ago for comparison: 1 row differs.", said);
        Assert.Contains("last_login: 1 row, since", said);
    }

    [Fact]
    public async Task Follow_EveryComparedRowIsRight_SaysSo() =>
        Assert.Contains(
            "200 rows computed anew just now for comparison: none differs.",
            await FollowAsync(FollowState.Off with { Accuracy = new(Now, 200, 0, []) })
        );

    [Fact]
    public async Task Nodes_OfEveryKind_AreToldApart()
    {
        var other = Node with { IsThisNode = false, IsLeader = false };
        var nodes = new NodesEntry(
            new("one", Now, true),
            [
                Node with
                {
                    WorksOn = Guid.NewGuid(),
                },
                other with
                {
                    Name = "two",
                    WorksOn = Guid.NewGuid(),
                },
                other with
                {
                    Name = "three",
                },
                other with
                {
                    Name = "four",
                    Status = "gone",
                    SeenAt = Now.AddHours(-3),
                },
                other with
                {
                    Name = "five",
                    Status = "stopped",
                },
            ],
            ["four is of another version."]
        );

        var said = await TextAsync<NodesTable>(new() { ["Nodes"] = nodes });

        Assert.Contains("Four is of another version.", said);
        Assert.Contains("one (this one) leads, refreshes 1.0", said);
        Assert.Contains("two refreshes 1.0", said);
        Assert.Contains("three answers 1.0", said);
        Assert.Contains("four gone without a word 1.0", said);
        Assert.Contains("five has stopped 1.0", said);
    }

    [Fact]
    public async Task Nodes_WorkspaceIsAway_SaysThatTheyAreNotKnown()
    {
        Assert.Contains("the workspace does not answer", await TextAsync<NodesTable>(new() { ["Nodes"] = null }));
        var alone = new NodesEntry(new("one", Now, true), [Node], []);
        Assert.Equal("", await TextAsync<NodesTable>(new() { ["Nodes"] = alone }));
    }

    private static Task<string> FollowAsync(FollowState state) =>
        TextAsync<FollowNotice>(
            new()
            {
                ["State"] = state,
                ["Load"] = new SourceLoad(new SourceSettings("", ""), TimeProvider.System),
                ["Now"] = Now,
            }
        );

    private static async Task<string> TextAsync<T>(Dictionary<string, object?> parameters)
        where T : IComponent
    {
        await using var services = new ServiceCollection().AddLogging().AddScoped<Reader>().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString()
        );
        return Blanks().Replace(WebUtility.HtmlDecode(Tags().Replace(html, "")), " ").Trim();
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
