using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class WatchTests(ExplorerServer server)
{
    [Theory]
    [Hands]
    public async Task Runs_Started_AreSeenUntilTheyAreCompleted(Hand hand)
    {
        await using var page = await server.OpenAsync("?charts=off");
        await page.PressAsync(page.Page.Locator("nav a[href=runs]"), hand);
        await Expect(page.Page.Locator("#runs tbody tr").First).ToBeVisibleAsync();
        var before = await page.Page.Locator("#runs tbody tr").CountAsync();
        await page.PressAsync(page.Page.Locator("#start-run"), hand);
        await Expect(page.Page.Locator("#runs tbody tr")).ToHaveCountAsync(before + 1, new() { Timeout = 60_000 });
        await Expect(page.Page.Locator("#runs tbody tr").First.Locator(".badge"))
            .ToHaveTextAsync("completed", new() { Timeout = 120_000 });
        await Expect(page.Page.Locator("#data-age")).ToContainTextAsync("Data");
    }

    [Fact]
    public async Task Audit_AfterAQuery_HoldsWhoAskedWhat()
    {
        await using var page = await server.OpenAsync("?q=username:audited-by-this-test");
        await page.CountIsAsync("0 rows");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("u");
        await page.Page.Locator("#audit-text").FillAsync("audited-by-this-test");
        await page.Page.Locator("#audit-text").PressAsync("Enter");
        await page.AddressHoldsAsync("what=audited-by-this-test");
        await Expect(page.Page.Locator("table.plain tbody tr").Last).ToContainTextAsync("explorer accounts");
        await Expect(page.Page.Locator("table.plain tbody tr").Last).ToContainTextAsync("admin");
    }
}
