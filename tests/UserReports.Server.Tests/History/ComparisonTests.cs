using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using UserReports.Testing;

namespace UserReports.Server.Tests.History;

/// <summary>What differs between two moments, over HTTP.</summary>
public sealed class ComparisonTests(ComparisonTests.TwoDays shared) : IClassFixture<ComparisonTests.TwoDays>
{
    private const string Root = RunningServer.Root;

    private static readonly string First = Day(SampleReports.Now);
    private static readonly string Second = Day(SampleReports.Now.AddDays(1));

    private RunningServer Server => shared.Server;

    [Fact]
    public async Task Compare_PagedByCursor_GivesEveryRowOnceAndTheCountsEachTime()
    {
        List<(string Change, bool Existed, bool Exists)> met = [];
        var next = $"{Root}compare/?from={First}&q=NOT%20username:nobody&limit=4";
        while (next is not null)
        {
            using var answer = await Server.GetAsync(next, People.Superuser.TokenHeader);
            var page = await JsonAsync(answer);
            Assert.Equal(5, page.GetProperty("counts").GetProperty("entered").GetInt64());
            Assert.Equal(5, page.GetProperty("counts").GetProperty("left").GetInt64());
            Assert.Equal(10, page.GetProperty("from").GetProperty("rows").GetInt64() - 5);
            Assert.True(page.GetProperty("to").GetProperty("is_present").GetBoolean());
            met.AddRange(
                page.GetProperty("results")
                    .EnumerateArray()
                    .Select(row =>
                        (
                            row.GetProperty("change").GetString()!,
                            row.GetProperty("existed").GetBoolean(),
                            row.GetProperty("exists").GetBoolean()
                        )
                    )
            );
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(5, met.Count(row => row == ("entered", false, true)));
        Assert.Equal(5, met.Count(row => row == ("left", true, false)));
        Assert.Equal(10, met.Count);
    }

    [Fact]
    public async Task Compare_EachRow_SaysWhatItsFieldsWereAndAre()
    {
        using var answer = await AskAsync($"from={First}&fields=username,asset_count&show=left&limit=1");
        var row = (await JsonAsync(answer)).GetProperty("results")[0];

        Assert.Equal(JsonValueKind.String, row.GetProperty("username").ValueKind);
        var differences = row.GetProperty("differences").EnumerateArray().ToList();
        Assert.Equal(["username", "asset_count"], differences.Select(one => one.GetProperty("path").GetString()));
        Assert.All(differences, one => Assert.Equal(JsonValueKind.Null, one.GetProperty("is").ValueKind));
        Assert.Equal(JsonValueKind.Number, differences[1].GetProperty("was").ValueKind);
    }

    [Fact]
    public async Task Compare_BetweenTwoDays_SaysWhichSnapshotsItTook()
    {
        using var answer = await AskAsync($"from={First}T23:59:59Z&to={Second}&limit=1");
        var page = await JsonAsync(answer);

        Assert.StartsWith(
            First,
            page.GetProperty("from").GetProperty("taken_at").GetString(),
            StringComparison.Ordinal
        );
        Assert.StartsWith(Second, page.GetProperty("to").GetProperty("taken_at").GetString(), StringComparison.Ordinal);
        Assert.False(page.GetProperty("to").GetProperty("is_present").GetBoolean());
    }

    [Theory]
    [InlineData("ndjson", 10)]
    [InlineData("csv", 11)]
    public async Task Compare_AsAFile_HoldsAllRows(string format, int lines)
    {
        using var answer = await AskAsync($"from={First}&fields=email&format={format}");

        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        // Names may hold line breaks.
        Assert.Equal(
            lines,
            Regex.Count(text, @"^(\{""change""|change,|entered,|left,|changed,)", RegexOptions.Multiline)
        );
        Assert.Equal("10", answer.Headers.GetValues("X-Total-Count").Single());
        if (format == "csv")
            Assert.StartsWith(
                "change,existed,exists,username,user_uid,organization,organization_uid,email was,email is\r\n",
                text,
                StringComparison.Ordinal
            );
    }

    [Theory]
    [InlineData("", "from")]
    [InlineData("from=last-week", "from")]
    [InlineData("from=2026-11-20&to=later", "to")]
    [InlineData("from=2026-11-20&to=2026-11-19", "to")]
    [InlineData("from=2026-11-20&show=stayed", "show")]
    [InlineData("from=2026-11-20&to=previous", "to")]
    [InlineData("from=previous&to=2026-11-20", "to")]
    [InlineData("from=2026-11-20&format=xlsx", "format")]
    [InlineData("from=2026-11-20&format=csv&limit=5", "limit")]
    public async Task Compare_BadParameter_IsNamed(string question, string parameter)
    {
        using var answer = await AskAsync(question);

        var problem = await AssertProblem.IsAsync(answer, 400, "bad_parameter");
        Assert.Equal(parameter, problem.GetProperty("errors")[0].GetProperty("parameter").GetString());
    }

    [Fact]
    public async Task Compare_FieldThatIsNone_NamesTheNearest()
    {
        using var answer = await AskAsync($"from={First}&fields=asset_counts");

        var problem = await AssertProblem.IsAsync(answer, 400, "unknown_field");
        Assert.Contains("asset_count", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_CursorOfAnotherComparison_IsRefused()
    {
        using var first = await AskAsync($"from={First}&limit=2");
        var cursor = (await JsonAsync(first)).GetProperty("next").GetString()!.Split("cursor=")[1].Split('&')[0];

        foreach (var other in new[] { $"from={First}&show=left", $"from={First}&to={Second}", $"from={Second}" })
        {
            using var answer = await AskAsync($"{other}&cursor={cursor}");
            await AssertProblem.IsAsync(answer, 400, "bad_cursor");
        }
    }

    [Fact]
    public async Task Compare_WithTheRunBefore_IsPagedAndAFile()
    {
        List<string> met = [];
        var next = $"{Root}compare/?from=previous&limit=4&fields=asset_count";
        while (next is not null)
        {
            using var answer = await Server.GetAsync(next, People.Superuser.TokenHeader);
            var page = await JsonAsync(answer);
            Assert.StartsWith(
                First,
                page.GetProperty("from").GetProperty("taken_at").GetString(),
                StringComparison.Ordinal
            );
            Assert.Equal(15, page.GetProperty("from").GetProperty("rows").GetInt64());
            met.AddRange(
                page.GetProperty("results").EnumerateArray().Select(row => row.GetProperty("change").GetString()!)
            );
            next = page.GetProperty("next").GetString();
            Assert.True(next is null || next.Contains("from=previous", StringComparison.Ordinal), next);
        }

        Assert.Equal(
            [("entered", 5), ("left", 5)],
            met.CountBy(change => change).Select(one => (one.Key, one.Value)).Order()
        );
        using var file = await AskAsync("from=previous&format=ndjson");
        Assert.Equal("10", file.Headers.GetValues("X-Total-Count").Single());
    }

    [Fact]
    public async Task Compare_RunBeforeIsNotAtHand_NamesWhatCanBeAsked()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(2));
        server.Store.History.Keep(default);
        foreach (var format in new[] { "json", "ndjson" })
        {
            using var answer = await server.GetAsync(
                $"{Root}compare/?from=previous&format={format}",
                People.Superuser.TokenHeader
            );

            var problem = await AssertProblem.IsAsync(answer, 404, "no_history");
            var detail = problem.GetProperty("detail").GetString();
            Assert.Contains("Refresh:KeepPrevious", detail, StringComparison.Ordinal);
            Assert.Contains($"There are {First}.", detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Compare_WhatTheClientHas_IsNotSentAgain()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(8));
        server.Store.History.Keep(default);
        server.Time.Advance(TimeSpan.FromDays(1));
        await server.RefreshAsync(SampleReports.Make(9));
        var question = $"{Root}compare/?from={First}&limit=2";
        using var first = await server.GetAsync(question, People.Superuser.TokenHeader);
        var tag = first.Headers.ETag!.ToString();

        Assert.Equal(304, await StatusAsync(question));
        Assert.Equal(304, await StatusAsync(question, "*"));
        Assert.Equal(200, await StatusAsync(question + "&show=left"));
        Assert.Equal(
            200,
            await StatusAsync(question.Replace($"from={First}", $"from={Second}", StringComparison.Ordinal))
        );
        // The present is another one.
        await server.RefreshAsync(SampleReports.Make(10));
        Assert.Equal(200, await StatusAsync(question));
        // So is a day that was written anew.
        server.Time.Advance(TimeSpan.FromDays(9));
        await server.RefreshAsync(SampleReports.Make(7));
        using var before = await server.GetAsync(question, People.Superuser.TokenHeader);
        tag = before.Headers.ETag!.ToString();
        Assert.Equal(1, server.Store.History.Erase(TimeSpan.FromDays(7), default));
        Assert.Equal(200, await StatusAsync(question));

        async Task<int> StatusAsync(string address, string? known = null)
        {
            using var answer = await server.GetAsync(
                address,
                People.Superuser.TokenHeader,
                ("If-None-Match", known ?? tag)
            );
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task Compare_AsAFile_CountsAsAnExport()
    {
        long exports = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "user_reports.exports")
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
            {
                foreach (var (_, format) in tags)
                    Interlocked.Add(ref exports, format is "ndjson" ? value : 0);
            }
        );
        listener.Start();

        using (await AskAsync($"from={First}&limit=1")) { }
        using var answer = await AskAsync($"from={First}&format=ndjson");

        Assert.True(answer.IsSuccessStatusCode);
        Assert.True(Interlocked.Read(ref exports) > 0);
    }

    [Fact]
    public async Task Compare_BeforeTheFirstSnapshot_NamesTheDaysThereAre()
    {
        foreach (var format in new[] { "json", "csv" })
        {
            using var answer = await AskAsync($"from=2020-02-29&format={format}");

            var problem = await AssertProblem.IsAsync(answer, 404, "no_history");
            Assert.Contains(First, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Compare_NamesAreConcealed_NeitherThenNorNowAreShown()
    {
        var reports = SampleReports.Make(6);
        await using var server = await RunningServer.StartAsync(
            reports,
            ("Access:Conceal", "names"),
            ("Access:Tags", $"support={People.Superuser.Name}"),
            ("Access:RevealTags", "support")
        );
        server.Store.History.Keep(default);
        server.Time.Advance(TimeSpan.FromDays(1));
        await server.RefreshAsync(SampleReports.Make(3, seed: 9));

        using var answer = await server.GetAsync(
            $"{Root}compare/?from={First}&fields=username,email",
            People.Superuser.TokenHeader
        );
        using var refused = await server.GetAsync(
            $"{Root}compare/?from={First}&q=username__contains:abc",
            People.Superuser.TokenHeader
        );

        var text = (await JsonAsync(answer)).GetRawText();
        Assert.Equal("names", answer.Headers.GetValues("X-Concealed").Single());
        Assert.All(
            reports.Where(report => report.Account.Email.Length > 0),
            report => Assert.DoesNotContain(report.Account.Email, text, StringComparison.Ordinal)
        );
        await AssertProblem.IsAsync(refused, 400, "concealed_field");
    }

    private Task<HttpResponseMessage> AskAsync(string question) =>
        Server.GetAsync($"{Root}compare/?{question}", People.Superuser.TokenHeader);

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    private static string Day(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A server that has kept yesterday: five of its rows are gone, ten stay, five are new.</summary>
    public sealed class TwoDays : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var reports = SampleReports.Make(20);
            Server = await RunningServer.StartAsync([.. reports.Take(15)], ("Refresh:KeepPrevious", "true"));
            Server.Store.History.Keep(default);
            Server.Time.Advance(TimeSpan.FromDays(1));
            await Server.RefreshAsync([.. reports.Skip(5)]);
            Server.Store.History.Keep(default);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
