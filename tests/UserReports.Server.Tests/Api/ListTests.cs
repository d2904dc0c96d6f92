using System.IO.Compression;
using System.Net;
using System.Text.Json;
using UserReports.Testing;

namespace UserReports.Server.Tests.Api;

/// <summary>The list over HTTP: paging three ways, fields, headers, and what is refused.</summary>
public sealed class ListTests(ListTests.SharedServer shared) : IClassFixture<ListTests.SharedServer>
{
    private const int Rows = 25;
    private const StringComparison Ignored = StringComparison.OrdinalIgnoreCase;

    [Fact]
    public async Task List_PagedInEachWay_MeetsEveryRowOnce()
    {
        var server = shared.Server;
        foreach (
            var first in new[]
            {
                "?limit=7",
                "?limit=7&start=0",
                "?limit=7&offset=0",
                "?page=1&page_size=7",
                "?cursor=&limit=7",
            }
        )
        {
            List<string> met = [];
            string? next = RunningServer.Root + first + "&ordering=-date_joined,email";
            string? last = null;
            while (next is not null)
            {
                var page = await JsonAsync(server, next);
                Assert.Equal(Rows, page.GetProperty("count").GetInt64());
                met.AddRange(page.GetProperty("results").EnumerateArray().Select(row => row.GetRawText()));
                (last, next) = (next, page.GetProperty("next").GetString());
                Assert.True(next is null || next.StartsWith(server.Address.ToString(), StringComparison.Ordinal), next);
                Assert.True(next is null || next.Contains("ordering=-date_joined", StringComparison.Ordinal), next);
            }

            Assert.Equal(Rows, met.Count);
            Assert.Equal(Rows, met.Distinct().Count());
            var previous = (await JsonAsync(server, last!)).GetProperty("previous").GetString();
            var before = await JsonAsync(server, previous!);
            Assert.Equal(met[14..21], before.GetProperty("results").EnumerateArray().Select(row => row.GetRawText()));
        }
    }

    [Theory]
    [InlineData("limit=-1", "bad_parameter")]
    [InlineData("limit=ten", "bad_parameter")]
    [InlineData("start=-1", "bad_parameter")]
    [InlineData("page=0", "bad_parameter")]
    [InlineData("page=99999999999999999999", "bad_parameter")]
    [InlineData("page=1&start=5", "bad_parameter")]
    [InlineData("count=maybe", "bad_parameter")]
    [InlineData("format=csv", "bad_parameter")]
    [InlineData("limit=1&limit=2", "bad_parameter")]
    [InlineData("usernam=x", "unknown_parameter")]
    [InlineData("cursor=nonsense", "bad_cursor")]
    [InlineData("fields=usernam", "unknown_field")]
    [InlineData("q=(", "bad_syntax")]
    [InlineData("q=usernam:x", "unknown_field")]
    [InlineData("q=ab", "query_too_short")]
    [InlineData("q=is_active:7", "bad_value")]
    [InlineData("q=is_active__gt:true", "unsupported_lookup")]
    [InlineData("ordering=usernam", "unknown_field")]
    public async Task List_WithAFault_SaysWhatIsWrong(string parameters, string code)
    {
        var server = shared.Server;
        using var answer = await server.GetAsync($"{RunningServer.Root}?{parameters}", People.Superuser.TokenHeader);
        var problem = await AssertProblem.IsAsync(answer, 400, code);
        Assert.Equal(code, problem.GetProperty("errors")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task List_WithManyFaults_NamesThemAll()
    {
        var server = shared.Server;
        using var answer = await server.GetAsync(
            $"{RunningServer.Root}?q=usernam:x&ordering=-emial&limit=-1",
            People.Superuser.TokenHeader
        );
        var problem = await AssertProblem.IsAsync(answer, 400, "bad_parameter");
        var errors = problem.GetProperty("errors");
        Assert.Equal(
            ["limit", "q", "ordering"],
            errors.EnumerateArray().Select(e => e.GetProperty("parameter").GetString())
        );
        Assert.Equal("username", errors[1].GetProperty("suggestions")[0].GetString());
        Assert.Equal(0, errors[1].GetProperty("position").GetInt32());
        Assert.Equal("email", errors[2].GetProperty("suggestions")[0].GetString());
    }

    /// <summary>Only the engine knows which scripts there are; its answer was a problem without a place.</summary>
    [Fact]
    public async Task List_WithAPatternThatOnlyTheStoreRefuses_PointsAtIt()
    {
        var server = shared.Server;
        var q = Uri.EscapeDataString("NOT email__regex:'^a' username__regex:'\\p{Klingon}'");
        using var answer = await server.GetAsync($"{RunningServer.Root}?q={q}", People.Superuser.TokenHeader);
        var problem = await AssertProblem.IsAsync(answer, 400, "bad_value");
        Assert.Equal(
            "A pattern is no regular expression of RE2: invalid character class range: \\p{Klingon}.",
            problem.GetProperty("detail").GetString()
        );
        Assert.Equal(
            ("\\p{Klingon}", 38),
            (problem.GetProperty("text").GetString(), problem.GetProperty("position").GetInt32())
        );
        using var next = await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task UnknownParameter_OnAnyRoute_NamesTheNearest()
    {
        var server = shared.Server;
        foreach (var route in new[] { "", "fields/", "runs/", "summary/", "someone/" })
        {
            using var answer = await server.GetAsync(
                $"{RunningServer.Root}{route}?fromat=json",
                People.Superuser.TokenHeader
            );
            var problem = await AssertProblem.IsAsync(answer, 400, "unknown_parameter");
            Assert.Equal(
                "The parameter \"fromat\" is not known. Did you mean format?",
                problem.GetProperty("detail").GetString()
            );
        }
    }

    [Fact]
    public async Task Cursor_ForAnotherQueryOrOrdering_IsRefused()
    {
        var server = shared.Server;
        var next = (await JsonAsync(server, $"{RunningServer.Root}?cursor=&limit=3&q=is_active:true"))
            .GetProperty("next")
            .GetString()!;
        foreach (
            var other in new[] { next.Replace("true", "false", StringComparison.Ordinal), next + "&ordering=email" }
        )
        {
            using var answer = await server.GetAsync(other, People.Superuser.TokenHeader);
            var problem = await AssertProblem.IsAsync(answer, 400, "bad_cursor");
            Assert.Equal(
                "The cursor was made for another query or ordering. Begin again with an empty cursor.",
                problem.GetProperty("detail").GetString()
            );
        }
    }

    [Fact]
    public async Task Cursor_MadeOnAnOlderGeneration_GoesOn()
    {
        var reports = SampleReports.Make(Rows);
        await using var server = await RunningServer.StartAsync(reports);
        List<string> met = [];
        string? next = RunningServer.Root + "?cursor=&limit=4&ordering=-last_login,extra_details__data__country";
        string? previous = null;
        while (next is not null)
        {
            var page = await JsonAsync(server, next + (next.Contains("count", Ignored) ? "" : "&count=false"));
            met.AddRange(page.GetProperty("results").EnumerateArray().Select(row => row.GetRawText()));
            (next, previous) = (page.GetProperty("next").GetString(), page.GetProperty("previous").GetString());
            await server.RefreshAsync(reports);
        }

        Assert.Equal(Rows, met.Count);
        Assert.Equal(Rows, met.Distinct().Count());
        var before = (await JsonAsync(server, previous!)).GetProperty("results").EnumerateArray();
        Assert.Equal(met[^5..^1], before.Select(row => row.GetRawText()));
    }

    /// <summary>What clients of the earlier endpoint have saved goes on working.</summary>
    [Fact]
    public async Task List_AskedAsTheEarlierEndpointWas_Answers()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(200));
        foreach (
            var q in new[]
            {
                "username__icontains:a",
                "service_usage__total_storage_bytes__gte:1",
                "total_storage_bytes__gte:1",
                "subscriptions[]__status:active",
                "current_period_end__gte:2020-01-01",
                "service_usage__balances__submission__exceeded:true OR account_restricted:false",
            }
        )
        {
            var page = await JsonAsync(
                server,
                $"{RunningServer.Root}?q={Uri.EscapeDataString(q)}&limit=10&offset=0&format=json"
            );
            Assert.InRange(page.GetProperty("count").GetInt64(), 1, 200);
        }

        foreach (
            var (alias, path) in new[]
            {
                ("total_storage_bytes", "service_usage__total_storage_bytes"),
                ("-total_submission_count_current_period", "-service_usage__total_submission_count__current_period"),
                ("total_submission_count_all_time", "service_usage__total_submission_count__cumulative"),
                ("-total_nlp_usage_asr_seconds_all_time", "-service_usage__total_nlp_usage__asr_seconds_all_time"),
                ("total_nlp_usage_mt_characters_all_time", "service_usage__total_nlp_usage__mt_characters_all_time"),
            }
        )
        {
            var old = await JsonAsync(server, $"{RunningServer.Root}?ordering={alias}&fields=username");
            var now = await JsonAsync(server, $"{RunningServer.Root}?ordering={path}&fields=username");
            Assert.Equal(old.GetProperty("results").GetRawText(), now.GetProperty("results").GetRawText());
        }
    }

    [Fact]
    public async Task Limit_OverTheMaximum_IsCut()
    {
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(Rows),
            ("Reports:PageSizeLimit", "4")
        );
        var page = await JsonAsync(server, $"{RunningServer.Root}?limit=1000000");
        Assert.Equal(4, page.GetProperty("results").GetArrayLength());
        Assert.Contains("start=4", page.GetProperty("next").GetString());
    }

    [Fact]
    public async Task Count_NotWanted_IsLeftOut()
    {
        var server = shared.Server;
        var page = await JsonAsync(server, $"{RunningServer.Root}?count=false&format=json");
        Assert.Equal(["next", "previous", "results"], page.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Fields_Chosen_KeepTheReportsShapeAndValues()
    {
        var server = shared.Server;
        var whole = (await JsonAsync(server, RunningServer.Root)).GetProperty("results").EnumerateArray();
        var chosen = (
            await JsonAsync(
                server,
                $"{RunningServer.Root}?fields=service_usage__balances__submission,username,subscriptions[]__items[]__price__id"
                    + ",organization__name,extra_details__data__country"
            )
        )
            .GetProperty("results")
            .EnumerateArray();
        foreach (var (all, some) in whole.Zip(chosen))
        {
            Assert.Equal(
                ["username", "organization", "extra_details", "subscriptions", "service_usage"],
                some.EnumerateObject().Select(member => member.Name)
            );
            Assert.Equal(all.GetProperty("username").GetRawText(), some.GetProperty("username").GetRawText());
            Assert.Equal(
                all.GetProperty("service_usage").GetProperty("balances").GetProperty("submission").GetRawText(),
                some.GetProperty("service_usage").GetProperty("balances").GetProperty("submission").GetRawText()
            );
            Assert.Single(some.GetProperty("service_usage").EnumerateObject());
            Assert.Equal(
                all.GetProperty("subscriptions").EnumerateArray().Select(s => s.GetProperty("items").GetArrayLength()),
                some.GetProperty("subscriptions").EnumerateArray().Select(s => s.GetProperty("items").GetArrayLength())
            );
            Assert.Equal(all.GetProperty("organization").ValueKind, some.GetProperty("organization").ValueKind);
        }
    }

    [Fact]
    public async Task Tag_SentBack_IsNotModifiedUntilTheDataChanges()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        server.Time.Advance(TimeSpan.FromSeconds(90));
        using var first = await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader);
        Assert.Equal("90", Assert.Single(first.Headers.GetValues("X-Snapshot-Age")));
        Assert.Equal("no-store", first.Headers.CacheControl!.ToString());
        var tag = first.Headers.ETag!.ToString();
        using (
            var again = await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader, ("If-None-Match", tag))
        )
        {
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Empty(await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }

        using (
            var other = await server.GetAsync(
                RunningServer.Root + "?limit=2",
                People.Superuser.TokenHeader,
                ("If-None-Match", tag)
            )
        )
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        await server.RefreshAsync(SampleReports.Make(4));
        using var changed = await server.GetAsync(
            RunningServer.Root,
            People.Superuser.TokenHeader,
            ("If-None-Match", tag)
        );
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Theory]
    [InlineData("", HttpStatusCode.NotModified)]
    [InlineData("?q=username:nobody", HttpStatusCode.NotModified)]
    [InlineData("summary/", HttpStatusCode.NotModified)]
    [InlineData("?q=nothing:x", HttpStatusCode.BadRequest)]
    [InlineData("unobody/", HttpStatusCode.NotFound)]
    public async Task Tag_Any_IsNotModifiedWhereThereIsAnAnswer(string path, HttpStatusCode status)
    {
        var server = shared.Server;

        using var answer = await server.GetAsync(
            RunningServer.Root + path,
            People.Superuser.TokenHeader,
            ("If-None-Match", "*")
        );

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.NotModified, answer.Headers.ETag is not null);
    }

    [Fact]
    public async Task Tag_AnyOfAnAccount_IsNotModified()
    {
        var server = shared.Server;
        using var list = await server.GetAsync(
            RunningServer.Root + "?q=user_uid__isnull:false",
            People.Superuser.TokenHeader
        );
        using var page = JsonDocument.Parse(
            await list.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)
        );
        var uid = page.RootElement.GetProperty("results")[0].GetProperty("user_uid").GetString();

        using var answer = await server.GetAsync(
            $"{RunningServer.Root}{uid}/",
            People.Superuser.TokenHeader,
            ("If-None-Match", "*")
        );

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
    }

    [Fact]
    public async Task Answer_AskedForCompressed_IsTheSame()
    {
        var server = shared.Server;
        var plain = await server.Client.SendAsync(Request("identity"), TestContext.Current.CancellationToken);
        var packed = await server.Client.SendAsync(Request("gzip"), TestContext.Current.CancellationToken);
        Assert.Equal("gzip", Assert.Single(packed.Content.Headers.ContentEncoding));
        await using var unpacked = new GZipStream(
            await packed.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken),
            CompressionMode.Decompress
        );
        using var reader = new StreamReader(unpacked);
        Assert.Equal(
            await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            await reader.ReadToEndAsync(TestContext.Current.CancellationToken)
        );

        static HttpRequestMessage Request(string encoding)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, RunningServer.Root);
            request.Headers.TryAddWithoutValidation("Authorization", People.Superuser.TokenHeader);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
            return request;
        }
    }

    [Theory]
    [InlineData("127.0.0.1", "https://reports.example.org/")]
    [InlineData("", "http://127.0.0.1:")]
    [InlineData("10.0.0.1", "http://127.0.0.1:")]
    public async Task Links_BehindAProxy_BelieveOnlyConfiguredOnes(string proxies, string begin)
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3), ("Proxies", proxies));
        using var answer = await server.GetAsync(
            RunningServer.Root + "?limit=1",
            People.Superuser.TokenHeader,
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "reports.example.org"),
            ("X-Forwarded-For", "192.0.2.7")
        );
        var page = JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith(begin, page.GetProperty("next").GetString());
        Assert.Equal(
            begin.StartsWith("https", StringComparison.Ordinal),
            answer.Headers.Contains("Strict-Transport-Security")
        );
    }

    [Fact]
    public async Task Account_ByItsUid_IsAListOfItsRows()
    {
        var server = shared.Server;
        var row = (await JsonAsync(server, RunningServer.Root + "?q=user_uid__isnull:false&limit=1")).GetProperty(
            "results"
        )[0];
        var uid = row.GetProperty("user_uid").GetString();
        var found = await JsonAsync(server, $"{RunningServer.Root}{uid}/");
        Assert.Equal(row.GetRawText(), Assert.Single(found.EnumerateArray()).GetRawText());
        await AssertProblem.IsAsync(
            await server.GetAsync($"{RunningServer.Root}nobody", People.Superuser.TokenHeader),
            404,
            "not_found"
        );
    }

    [Fact]
    public async Task Summary_ByRole_SumsUpToTheCount()
    {
        var server = shared.Server;
        var summary = await JsonAsync(
            server,
            RunningServer.Root
                + "summary/?group_by=organization__role&metrics=count,service_usage__total_storage_bytes__sum"
        );
        Assert.Equal(Rows, summary.GetProperty("total").GetProperty("values").GetProperty("count").GetInt64());
        Assert.Equal(
            Rows,
            summary
                .GetProperty("groups")
                .EnumerateArray()
                .Sum(g => g.GetProperty("values").GetProperty("count").GetInt64())
        );
        using var wrong = await server.GetAsync(
            RunningServer.Root + "summary/?group_by=organization__rol",
            People.Superuser.TokenHeader
        );
        Assert.Equal(
            "group_by",
            (await AssertProblem.IsAsync(wrong, 400, "unknown_field")).GetProperty("parameter").GetString()
        );
    }

    private static async Task<JsonElement> JsonAsync(RunningServer server, string path)
    {
        using var answer = await server.GetAsync(path, People.Superuser.TokenHeader);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>The server of all tests that change nothing.</summary>
    public sealed class SharedServer : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync(SampleReports.Make(Rows));

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
