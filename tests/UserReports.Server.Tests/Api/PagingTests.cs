using System.Text.Json;
using UserReports.Testing;

namespace UserReports.Server.Tests.Api;

/// <summary>What earlier clients send, and pages that are not there.</summary>
public sealed class PagingTests
{
    [Fact]
    public async Task List_AskedAsEarlierClientsDo_IsTheDefaultOne()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(150));
        var plain = await JsonAsync(server, RunningServer.Root);
        Assert.Equal(100, plain.GetProperty("results").GetArrayLength());
        foreach (
            var query in new[] { "?_=123", "?_=1&_=2&limit=100", "?limit=0", "?page_size=0", "?page_size=0&page=1" }
        )
        {
            Assert.Equal(
                plain.GetProperty("results").GetRawText(),
                (await JsonAsync(server, RunningServer.Root + query)).GetProperty("results").GetRawText()
            );
        }
    }

    [Fact]
    public async Task CacheBuster_OnEveryRoute_IsTaken()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        foreach (var (route, (path, status)) in Access.RouteAccessTests.Closed)
        {
            using var answer = await server.SendAsync(
                new(route.Split(' ')[0]),
                path + (path.Contains('?', StringComparison.Ordinal) ? "&_=1" : "?_=1"),
                People.Superuser.TokenHeader,
                null
            );
            Assert.True(status == (int)answer.StatusCode, $"{route}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Previous_OfAPagePastTheEnd_IsTheLastOne()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(25));
        var count = (await JsonAsync(server, RunningServer.Root)).GetProperty("count").GetInt32();
        var last = (count - 1) / 10 * 10;
        foreach (
            var (query, previous) in new (string, string?)[]
            {
                ("?limit=10&start=1000", $"start={last}"),
                ($"?limit=10&offset={count}", $"offset={last}"),
                ("?limit=10&start=1000&count=false", $"start={last}"),
                ("?page_size=10&page=99", $"page={last / 10 + 1}"),
                ($"?limit={count}&start={count + 5}", "start=0"),
                ($"?limit=10&start={count - 1}", $"start={count - 11}"),
                ("?limit=10&start=5&q=username:nobody-has-this-name", null),
                ("?limit=10&start=0", null),
            }
        )
        {
            var link = (await JsonAsync(server, RunningServer.Root + query)).GetProperty("previous").GetString();
            if (previous is null)
            {
                Assert.Null(link);
                continue;
            }

            Assert.Contains(previous, new Uri(link!).Query.TrimStart('?').Split('&'));
            var page = await JsonAsync(server, new Uri(link!).PathAndQuery);
            Assert.NotEqual(0, page.GetProperty("results").GetArrayLength());
        }
    }

    [Fact]
    public async Task Previous_OfACursorWhoseRowsAreGone_LeadsToThoseThatAreLeft()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(25));
        var first = await JsonAsync(server, RunningServer.Root + "?limit=20&cursor=");
        var kept = first
            .GetProperty("results")
            .EnumerateArray()
            .Take(5)
            .Select(row => row.GetProperty("username").GetString());
        await server.RefreshAsync([.. SampleReports.Make(25).Where(report => kept.Contains(report.Account.Username))]);
        var past = await JsonAsync(server, PathOf(first, "next"));
        Assert.Equal(0, past.GetProperty("results").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, past.GetProperty("next").ValueKind);
        var left = await JsonAsync(server, PathOf(past, "previous"));
        Assert.NotEqual(0, left.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Previous_OfRunsPastTheEnd_IsTheLastPage()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        var runs = await JsonAsync(server, RunningServer.Root + "runs/?limit=2&start=50");
        Assert.EndsWith("start=0", runs.GetProperty("previous").GetString(), StringComparison.Ordinal);
    }

    private static string PathOf(JsonElement page, string name) =>
        new Uri(page.GetProperty(name).GetString()!).PathAndQuery;

    private static async Task<JsonElement> JsonAsync(RunningServer server, string path)
    {
        using var answer = await server.GetAsync(path, People.Superuser.TokenHeader);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }
}
