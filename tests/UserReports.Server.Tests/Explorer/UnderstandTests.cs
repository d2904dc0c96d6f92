using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class UnderstandTests(ExplorerServer server)
{
    [Fact]
    public async Task Bar_OfAPlanClicked_NarrowsToAsManyRowsAsItSays()
    {
        await using var page = await server.OpenAsync();
        var bar = page.Page.Locator("#chart-plans button").Nth(1);
        var count = await bar.Locator(".bar-count").InnerTextAsync();
        await bar.ClickAsync();
        await page.AddressHoldsAsync("subscriptions[]__items[]__price__product__name:");
        await page.CountIsAsync($"{count} rows");
        page.IsClean();
    }

    [Theory]
    [InlineData("shares")]
    [InlineData("months")]
    public async Task Bar_OfEachChartByKeyboard_NarrowsToAsManyRowsAsItSays(string chart)
    {
        await using var page = await server.OpenAsync();
        var bar = page.Page.Locator($"#chart-{chart} button").Nth(2);
        var count = await bar.Locator(".bar-count").InnerTextAsync(new() { Timeout = 10_000 });
        await bar.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.CountIsAsync($"{count} {(count == "1" ? "row" : "rows")}");
        page.IsClean();
    }

    [Fact]
    public async Task Tile_Restricted_LeadsToThoseAccounts()
    {
        await using var page = await server.OpenAsync();
        var tile = page.Page.Locator("#tile-restricted");
        await Expect(tile).Not.ToHaveTextAsync("…");
        var count = (await tile.InnerTextAsync()).Trim();
        await tile.ClickAsync();
        await page.CountIsAsync($"{count} rows");
        await Expect(page.Query).ToHaveValueAsync("account_restricted:true");
        page.IsClean();
    }

    [Fact]
    public async Task Chart_OfAnotherMetric_IsInTheAddress()
    {
        await using var page = await server.OpenAsync();
        await page.Page.Locator("#metric").SelectOptionAsync("storage_bytes");
        await page.AddressHoldsAsync("metric=storage_bytes");
        await page.Page.Locator("#over").SelectOptionAsync("last_login");
        await page.AddressHoldsAsync("over=last_login");
        page.IsClean();
    }
}
