using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class FrameTests(ExplorerServer server)
{
    [Theory]
    [InlineData("?all", ColorScheme.Light, 1440)]
    [InlineData("?all", ColorScheme.Dark, 1440)]
    [InlineData("?all", ColorScheme.Light, 390)]
    [InlineData("?q=account_restricted:true&charts=off", ColorScheme.Light, 1024)]
    [InlineData("?q=account_restricted:true&charts=off", ColorScheme.Dark, 1024)]
    [InlineData("?q=nofield:1", ColorScheme.Dark, 1440)]
    [InlineData("account/named/admin", ColorScheme.Light, 390)]
    [InlineData("account/named/admin", ColorScheme.Dark, 1440)]
    [InlineData("runs", ColorScheme.Light, 1440)]
    [InlineData("runs", ColorScheme.Dark, 390)]
    [InlineData("audit", ColorScheme.Light, 1440)]
    [InlineData("audit", ColorScheme.Dark, 1440)]
    public async Task Page_InEachThemeAndWidth_IsAccessibleAndFits(string address, ColorScheme scheme, int width)
    {
        await using var page = await server.OpenAsync(address, width, scheme: scheme);
        await Expect(page.Page.Locator(".loading")).ToHaveCountAsync(0);
        await Expect(page.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
        await page.IsAccessibleAsync();
        Assert.Equal(width, await page.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        page.IsClean();
    }

    [Theory]
    [InlineData("b")]
    [InlineData("c")]
    [InlineData("v")]
    [InlineData("?")]
    public async Task Panel_OpenedByItsKey_IsAccessibleAndClosesByEscape(string key)
    {
        await using var page = await server.OpenAsync("?charts=off");
        await Expect(page.Rows).ToHaveCountAsync(50);
        await page.Page.Keyboard.PressAsync(key);
        var panel = page.Page.Locator("#panel, [role=dialog]");
        await Expect(panel).ToHaveCountAsync(1);
        await page.IsAccessibleAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(panel).ToHaveCountAsync(0);
        page.IsClean();
    }

    [Fact]
    public async Task Theme_Changed_OutlivesTheNextPage()
    {
        await using var page = await server.OpenAsync();
        await page.Page.Locator("#theme-button").ClickAsync();
        await page.Page.Locator("#theme-button").ClickAsync();
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        page.IsClean();
    }

    [Fact]
    public async Task Runs_Started_AreSeenUntilTheyAreCompleted()
    {
        await using var page = await server.OpenAsync("runs");
        await Expect(page.Page.Locator("#runs tbody tr").First).ToBeVisibleAsync();
        var before = await page.Page.Locator("#runs tbody tr").CountAsync();
        await page.Page.Locator("#start-run").ClickAsync();
        await Expect(page.Page.Locator("#runs tbody tr")).ToHaveCountAsync(before + 1, new() { Timeout = 30_000 });
        await Expect(page.Page.Locator("#runs tbody tr").First.Locator(".badge"))
            .ToHaveTextAsync("completed", new() { Timeout = 60_000 });
        await Expect(page.Page.Locator("#data-age")).ToContainTextAsync("Data");
        page.IsClean();
    }

    [Fact]
    public async Task Audit_AfterAQuery_HoldsWhoAskedWhat()
    {
        await using var page = await server.OpenAsync("?q=username:audited-by-this-test");
        await page.CountIsAsync("0 rows");
        await page.Page.Keyboard.PressAsync("g");
        await page.Page.Keyboard.PressAsync("u");
        await page.Page.Locator("#audit-text").FillAsync("audited-by-this-test");
        await page.Page.Locator("#audit-text").PressAsync("Enter");
        await page.AddressHoldsAsync("what=audited-by-this-test");
        await Expect(page.Page.Locator("table.plain tbody tr").Last).ToContainTextAsync("explorer accounts");
        await Expect(page.Page.Locator("table.plain tbody tr").Last).ToContainTextAsync("admin");
        page.IsClean();
    }

    [Fact]
    public async Task SignOut_Pressed_EndsTheSession()
    {
        await using var page = await server.OpenAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in"));
        await page.Page.GotoAsync("/?all");
        await Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in"));
    }
}
