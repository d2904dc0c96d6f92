using System.Text.Json;
using UserReports.Testing;

namespace UserReports.Server.Tests.Api;

/// <summary>What is said beside the answer to a query that is likely mistyped.</summary>
public sealed class WarningTests
{
    private const string Mistyped = "q=organization__role:ownr%20OR%20subscriptions[]__status__in:active,cancelled";

    [Fact]
    public async Task List_WithUnlikelyValues_WarnsBehindTheResults()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(5));

        var page = await JsonAsync(server, $"?{Mistyped}");

        Assert.Equal(
            ["count", "next", "previous", "results", "warnings"],
            page.EnumerateObject().Select(member => member.Name)
        );
        var warnings = page.GetProperty("warnings");
        Assert.Equal(2, warnings.GetArrayLength());
        Assert.Equal(
            """{"parameter":"q","code":"unlikely_value","detail":"\u0022organization__role\u0022 is never \u0022ownr\u0022. Did you mean owner?","text":"ownr","position":19,"suggestions":["owner"]}""",
            warnings[0].GetRawText()
        );
        Assert.Equal("canceled", warnings[1].GetProperty("suggestions")[0].GetString());
    }

    [Theory]
    [InlineData("q=organization__role:owner")]
    [InlineData("q=organization__role__startswith:own")]
    [InlineData("q=organization__role:null")]
    [InlineData("q=organization__role__regex:x")]
    [InlineData("q=social_accounts[]__provider:our-own-provider")]
    [InlineData("")]
    public async Task List_WithNothingOdd_HasNoWarnings(string parameters)
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(5));

        var page = await JsonAsync(server, $"?{parameters}");

        Assert.False(page.TryGetProperty("warnings", out _));
    }

    [Fact]
    public async Task Summary_WithAnUnlikelyValue_Warns()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(5));

        var summary = await JsonAsync(server, $"summary/?{Mistyped}");

        Assert.Equal("ownr", summary.GetProperty("warnings")[0].GetProperty("text").GetString());
        Assert.False((await JsonAsync(server, "summary/")).TryGetProperty("warnings", out _));
    }

    [Fact]
    public async Task Export_WithAnUnlikelyValue_WarnsInItsHead()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(5));
        var address = $"{RunningServer.Root}export/?q=organization__role:%C3%B6wner";

        using var answer = await server.GetAsync(address, People.Superuser.TokenHeader);

        var header = Assert.Single(answer.Headers.GetValues("X-Query-Warnings"));
        Assert.All(header, c => Assert.InRange(c, ' ', '~'));
        var warning = JsonElement.Parse(header)[0];
        Assert.Equal("öwner", warning.GetProperty("text").GetString());
        Assert.Equal("owner", warning.GetProperty("suggestions")[0].GetString());
    }

    [Fact]
    public async Task Fields_WithAKeyInQuotes_ShowsThatKey()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(40));
        var fields = Uri.EscapeDataString("extra_details__data__\"country\",extra_details__data__\"a,b\"");

        var page = await JsonAsync(server, $"?q=extra_details__data__country__isnull:false&fields={fields}");

        Assert.All(
            page.GetProperty("results").EnumerateArray(),
            row =>
                Assert.Equal(
                    ["country"],
                    row.GetProperty("extra_details").GetProperty("data").EnumerateObject().Select(m => m.Name)
                )
        );
        Assert.NotEmpty(page.GetProperty("results").EnumerateArray());
    }

    private static async Task<JsonElement> JsonAsync(RunningServer server, string path)
    {
        using var answer = await server.GetAsync(RunningServer.Root + path, People.Superuser.TokenHeader);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }
}
