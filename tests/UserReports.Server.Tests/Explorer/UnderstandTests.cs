using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class UnderstandTests(ExplorerServer server)
{
    [Theory]
    [Hands("plans", 1)]
    [Hands("shares", 2)]
    [Hands("months", 2)]
    public async Task Bar_OfEachChart_NarrowsToAsManyRowsAsItSays(string chart, int bar, Hand hand)
    {
        await using var page = await server.OpenAsync();
        var button = page.Page.Locator($"#chart-{chart} button").Nth(bar);
        var count = await button.Locator(".bar-count").InnerTextAsync();
        await page.PressAsync(button, hand);
        await page.CountIsAsync($"{count} {(count == "1" ? "row" : "rows")}");
        await page.AddressHoldsAsync("q=");
    }

    [Theory]
    [Hands]
    public async Task Tile_Restricted_LeadsToThoseAccounts(Hand hand)
    {
        await using var page = await server.OpenAsync();
        var tile = page.Page.Locator("#tile-restricted");
        await Expect(tile).Not.ToHaveTextAsync("…");
        var count = (await tile.InnerTextAsync()).Trim();
        await page.PressAsync(tile, hand);
        await page.CountIsAsync($"{count} rows");
        await Expect(page.Query).ToHaveValueAsync("account_restricted:true");
    }

    [Theory]
    [Hands]
    public async Task Chart_OfAnotherMetric_IsInTheAddress(Hand hand)
    {
        await using var page = await server.OpenAsync();
        await page.IsSettledAsync();
        await page.ChooseAsync(page.Page.Locator("#metric"), "storage_bytes", hand);
        await page.AddressHoldsAsync("metric=storage_bytes");
        await page.ChooseAsync(page.Page.Locator("#over"), "last_login", hand);
        await page.AddressHoldsAsync("over=last_login");
    }

    [Theory]
    [Hands]
    public async Task Charts_SwitchedOff_AreGoneAndComeBack(Hand hand)
    {
        await using var page = await server.OpenAsync();
        await page.PressAsync(page.Page.Locator("#charts-button"), hand);
        await Expect(page.Page.Locator(".overview")).ToHaveCountAsync(0);
        await page.PressAsync(page.Page.Locator("#charts-button"), hand);
        await Expect(page.Page.Locator(".chart")).ToHaveCountAsync(3);
    }
}
