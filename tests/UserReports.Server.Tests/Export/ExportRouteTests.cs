using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Refresh;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Server.Tests.Commands;

namespace UserReports.Server.Tests.Export;

public sealed class ExportRouteTests : IAsyncLifetime
{
    private readonly GeneratedPlatform platform = new();
    private WebApplication app = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        await platform.InitializeAsync();
        var pairs = platform
            .Places.Where((_, i) => i % 2 == 1)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], string? (pair) => pair[1]);
        pairs["Refresh:OnStart"] = "false";
        pairs["Refresh:Follow"] = "off";
        pairs["Exports:Concurrent"] = "1";
        pairs["Logging:LogLevel:Default"] = "Warning";
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(pairs).Build();
        app = ServerHost.Build(configuration, ServerSettings.Read(configuration), "http://127.0.0.1:0");
        await app.StartAsync();
        client = new() { BaseAddress = new(app.Urls.First() + "/api/v2/user-reports/") };
        client.DefaultRequestHeaders.Authorization = new("Token", GeneratedPlatform.Token);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await platform.DisposeAsync();
    }

    [Fact]
    public async Task Export_AsNdJson_IsExactlyTheList()
    {
        var list = JsonNode.Parse(await client.GetStringAsync("?limit=1000&ordering=username", Stop))![
            "results"
        ]!.AsArray();

        var response = await client.GetAsync("export/?format=ndjson&ordering=username", Stop);
        var lines = (await response.Content.ReadAsStringAsync(Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            list.Select(row => row!.ToJsonString()),
            lines.Select(line => JsonNode.Parse(line)!.ToJsonString())
        );
        Assert.Equal(
            lines.Length.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Header(response, "X-Total-Count")
        );
        Assert.Matches(
            "^attachment; filename=\"user-reports-[0-9]{8}-[0-9]{6}\\.ndjson\"$",
            Header(response, "Content-Disposition")
        );
    }

    [Fact]
    public async Task Export_WithFields_HoldsOnlyThem()
    {
        var csv = await client.GetStringAsync("export/?q=is_superuser:true&fields=username,organization__role", Stop);
        var ndjson = await client.GetStringAsync("export/?q=is_superuser:true&fields=username&format=ndjson", Stop);

        Assert.StartsWith("username,organization__role\r\nadmin,", csv, StringComparison.Ordinal);
        Assert.Equal("{\"username\":\"admin\"}\n", ndjson);
    }

    [Fact]
    public async Task Export_WithAMark_BeginsWithItAndIsForCsvAlone()
    {
        var marked = await client.GetByteArrayAsync("export/?q=is_superuser:true&fields=username&bom=true", Stop);
        var plain = await client.GetByteArrayAsync("export/?q=is_superuser:true&fields=username&bom=false", Stop);
        Assert.Equal([0xEF, 0xBB, 0xBF, .. plain], marked);
        Assert.Equal("username\r\nadmin\r\n"u8.ToArray(), plain);

        foreach (
            var (parameters, words) in new[]
            {
                ("bom=true&format=xlsx", "A byte order mark is for csv; xlsx has none."),
                ("bom=yes", "The parameter bom must be true or false."),
            }
        )
        {
            using var refused = await client.GetAsync($"export/?{parameters}", Stop);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(words, await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("csv", 1000)]
    [InlineData("ndjson", 0)]
    [InlineData("parquet", 1000)]
    [InlineData("xlsx", 1000)]
    public async Task Export_OfNoRows_IsAWholeFile(string format, int bytesMin)
    {
        var response = await client.GetAsync($"export/?format={format}&q=username:nobody-of-this-name", Stop);
        var file = await response.Content.ReadAsByteArrayAsync(Stop);

        Assert.Equal((HttpStatusCode.OK, "0"), (response.StatusCode, Header(response, "X-Total-Count")));
        Assert.InRange(file.Length, bytesMin, bytesMin * 100);
    }

    [Theory]
    [InlineData("format=pdf", "The format must be one of csv, ndjson, parquet, xlsx.")]
    [InlineData("fields=usernam", "The report has no field \"usernam\". Did you mean username?")]
    [InlineData("limit=5", "The parameter \"limit\" is not known.")]
    [InlineData("q=(", null)]
    public async Task Export_ThatCannotBe_IsRefusedBeforeTheFirstByte(string parameters, string? detail)
    {
        var response = await client.GetAsync($"export/?{parameters}", Stop);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
        if (detail is not null)
            Assert.Equal(detail, problem["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task Export_WithoutAToken_Is401()
    {
        client.DefaultRequestHeaders.Authorization = null;

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("export/", Stop)).StatusCode);
    }

    [Fact]
    public async Task Export_WhileARefreshReplacesEverything_IsOneSnapshot()
    {
        var store = app.Services.GetRequiredService<Store.IReportReader>();
        await using var export = await store.ExportAsync(new(null, []), Stop);
        var chunks = export.Chunks.GetAsyncEnumerator(Stop);
        Assert.True(await chunks.MoveNextAsync());

        var outcome = await app.Services.GetRequiredService<RefreshEngine>().RunAsync(null, Stop);
        Assert.True(outcome.IsCompleted);
        Assert.NotEqual(export.Snapshot.Version, store.Snapshot!.Version);
        List<string> stamps = [];
        List<string> ids = [];
        do
        {
            foreach (var row in chunks.Current.Select(document => JsonNode.Parse(document.Span)!))
            {
                stamps.Add(row["last_updated"]!.GetValue<string>());
                ids.Add($"{row["username"]} {row["organization"]?["uid"]}");
            }
        } while (await chunks.MoveNextAsync());
        await chunks.DisposeAsync();

        Assert.Equal(export.Count, ids.Distinct().Count());
        Assert.Equal(export.Count, ids.Count);
        Assert.All(
            stamps,
            stamp =>
                Assert.True(
                    DateTimeOffset.Parse(stamp, System.Globalization.CultureInfo.InvariantCulture)
                        <= export.Snapshot.CompletedAt
                )
        );
    }

    [Fact]
    public async Task CommandLine_WithTheServersAddress_GivesTheSameAnswers()
    {
        string[] server = ["--url", app.Urls.First(), "--token", GeneratedPlatform.Token];
        var file = Path.Combine(platform.Folder, "remote.ndjson");

        var query = await CommandRun.OfAsync(["query", "is_superuser:true", "--fields", "username", .. server]);
        var export = await CommandRun.OfAsync(["export", "--output", file, .. server]);
        var status = await CommandRun.OfAsync(["status", .. server]);
        var wrong = await CommandRun.OfAsync(["query", "usernam:x", .. server]);
        var audit = await CommandRun.OfAsync(["audit", "--json", "--limit", "1", "--user", "admin", .. server]);
        var locked = await CommandRun.OfAsync(["query", "admin", .. platform.Places]);

        Assert.Equal("admin", JsonNode.Parse(query.Output)![0]!["username"]!.GetValue<string>());
        Assert.True(export.ExitCode == 0, export.Error);
        Assert.InRange((await File.ReadAllLinesAsync(file, Stop)).Length, 300, 399);
        Assert.Contains("Last run  completed, 300 of 300 accounts", status.Output, StringComparison.Ordinal);
        Assert.Equal(
            (2, "The report has no field \"usernam\". Did you mean username?"),
            (wrong.ExitCode, wrong.Error.TrimEnd())
        );
        Assert.Equal("usernam:x", JsonNode.Parse(audit.Output)!["q"]!.GetValue<string>());
        Assert.Equal(1, locked.ExitCode);
        Assert.StartsWith(
            "The store is in use, probably by a running server. Ask it: set USERREPORTS_TOKEN",
            locked.Error,
            StringComparison.Ordinal
        );
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values)
            ? values.First()
            : "";
}
