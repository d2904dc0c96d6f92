using System.Globalization;
using System.Text.Json.Nodes;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

/// <summary>Rows at the ends of what their columns hold, from the platform to the page.</summary>
[Trait("Category", "Browser")]
public sealed class ExtremeFiguresTests(ExplorerServer server)
{
    private static readonly string[] Usage =
    [
        "update main_userprofile set attachment_storage_bytes = 9223372036854775807 where user_id = 1",
        "update main_userprofile set attachment_storage_bytes = 9223372036854775807 where user_id = 2",
        "update main_userprofile set attachment_storage_bytes = -9223372036854775808 where user_id = 3",
        "update main_userprofile set attachment_storage_bytes = -1 where user_id = 4",
    ];

    private static readonly string[] Platform =
    [
        "update auth_user set username = 'first', date_joined = '0001-01-01T00:00:00Z', last_login = '9999-12-31T23:59:59Z' where id = 2",
        "update auth_user set username = 'last', date_joined = '9999-12-31T23:59:59Z', last_login = '0001-01-01T00:00:00Z' where id = 3",
    ];

    [Fact]
    public async Task Rows_AtTheEnds_AreSummedAndShownEverywhere()
    {
        await using var host = await ExplorerHost.StartAsync(20, Platform, usage: Usage);
        await host.RefreshedAsync();
        using var client = new HttpClient { BaseAddress = new(host.Address, "/api/v2/user-reports/") };
        client.DefaultRequestHeaders.Authorization = new("Token", ExplorerHost.Token);
        const string Storage = "service_usage__total_storage_bytes";
        var summary = JsonNode.Parse(
            await client.GetStringAsync(
                $"summary/?q={Storage}__gte:0&group_by={Storage}__by1000&metrics=count,{Storage}__sum,{Storage}__avg,"
                    + $"{Storage}__min,{Storage}__max,{Storage}__p95",
                TestContext.Current.CancellationToken
            )
        )!;
        Assert.Equal(long.MaxValue, summary["total"]!["values"]![$"{Storage}__sum"]!.GetValue<long>());
        Assert.Equal(long.MaxValue, summary["total"]!["values"]![$"{Storage}__max"]!.GetValue<long>());
        var lowest = JsonNode.Parse(
            await client.GetStringAsync(
                $"summary/?group_by={Storage}__by1000&metrics=count,{Storage}__sum",
                TestContext.Current.CancellationToken
            )
        )!;
        Assert.Equal(long.MinValue, lowest["groups"]![0]!["group"]![0]!.GetValue<long>());

        await using var page = await server.OpenAsync("?all", host: host);
        await page.IsSettledAsync();
        await Expect(page.Page.Locator("#tile-rows")).ToHaveTextAsync(RowsOf(lowest));
        await Expect(page.Page.Locator(".tiles div").Nth(2).Locator("dd")).ToHaveTextAsync("9.2 EB");
        await Expect(page.Page.Locator(".chart")).ToHaveCountAsync(3);
        var last = page.Page.Locator("#chart-months button").Last;
        await Expect(last).ToContainTextAsync("Dec 9999");
        await page.PressAsync(last, Hand.Mouse);
        await page.CountIsAsync("1 row");
        await page.IsSettledAsync();

        foreach (
            var address in new[]
            {
                "?q=username:first&times=exact",
                "?q=username:last",
                "audit?to=9999-12-31&from=0001-01-01",
            }
        )
        {
            await page.Page.GotoAsync("/" + address);
            await page.IsSettledAsync();
            await Expect(page.Page.Locator("main table").First).ToBeVisibleAsync();
        }

        await page.Page.GotoAsync("/?all&columns=username," + Storage);
        await page.PressAsync(page.Rows.First.Locator("a"), Hand.Mouse);
        await Expect(page.Page.Locator("main .card").First).ToBeVisibleAsync();
    }

    private static string RowsOf(JsonNode summary) =>
        summary["total"]!["values"]!["count"]!.GetValue<long>().ToString(CultureInfo.InvariantCulture);
}
