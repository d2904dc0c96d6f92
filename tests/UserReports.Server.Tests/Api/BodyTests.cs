using System.Net;
using System.Text;
using System.Text.Json;
using UserReports.Server.Tests.Access;
using UserReports.Testing;

namespace UserReports.Server.Tests.Api;

/// <summary>Questions in the body of a request, so that no log of addresses holds them.</summary>
public sealed class BodyTests
{
    private const string Path = RunningServer.Root + "query/";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_AskedInABody_IsThatOfTheAddress()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(30));
        using var byAddress = await server.GetAsync(
            RunningServer.Root + "?q=is_active:true&ordering=-username,user_uid&limit=4&fields=username,user_uid",
            People.Superuser.TokenHeader
        );
        using var byBody = await PostAsync(
            server,
            Path,
            """{"q": "is_active:true", "ordering": ["-username", "user_uid"], "limit": 4, "fields": "username,user_uid", "count": true}"""
        );
        var (wanted, got) = (await JsonAsync(byAddress), await JsonAsync(byBody));
        Assert.Equal(wanted.GetProperty("results").GetRawText(), got.GetProperty("results").GetRawText());
        Assert.Equal(wanted.GetProperty("count").GetInt64(), got.GetProperty("count").GetInt64());
        Assert.True(byBody.Headers.Contains("X-Snapshot-Age"));
        Assert.Null(byBody.Headers.ETag);
    }

    [Fact]
    public async Task Next_OfABody_TakesTheSameBodyAndHoldsNoQuery()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(30));
        using var all = await PostAsync(server, Path, """{"q": "is_active:true", "limit": 1000}""");
        var wanted = (await JsonAsync(all)).GetProperty("results").EnumerateArray().Select(Name).ToList();
        Assert.True(wanted.Count > 14, "Fewer than three pages show little.");
        foreach (
            var paging in new[]
            {
                "\"limit\": 7",
                "\"limit\": 7, \"offset\": 0",
                "\"page_size\": 7, \"page\": 1",
                "\"limit\": 7, \"cursor\": \"\"",
            }
        )
        {
            List<string> read = [];
            for (string? next = Path; next is not null; )
            {
                using var answer = await PostAsync(server, next, $"{{\"q\": \"is_active:true\", {paging}}}");
                var page = await JsonAsync(answer);
                read.AddRange(page.GetProperty("results").EnumerateArray().Select(Name));
                next = page.GetProperty("next").GetString();
                Assert.DoesNotContain("is_active", next ?? "", StringComparison.Ordinal);
            }

            Assert.Equal(wanted, read);
        }

        static string Name(JsonElement row) => row.GetProperty("username").GetString()!;
    }

    [Fact]
    public async Task SummaryAndExport_AskedInABody_AreThoseOfTheAddress()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(30));
        foreach (
            var (path, query, body) in new[]
            {
                (
                    "summary/",
                    "?group_by=is_active&metrics=count",
                    """{"group_by": "is_active", "metrics": ["count"]}"""
                ),
                ("export/", "?format=ndjson&q=is_active:true", """{"format": "ndjson", "q": "is_active:true"}"""),
            }
        )
        {
            using var byAddress = await server.GetAsync(
                RunningServer.Root + path + query,
                People.Superuser.TokenHeader
            );
            using var byBody = await PostAsync(server, RunningServer.Root + path, body);
            Assert.Equal(HttpStatusCode.OK, byBody.StatusCode);
            Assert.Equal(await byAddress.Content.ReadAsStringAsync(Stop), await byBody.Content.ReadAsStringAsync(Stop));
        }
    }

    [Fact]
    public async Task Body_ThatDoesNotFit_IsTheSendersFault()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        foreach (
            var (body, code) in new[]
            {
                ("[]", "bad_request"),
                ("{", "bad_request"),
                ("\"q\"", "bad_request"),
                ("""{"q": "a", "q": "b"}""", "bad_request"),
                ("""{"q": {"a": 1}}""", "bad_parameter"),
                ("""{"fields": [1]}""", "bad_parameter"),
                ("""{"qq": "username:a"}""", "unknown_parameter"),
                ("""{"q": "nofield:1"}""", "unknown_field"),
                ("""{"limit": 1.5}""", "bad_parameter"),
                ("""{"limit": -1}""", "bad_parameter"),
            }
        )
            await AssertProblem.IsAsync(await PostAsync(server, Path, body), 400, code);
    }

    [Fact]
    public async Task Parameter_InAddressAndBody_IsSaidTwice()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        await AssertProblem.IsAsync(
            await PostAsync(server, Path + "?q=username:a", """{"q": "username:b"}"""),
            400,
            "bad_parameter"
        );
    }

    [Fact]
    public async Task Body_OfAnotherKindOrTooLarge_IsNotRead()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        foreach (
            var (type, length, status) in new[]
            {
                ("text/plain", 10, 415),
                ("application/x-www-form-urlencoded", 10, 415),
                ("application/json", 70_000, 413),
            }
        )
        {
            using var answer = await server.SendAsync(
                HttpMethod.Post,
                Path,
                People.Superuser.TokenHeader,
                new StringContent($"{{\"q\": \"{new string('a', length)}\"}}", Encoding.UTF8, type)
            );
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task Session_AskingInABody_MustComeFromAPageOfTheService()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        var own = server.Address.GetLeftPart(UriPartial.Authority);
        foreach (
            var (name, value, status) in new[]
            {
                ("Origin", own, 200),
                ("Sec-Fetch-Site", "same-origin", 200),
                ("X-Nothing", "", 400),
                ("Origin", "https://evil.example", 403),
                ("Sec-Fetch-Site", "same-site", 403),
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = Json("{}") };
            request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await browser.SendAsync(request);
            Assert.True(status == (int)answer.StatusCode, $"{name}: {value}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Query_AskedInABody_IsInTheAuditLogAndInNoOther()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        server.Log.Clear();
        using var answer = await PostAsync(server, Path, """{"q": "username:sought_after"}""");
        Assert.DoesNotContain(server.Log.All, line => line.Contains("sought_after", StringComparison.Ordinal));
        using var audit = await server.GetAsync(RunningServer.Root + "audit/", People.Superuser.TokenHeader);
        var record = JsonElement.Parse(await audit.Content.ReadAsStringAsync(Stop))[0];
        Assert.Equal("POST /api/v2/user-reports/query/", record.GetProperty("route").GetString());
        Assert.Equal("username:sought_after", record.GetProperty("q").GetString());
    }

    private static Task<HttpResponseMessage> PostAsync(RunningServer server, string path, string body) =>
        server.SendAsync(HttpMethod.Post, path, People.Superuser.TokenHeader, Json(body));

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }
}
