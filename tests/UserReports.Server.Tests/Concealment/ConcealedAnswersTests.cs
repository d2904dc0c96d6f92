using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Server.Audit;
using UserReports.Server.Commands;
using UserReports.Server.Commands.Answers;
using UserReports.Server.Concealment;
using UserReports.Server.Tests.Access;
using UserReports.Store;
using UserReports.Testing;

namespace UserReports.Server.Tests.Concealment;

/// <summary>Every route, asked in every way by somebody from whom names are concealed.</summary>
public sealed class ConcealedAnswersTests
{
    private const int Rows = 60;
    private const string Root = RunningServer.Root;

    /// <summary>May reveal.</summary>
    private static readonly Person Support = People.Superuser;

    /// <summary>May not.</summary>
    private static readonly Person Other = People.WithSecondFactor;

    private static readonly (string Name, string Value)[] Settings =
    [
        ("Access:Conceal", "names"),
        ("Access:Tags", $"support = {Support.Name}, somebody; audit=another"),
        ("Access:RevealTags", "support"),
        ("Exports:PerAccount", "2"),
    ];

    private static readonly string Day = SampleReports.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>All that names or describes anybody.</summary>
    private const string Personal =
        "username,email,first_name,last_name,organization__name,organization__website,extra_details__data,"
        + "social_accounts[]__uid";

    private static readonly string[] Questions =
    [
        "snapshots/",
        "nobody/history/",
        "u7/history/",
        "u7/history/?metrics=products,organization__role&organization=org7",
        "nobody/history/?metrics=submissions,username",
        $"?at={Day}",
        $"u7/?at={Day}",
        $"summary/?group_by=email&metrics=count&at={Day}",
        $"export/?format=csv&at={Day}",
        $"compare/?from={Day}&fields={Personal}",
        $"compare/?from={Day}&fields={Personal}&show=left&ordering=-asset_count",
        $"compare/?from={Day}&fields={Personal}&format=csv",
        $"compare/?from={Day}&fields={Personal}&format=ndjson",
        "",
        "?limit=7&cursor=",
        "?limit=7&start=14&ordering=-asset_count",
        "?page=2&page_size=9",
        "?fields=username,email,extra_details__data__country,social_accounts[]__uid,organization",
        "?fields=subscriptions[]__metadata,subscriptions[]__description,last_name",
        $"?q=email__iexact:{Uri.EscapeDataString(MarkedReports.Email(7).ToUpperInvariant())}",
        $"?q=username__in:{MarkedReports.Username(7)},nobody&count=false",
        "query/",
        "u7/",
        "u7/?fields=username,first_name",
        "nobody/",
        "summary/?group_by=email&metrics=count",
        "summary/?group_by=username,is_staff&metrics=count,asset_count__sum,asset_count__max&top=1000",
        "summary/?group_by=extra_details__data__country&metrics=count",
        "summary/?group_by=social_accounts[]__uid&metrics=count",
        "summary/?group_by=date_joined__month,organization__name&metrics=count&top=5",
        "summary/?group_by=email&metrics=asset_count__avg&top=5",
        "export/?format=csv",
        "export/?format=csv&fields=username,extra_details__data&ordering=-asset_count",
        "export/?format=ndjson",
        "export/?format=ndjson&fields=email,social_accounts",
        "export/?format=xlsx",
        "export/?format=parquet",
        "fields/",
        "runs/",
        "runs/nothing/",
        "audit/?limit=1000",
        "audit/?text=user_",
        "sessions/",
        "reveals/",
        "?q=username__icontains:user",
        "?q=organization__role:ownr",
        "?ordering=email",
        "summary/?group_by=nothing",
    ];

    [Fact]
    public async Task Answer_OfEveryRoute_HoldsNoNameUnlessRevealed()
    {
        await using var server = await StartAsync();
        // Some were there on a day that is kept, and are no more.
        Assert.NotNull(server.Store.History.Keep(TestContext.Current.CancellationToken));
        server.Time.Advance(TimeSpan.FromDays(1));
        await server.RefreshAsync(MarkedReports.Make(Rows / 2));
        // What others asked, with names in it, stands in the log.
        foreach (var (q, where) in Telling)
        {
            using var asked = await server.GetAsync($"{Root}{where}q={Uri.EscapeDataString(q)}", Support.TokenHeader);
            using var typed = await server.GetAsync($"{Root}{MarkedReports.Username(4)}/", Support.TokenHeader);
        }

        await RevealAsync(
            server,
            new { reason = $"about {MarkedReports.Mark}", q = $"email:{MarkedReports.Email(9)}" }
        );
        List<string> found = [];
        foreach (var question in Questions)
        {
            using var answer =
                question == "query/"
                    ? await PostAsync(server, question, new { }, Other)
                    : await server.GetAsync(Root + question, Other.TokenHeader);
            var place = MarkedReports.FoundIn(await BytesAsync(answer));
            // What whoever asks has written stands in the links of the answer, and nowhere else.
            if (place.Length > 0 && !(question.Contains(MarkedReports.Mark) && !place.Contains("\"username\"")))
                found.Add($"{question}: …{place}…");
            Assert.True((int)answer.StatusCode < 500, question);
            if (
                question.Length == 0
                || question.StartsWith('u')
                || question.StartsWith("audit", StringComparison.Ordinal)
            )
                Assert.Equal("names", answer.Headers.GetValues("X-Concealed").Single());
        }

        Assert.Empty(found);
        AssertEveryRouteWasAsked();
        // The search would find something if there were something.
        await RevealAsync(server, new { reason = "to see that the marks are there", q = "" });
        foreach (
            var question in Questions
                .Where(q =>
                    q.StartsWith("export", StringComparison.Ordinal)
                    || q.StartsWith("compare", StringComparison.Ordinal)
                )
                .Append("")
        )
        {
            using var answer = await server.GetAsync(Root + question, Support.TokenHeader);
            Assert.NotEqual("", MarkedReports.FoundIn(await BytesAsync(answer)));
            Assert.False(answer.Headers.Contains("X-Concealed"));
        }
    }

    [Fact]
    public async Task Pages_Concealed_ComeByAccountAndExactIdentityFinds()
    {
        await using var server = await StartAsync();
        List<string> uids = [];
        string? next = $"{Root}?limit=7&cursor=&fields=user_uid,username";
        while (next is not null)
        {
            var page = await ReadAsync(server, next, Other);
            uids.AddRange(page.GetProperty("results").EnumerateArray().Select(row => $"{row.GetProperty("user_uid")}"));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(["", .. Enumerable.Range(2, Rows - 1).Select(id => $"u{id}")], uids);
        var exact = await ReadAsync(server, $"{Root}?q=email:{MarkedReports.Email(7)}", Other);
        var row = Assert.Single(exact.GetProperty("results").EnumerateArray());
        Assert.Equal("u7", row.GetProperty("user_uid").GetString());
        Assert.Equal("org7", row.GetProperty("organization").GetProperty("uid").GetString());
        // The same account has the same pseudonym everywhere.
        var name = row.GetProperty("username").GetString()!;
        var account = await ReadAsync(server, $"{Root}u7/", Other);
        Assert.Equal(name, account[0].GetProperty("username").GetString());
        var summary = await ReadAsync(server, $"{Root}summary/?group_by=username&top=100", Other);
        Assert.Contains(name, Names(summary));
        using var csv = await server.GetAsync($"{Root}export/?fields=username", Other.TokenHeader);
        Assert.Contains(name, await csv.Content.ReadAsStringAsync());
        var country = row.GetProperty("extra_details").GetProperty("data").GetProperty("country").GetString()!;
        var countries = await ReadAsync(server, $"{Root}summary/?group_by=extra_details__data__country", Other);
        Assert.Contains(country, Names(countries));
    }

    [Fact]
    public async Task Summary_OfMoreGroupsThanAskedFor_ChoosesByPseudonymAndAddsUpTheRest()
    {
        await using var server = await StartAsync();
        var all = Names(await ReadAsync(server, $"{Root}summary/?group_by=email&top=100", Other));
        Assert.Equal(all.Order(StringComparer.Ordinal), all);
        const string Measures = "metrics=count,asset_count__sum,asset_count__min,asset_count__max";
        var some = await ReadAsync(server, $"{Root}summary/?group_by=email&top=5&{Measures}", Other);
        Assert.Equal(all.Take(5), Names(some).Take(5));
        var others = some.GetProperty("groups").EnumerateArray().Last();
        Assert.True(others.GetProperty("is_others").GetBoolean());
        long Sum(string name) =>
            some.GetProperty("groups")
                .EnumerateArray()
                .Sum(group => group.GetProperty("values").GetProperty(name).GetInt64());
        Assert.Equal(Rows, Sum("count"));
        Assert.Equal(Rows * (Rows + 1) / 2, Sum("asset_count__sum"));
        Assert.True(others.GetProperty("values").GetProperty("asset_count__max").GetInt64() >= Rows - 5);
        using var mean = await server.GetAsync(
            $"{Root}summary/?group_by=email&top=5&metrics=asset_count__avg",
            Other.TokenHeader
        );
        var problem = await AssertProblem.IsAsync(mean, 400, "concealed_field");
        Assert.Equal("group_by", problem.GetProperty("parameter").GetString());
    }

    [Fact]
    public async Task Reveal_OfAQuestion_IsGoodForItAloneAndForItsOwnerAndForAWhile()
    {
        await using var server = await StartAsync();
        const string Asked = $"{Root}?q=username__icontains:user_1&ordering=-email&limit=3";
        using (var refused = await server.GetAsync(Asked, Support.TokenHeader))
            await AssertProblem.IsAsync(refused, 400, "concealed_field");
        var reveal = await RevealAsync(server, new { reason = " Ticket 4711 ", q = "( username__icontains:user_1 )" });
        Assert.Equal("Ticket 4711", reveal.GetProperty("reason").GetString());
        var page = await ReadAsync(server, Asked, Support);
        Assert.StartsWith(
            MarkedReports.Mark,
            page.GetProperty("results")[0].GetProperty("username").GetString(),
            StringComparison.Ordinal
        );
        string[] stillConcealed =
        [
            Root,
            $"{Root}?q=username__icontains:user_2",
            $"{Root}?q=username__icontains:user_1 AND is_staff:true",
            $"{Root}u7/",
        ];
        foreach (var other in stillConcealed)
            Assert.Equal("", MarkedReports.FoundIn(await GetAsync(server, other, Support.TokenHeader, mark: false)));
        // Not with another credential, and not for another person.
        foreach (var header in (string[])[Support.BasicHeader, Other.TokenHeader])
        {
            using var refused = await server.GetAsync(Asked, header);
            await AssertProblem.IsAsync(refused, 400, "concealed_field");
        }

        var own = await ReadAsync(server, $"{Root}reveals/", Support);
        Assert.Equal(reveal.GetRawText(), Assert.Single(own.EnumerateArray()).GetRawText());
        Assert.Empty((await ReadAsync(server, $"{Root}reveals/", Other)).EnumerateArray());
        server.Time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        await ReadAsync(server, Asked, Support);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        using (var over = await server.GetAsync(Asked, Support.TokenHeader))
            await AssertProblem.IsAsync(over, 400, "concealed_field");
        Assert.Empty((await ReadAsync(server, $"{Root}reveals/", Support)).EnumerateArray());

        // The log itself says who, why, of what, and what was read under it.
        var log = server.Services.GetRequiredService<AuditLog>();
        var id = reveal.GetProperty("id").GetString();
        var records = await log.SearchAsync(new(Text: id), TestContext.Current.CancellationToken);
        Assert.Equal(["POST", "GET", "GET"], records.Reverse().Select(record => record.Route.Split(' ')[0]));
        var begun = records[^1];
        Assert.Equal((AuditEvents.Revealed, Support.Name), (begun.Event, begun.Username));
        Assert.Equal("( username__icontains:user_1 )", begun.Q);
        Assert.Equal(" Ticket 4711 ", begun.Asked!["reason"]);
    }

    [Fact]
    public async Task Reveal_OfAnAccount_CanBeEndedAndIsNoneWithoutReasonOrRight()
    {
        await using var server = await StartAsync();
        (object Body, Person Who, int Status, string Code)[] refused =
        [
            (new { user_uid = "u7" }, Support, 400, "bad_parameter"),
            (new { user_uid = "u7", reason = "  " }, Support, 400, "bad_parameter"),
            (new { user_uid = "u7", reason = new string('x', 501) }, Support, 400, "bad_parameter"),
            (new { reason = "why" }, Support, 400, "bad_parameter"),
            (
                new
                {
                    user_uid = "u7",
                    q = "is_staff:true",
                    reason = "why",
                },
                Support,
                400,
                "bad_parameter"
            ),
            (new { q = "nothing:1", reason = "why" }, Support, 400, "unknown_field"),
            (new { user_uid = "nobody", reason = "why" }, Support, 404, "not_found"),
            (new { user_uid = "u7", reason = "why" }, Other, 403, "not_allowed"),
        ];
        foreach (var (body, who, status, code) in refused)
        {
            using var answer = await PostAsync(server, "reveals/", body, who);
            await AssertProblem.IsAsync(answer, status, code);
        }

        using var before = await server.GetAsync($"{Root}u7/", Support.TokenHeader);
        var reveal = await RevealAsync(server, new { user_uid = "u7", reason = new string('x', 500) });
        using var during = await server.GetAsync(
            $"{Root}u7/",
            Support.TokenHeader,
            ("If-None-Match", before.Headers.ETag!.ToString())
        );
        Assert.Equal(HttpStatusCode.OK, during.StatusCode);
        Assert.NotEqual(before.Headers.ETag, during.Headers.ETag);
        Assert.Contains(MarkedReports.Username(7), await during.Content.ReadAsStringAsync());
        using (var none = await server.SendAsync(HttpMethod.Delete, $"{Root}reveals/none/", Support.TokenHeader, null))
            await AssertProblem.IsAsync(none, 404, "not_found");
        var id = reveal.GetProperty("id").GetString();
        using (var foreign = await server.SendAsync(HttpMethod.Delete, $"{Root}reveals/{id}/", Other.TokenHeader, null))
            await AssertProblem.IsAsync(foreign, 404, "not_found");
        using (var ended = await server.SendAsync(HttpMethod.Delete, $"{Root}reveals/{id}/", Support.TokenHeader, null))
            Assert.Equal("[]", await ended.Content.ReadAsStringAsync());
        using var after = await server.GetAsync(
            $"{Root}u7/",
            Support.TokenHeader,
            ("If-None-Match", during.Headers.ETag!.ToString())
        );
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Equal(before.Headers.ETag, after.Headers.ETag);

        // A cookie alone reveals nothing: a page of somebody else sends it, too.
        using var browser = new Browser(server);
        await browser.SignInAsync(Support);
        using var cookie = await browser.PostAsync(
            $"{Root}reveals/",
            JsonContent.Create(new { user_uid = "u7", reason = "why" })
        );
        Assert.Contains(cookie.StatusCode, (HttpStatusCode[])[HttpStatusCode.BadRequest, HttpStatusCode.Forbidden]);
    }

    [Fact]
    public async Task Command_ThroughTheServer_ShowsPseudonyms()
    {
        await using var server = await StartAsync();
        await using var answers = new ServerAnswers(server.Address, Other.Token);
        var found = await answers.FindAsync(new(null, null, null), 1000, TestContext.Current.CancellationToken);
        Assert.Equal(Rows, found.Rows.Count);
        Assert.All(found.Rows, row => Assert.Equal("", MarkedReports.FoundIn(row.Span)));
        using var file = new MemoryStream();
        var exported = await answers.ExportAsync(
            new(new(null, null), Server.Export.ExportFormat.Csv, false),
            file,
            new ProgressCounter(_ => { }),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(Rows, exported.Rows);
        Assert.Equal("", MarkedReports.FoundIn(file.ToArray()));
    }

    [Fact]
    public async Task Installation_WithoutConcealment_HasNothingToReveal()
    {
        await using var server = await RunningServer.StartAsync(MarkedReports.Make(3));
        Assert.NotEqual("", MarkedReports.FoundIn(await GetAsync(server, Root, Other.TokenHeader)));
        using var answer = await PostAsync(server, "reveals/", new { user_uid = "u2", reason = "why" }, Support);
        await AssertProblem.IsAsync(answer, 404, "not_found");
        // Nothing stands between a question and the store, and nothing is looked up for it.
        var concealment = server.Services.GetRequiredService<NameConcealment>();
        var nobody = new System.Security.Claims.ClaimsPrincipal();
        var view = await concealment.OfQueryAsync(nobody, "x:y", default);
        Assert.Same(server.Services.GetRequiredService<IReportReader>(), view.Reader);
        Assert.Same(view, await concealment.OfAccountAsync(nobody, "u2", default));
        Assert.False(File.Exists(Path.Combine(server.Folder, "store", "pseudonyms.key")));
    }

    /// <summary>Questions with names in them, as somebody who may ask them does.</summary>
    private static readonly (string Q, string Where)[] Telling =
    [
        ($"email:{MarkedReports.Email(7)} AND NOT (username__in:{MarkedReports.Mark},b OR is_staff:true)", "?"),
        ($"username__icontains:{MarkedReports.Mark}", "?"),
        ($"{MarkedReports.Mark}word", "summary/?"),
        ($"nothing:{MarkedReports.Mark}", "?"),
        ("is_staff:true", $"?fields={MarkedReports.Mark}&"),
        ("is_staff:true", $"audit/?user={MarkedReports.Mark}&text={MarkedReports.Mark}&"),
    ];

    private static Task<RunningServer> StartAsync() => RunningServer.StartAsync(MarkedReports.Make(Rows), Settings);

    private static void AssertEveryRouteWasAsked()
    {
        string[] asked =
        [
            .. Questions.Select(question => Root + question.Split('?')[0]),
            // They answer as by GET, or without any report; other tests ask them.
            Root + "nobody/refresh/",
            Root + "reveals/none/",
            Root + "sessions/none/",
        ];
        Assert.Empty(
            RouteAccessTests
                .Closed.Values.Select(route => route.Path.Split('?')[0])
                .Where(path => path.StartsWith(Root, StringComparison.Ordinal))
                .Select(path => path.Replace("runs/none/", "runs/nothing/", StringComparison.Ordinal))
                .Except(asked)
        );
    }

    private static async Task<JsonElement> RevealAsync(RunningServer server, object body)
    {
        using var answer = await PostAsync(server, "reveals/", body, Support);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }

    private static Task<HttpResponseMessage> PostAsync(RunningServer server, string route, object body, Person who) =>
        server.SendAsync(HttpMethod.Post, Root + route, who.TokenHeader, JsonContent.Create(body));

    private static async Task<byte[]> GetAsync(RunningServer server, string path, string header, bool mark = true)
    {
        using var answer = await server.GetAsync(path, header);
        if (mark)
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static async Task<JsonElement> ReadAsync(RunningServer server, string path, Person who) =>
        JsonElement.Parse(await GetAsync(server, path, who.TokenHeader));

    private static string?[] Names(JsonElement summary) =>
        [.. summary.GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("group")[0].GetString())];

    /// <summary>Everything that an answer holds: its headers, and its body taken out of whatever packs it.</summary>
    private static async Task<byte[]> BytesAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsByteArrayAsync();
        var unpacked = answer.Content.Headers.ContentType?.MediaType switch
        {
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Unzipped(body),
            "application/vnd.apache.parquet" => await FromParquetAsync(body),
            _ => body,
        };
        return [.. Encoding.Latin1.GetBytes($"{answer.Headers}{answer.Content.Headers}"), .. unpacked];
    }

    private static byte[] Unzipped(byte[] file)
    {
        using var text = new MemoryStream();
        using var zip = new ZipArchive(new MemoryStream(file));
        foreach (var entry in zip.Entries)
        {
            using var part = entry.Open();
            part.CopyTo(text);
        }

        return text.ToArray();
    }

    private static async Task<byte[]> FromParquetAsync(byte[] file)
    {
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, file, TestContext.Current.CancellationToken);
        try
        {
            using var database = new DuckDBConnection("Data Source=:memory:");
            database.Open();
            using var command = database.CreateCommand();
            command.CommandText = string.Create(
                CultureInfo.InvariantCulture,
                $"select to_json(r)::varchar from read_parquet('{path}') r"
            );
            using var reader = command.ExecuteReader();
            var text = new StringBuilder();
            while (reader.Read())
                text.AppendLine(reader.GetString(0));
            Assert.NotEqual(0, text.Length);
            return Encoding.UTF8.GetBytes(text.ToString());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
