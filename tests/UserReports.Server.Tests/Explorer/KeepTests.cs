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
    }

    [Fact]
    public async Task Back_AfterTwoQuestions_LeadsToTheFirst()
    {
        await using var page = await server.OpenAsync("?charts=off");
        await page.AskAsync("username:admin");
        await page.CountIsAsync("1 row");
        await page.AskAsync("username:nobody-has-this-name");
        await page.CountIsAsync("0 rows");
        await page.Page.GoBackAsync();
        await page.CountIsAsync("1 row");
        await Expect(page.Query).ToHaveValueAsync("username:admin");
        await page.Page.GoForwardAsync();
        await page.CountIsAsync("0 rows");
        await Expect(page.Query).ToHaveValueAsync("username:nobody-has-this-name");
    }

    [Theory]
    [Hands]
    public async Task View_SavedAsStartPage_OpensWithTheExplorerUntilRemoved(Hand hand)
    {
        var name = $"Staff فريق {hand}";
        await using var page = await server.OpenAsync("?q=is_staff:true&charts=off");
        await page.PressAsync(page.Page.Locator("#views-button"), hand);
        await page.WriteAsync(page.Page.Locator("#view-name"), name, hand);
        await page.PressAsync(page.Page.Locator("#view-save"), hand);
        var mine = page.Page.Locator(".views li").Filter(new() { HasText = name });
        await page.PressAsync(mine.GetByText("Shared"), hand);
        await Expect(mine.GetByText("Shared")).ToHaveAttributeAsync("aria-pressed", "true");
        await page.PressAsync(mine.GetByText("Start page"), hand);
        await Expect(mine.GetByText("Start page")).ToHaveAttributeAsync("aria-pressed", "true");

        await page.Page.GotoAsync("/");
        await page.AddressHoldsAsync("q=is_staff:true");
        await Expect(page.Query).ToHaveValueAsync("is_staff:true");

        await page.PressAsync(page.Page.Locator("#views-button"), hand);
        await page.PressAsync(page.Page.GetByLabel($"Remove {name}"), hand);
        await Expect(mine).ToHaveCountAsync(0);
    }

    [Theory]
    [Hands]
    public async Task Export_OfWhatIsShown_HoldsItsRowsAndColumns(Hand hand)
    {
        await using var page = await server.OpenAsync("?q=username:admin&columns=username,is_staff&charts=off");
        await page.PressAsync(page.Page.Locator("#export-button"), hand);
        var download = await page.Page.RunAndWaitForDownloadAsync(() =>
            page.PressAsync(page.Page.Locator("#export-csv"), hand)
        );
        var text = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(
            ["username,is_staff", "admin,true"],
            text.Trim('\ufeff').ReplaceLineEndings("\n").Trim().Split('\n')
        );
    }

    [Fact]
    public async Task Export_ForExcel_BeginsWithAByteOrderMark()
    {
        await using var page = await server.OpenAsync("?q=username:admin&columns=username&charts=off");
        await page.PressAsync(page.Page.Locator("#export-button"), Hand.Mouse);
        var download = await page.Page.RunAndWaitForDownloadAsync(() =>
            page.PressAsync(page.Page.Locator("#export-csv-mark"), Hand.Mouse)
        );
        Assert.Equal(
            [0xEF, 0xBB, 0xBF, .. "username\r\nadmin\r\n"u8],
            await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken)
        );
    }
}
