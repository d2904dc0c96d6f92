using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class KeepTests(ExplorerServer server)
{
    [Fact]
    public async Task Address_Opened_ShowsTheWholeState()
    {
        await using var page = await server.OpenAsync(
            "?q=is_staff:true&ordering=-date_joined&columns=username~pin,date_joined~222"
                + "&size=25&times=exact&charts=off"
        );
        await Expect(page.Query).ToHaveValueAsync("is_staff:true");
        await Expect(page.Page.Locator("th[data-key='date_joined']")).ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(page.Page.Locator("#page-size")).ToHaveValueAsync("25");
        await Expect(page.Page.Locator("#times-button")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Page.Locator(".overview")).ToHaveCountAsync(0);
        page.IsClean();
    }

    [Fact]
    public async Task View_SavedAsStartPage_OpensWithTheExplorerUntilRemoved()
    {
        await using var page = await server.OpenAsync("?q=is_staff:true&charts=off");
        await page.Page.Keyboard.PressAsync("v");
        await page.Page.Locator("#view-name").FillAsync("Staff فريق");
        await page.Page.Locator("#view-name").PressAsync("Enter");
        var mine = page.Page.Locator(".views li").Filter(new() { HasText = "Staff فريق" });
        await mine.GetByText("Start page").ClickAsync();
        await Expect(mine.GetByText("Start page")).ToHaveAttributeAsync("aria-pressed", "true");

        await page.Page.GotoAsync("/");
        await page.AddressHoldsAsync("q=is_staff:true");
        await Expect(page.Query).ToHaveValueAsync("is_staff:true");

        await page.Page.Locator("#views-button").ClickAsync();
        await page.Page.GetByLabel("Remove Staff فريق").ClickAsync();
        await Expect(mine).ToHaveCountAsync(0);
        page.IsClean();
    }

    [Fact]
    public async Task Export_OfWhatIsShown_HoldsItsRowsAndColumns()
    {
        await using var page = await server.OpenAsync("?q=username:admin&columns=username,is_staff&charts=off");
        await page.Page.Locator("#export-button").ClickAsync();
        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.Locator("#export-csv").ClickAsync());
        var text = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(
            ["username,is_staff", "admin,true"],
            text.Trim('\ufeff').ReplaceLineEndings("\n").Trim().Split('\n')
        );
        page.IsClean();
    }
}
