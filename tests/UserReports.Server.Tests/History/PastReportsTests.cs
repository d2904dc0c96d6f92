using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using UserReports.Testing;

namespace UserReports.Server.Tests.History;

/// <summary>Questions of a day that is past, over HTTP.</summary>
public sealed class PastReportsTests(PastReportsTests.TwoDays shared) : IClassFixture<PastReportsTests.TwoDays>
{
    private const int Then = 25;
    private const int Now = 10;
    private const string Root = RunningServer.Root;

    private static readonly string First = Day(SampleReports.Now);
    private static readonly string Second = Day(SampleReports.Now.AddDays(1));

    private RunningServer Server => shared.Server;

    [Fact]
    public async Task List_AtADay_IsAnsweredFromItsSnapshot()
    {
        using var answer = await AskAsync($"?at={First}&limit=100&ordering=email");

        var page = await JsonAsync(answer);
        Assert.Equal(Then, page.GetProperty("count").GetInt64());
        Assert.Equal(shared.Then, Rows(page));
        Assert.StartsWith(First, answer.Headers.GetValues("X-Snapshot-At").Single(), StringComparison.Ordinal);
        Assert.Equal(Now, (await JsonAsync(await AskAsync("?limit=1"))).GetProperty("count").GetInt64());
        using var newest = await AskAsync($"?at={Second}&limit=1");
        Assert.Equal(Now, (await JsonAsync(newest)).GetProperty("count").GetInt64());
        Assert.False((await AskAsync("?limit=1")).Headers.Contains("X-Snapshot-At"));
    }

    [Fact]
    public async Task List_AtAnInstant_IsTheLastSnapshotUntilThen()
    {
        var second = SampleReports.Now.AddDays(1);
        foreach (
            var (at, rows) in new[]
            {
                (second.AddSeconds(-1), Then),
                (second, Now),
                (second.AddYears(1), Now),
                (SampleReports.Now, Then),
            }
        )
        {
            using var answer = await AskAsync($"?limit=1&at={at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
            Assert.Equal(rows, (await JsonAsync(answer)).GetProperty("count").GetInt64());
        }
    }

    [Theory]
    [InlineData("?cursor=&limit=7")]
    [InlineData("?limit=7")]
    [InlineData("?page=1&page_size=7")]
    public async Task List_PagedAtADay_StaysOnItsSnapshot(string first)
    {
        List<string> met = [];
        // By the name of a day that goes on, so that what answers could change meanwhile.
        var next = $"{Root}{first}&ordering=email&at={First}";
        while (next is not null)
        {
            using var answer = await Server.GetAsync(next, People.Superuser.TokenHeader);
            var page = await JsonAsync(answer);
            met.AddRange(Rows(page));
            next = page.GetProperty("next").GetString();
            Assert.True(next is null || next.Contains($"at={First}T", StringComparison.Ordinal), next);
        }

        Assert.Equal(shared.Then, met);
    }

    [Fact]
    public async Task List_CursorOfAnotherState_IsRefused()
    {
        var ofThen = Cursor(await JsonAsync(await AskAsync($"?cursor=&limit=3&at={First}")));
        var ofNow = Cursor(await JsonAsync(await AskAsync("?cursor=&limit=3")));

        foreach (
            var (question, fault) in new[]
            {
                ($"?cursor={ofNow}&limit=3&at={First}", "query, ordering or snapshot"),
                ($"?cursor={ofThen}&limit=3&at={Second}", "query, ordering or snapshot"),
                ($"?cursor={ofThen}&limit=3", "query or ordering"),
            }
        )
        {
            using var answer = await AskAsync(question);
            var problem = await AssertProblem.IsAsync(answer, 400, "bad_cursor");
            Assert.Contains(fault, problem.GetRawText(), StringComparison.Ordinal);
        }

        static string Cursor(JsonElement page) =>
            page.GetProperty("next").GetString()!.Split("cursor=")[1].Split('&')[0];
    }

    [Fact]
    public async Task List_AskedForInABody_TakesAtThereToo()
    {
        using var body = JsonContent.Create(new { at = First, limit = 1 });
        using var answer = await Server.SendAsync(HttpMethod.Post, $"{Root}query/", People.Superuser.TokenHeader, body);

        Assert.Equal(Then, (await JsonAsync(answer)).GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task Account_Summary_Export_AtADay_AreOfThatDay()
    {
        var uid = JsonElement
            .Parse(shared.Then.Last(row => !row.Contains("\"user_uid\":null", StringComparison.Ordinal)))
            .GetProperty("user_uid")
            .GetString();
        using var account = await AskAsync($"{uid}/?at={First}");
        Assert.Equal(uid, (await JsonAsync(account))[0].GetProperty("user_uid").GetString());
        using var unknown = await AskAsync($"nobody/?at={First}");
        await AssertProblem.IsAsync(unknown, 404, "not_found");
        using var summary = await AskAsync($"summary/?metrics=count&at={First}");
        Assert.Equal(
            Then,
            (await JsonAsync(summary)).GetProperty("total").GetProperty("values").GetProperty("count").GetInt64()
        );
        using var export = await AskAsync($"export/?format=ndjson&ordering=email&at={First}");
        Assert.Equal(
            shared.Then,
            (await export.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
        foreach (var answer in (HttpResponseMessage[])[account, summary, export])
            Assert.StartsWith(First, answer.Headers.GetValues("X-Snapshot-At").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("summary/")]
    [InlineData("export/")]
    [InlineData("u1/")]
    public async Task EveryRoute_BeforeTheFirstSnapshot_NamesTheDaysThereAre(string route)
    {
        using var answer = await AskAsync($"{route}?at=2020-02-29");

        var problem = await AssertProblem.IsAsync(answer, 404, "no_history");
        Assert.Equal(
            $"There is no snapshot so early. There are {Second}, {First}.",
            problem.GetProperty("detail").GetString()
        );
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2026-02-30")]
    [InlineData("2026-11")]
    [InlineData("9999-12-31")]
    [InlineData("")]
    public async Task List_AtIsNeitherDayNorInstant_NamesTheParameter(string at)
    {
        using var answer = await AskAsync($"?at={at}");

        var problem = await AssertProblem.IsAsync(answer, 400, "bad_parameter");
        var fault = problem.GetProperty("errors")[0];
        Assert.Equal("at", fault.GetProperty("parameter").GetString());
        Assert.Contains(
            "must be a day or an instant",
            fault.GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task List_AtWithMaxStaleness_IsRefused()
    {
        using var answer = await AskAsync($"?at={First}&max_staleness=5m");

        var problem = await AssertProblem.IsAsync(answer, 400, "bad_parameter");
        Assert.Equal("max_staleness", problem.GetProperty("errors")[0].GetProperty("parameter").GetString());
    }

    [Fact]
    public async Task List_AskedAgainAtTheSameDay_IsNotModified()
    {
        using var first = await AskAsync($"?at={First}&limit=2");
        var tag = first.Headers.ETag!.ToString();

        using var again = await Server.GetAsync(
            $"{Root}?at={First}&limit=2",
            People.Superuser.TokenHeader,
            ("If-None-Match", tag)
        );

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task Snapshots_AreListedWithWhyTheyAreKept()
    {
        using var answer = await AskAsync("snapshots/");

        var days = (await JsonAsync(answer)).EnumerateArray().ToList();
        Assert.Equal([Second, First], days.Select(day => day.GetProperty("day").GetString()));
        Assert.Equal([Now, Then], days.Select(day => day.GetProperty("rows").GetInt32()));
        Assert.All(days, day => Assert.InRange(day.GetProperty("bytes").GetInt64(), 1000, 10_000_000));
        Assert.All(days, day => Assert.Equal("daily", day.GetProperty("kept_as")[0].GetString()));
        Assert.All(days, day => Assert.Equal(JsonValueKind.Null, day.GetProperty("damage").ValueKind));
    }

    [Fact]
    public async Task Fields_SaySinceWhenTheyAreKept()
    {
        using var answer = await AskAsync("fields/");

        Assert.All(
            (await JsonAsync(answer)).EnumerateArray(),
            field => Assert.Equal(First, field.GetProperty("since").GetString())
        );
    }

    [Fact]
    public async Task Audit_OfAQuestionOfThen_HoldsAt()
    {
        using var asked = await AskAsync($"?at={First}&limit=1&fields=asset_count");
        await JsonAsync(asked);

        using var audit = await AskAsync("audit/?limit=200");

        Assert.Contains(
            (await JsonAsync(audit)).EnumerateArray(),
            record =>
                record.GetProperty("fields").GetString() == "asset_count"
                && record.GetProperty("asked").GetProperty("at").GetString() == First
        );
    }

    [Fact]
    public async Task List_NamesAreConcealed_TheyAreConcealedThenToo()
    {
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(5),
            ("Access:Conceal", "names"),
            ("Access:Tags", $"support={People.Superuser.Name}"),
            ("Access:RevealTags", "support")
        );
        server.Store.History.Keep(default);

        using var now = await server.GetAsync($"{Root}?ordering=date_joined", People.Superuser.TokenHeader);
        using var then = await server.GetAsync($"{Root}?ordering=date_joined&at={First}", People.Superuser.TokenHeader);

        Assert.Equal(Rows(await JsonAsync(now)), Rows(await JsonAsync(then)));
        Assert.Equal("names", then.Headers.GetValues("X-Concealed").Single());
        using var refused = await server.GetAsync(
            $"{Root}?at={First}&q=username__contains:abc",
            People.Superuser.TokenHeader
        );
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private Task<HttpResponseMessage> AskAsync(string question) =>
        Server.GetAsync(Root + question, People.Superuser.TokenHeader);

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    private static List<string> Rows(JsonElement page) =>
        [.. page.GetProperty("results").EnumerateArray().Select(row => row.GetRawText())];

    private static string Day(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A server that has kept yesterday, with other rows than today's.</summary>
    public sealed class TwoDays : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        /// <summary>Yesterday's rows by e-mail, as they were answered then.</summary>
        public IReadOnlyList<string> Then { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            Server = await RunningServer.StartAsync(SampleReports.Make(PastReportsTests.Then));
            using var answer = await Server.GetAsync($"{Root}?limit=100&ordering=email", People.Superuser.TokenHeader);
            Then = Rows(await JsonAsync(answer));
            Server.Store.History.Keep(default);
            Server.Time.Advance(TimeSpan.FromDays(1));
            await Server.RefreshAsync(SampleReports.Make(Now, seed: 2));
            Server.Store.History.Keep(default);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
