using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class AccountTests(ExplorerServer server)
{
    [Fact]
    public async Task Account_OpenedByKeyboard_ShowsIdentityUsageAndSubscriptions()
    {
        await using var page = await server.OpenAsync("?q=username:admin&charts=off");
        await Expect(page.Rows).ToHaveCountAsync(1);
        await page.Page.Keyboard.PressAsync("t");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("admin");
        await Expect(page.Page.Locator("h2").First).ToHaveTextAsync("Identity");
        await Expect(page.Page.Locator(".limits dt")).ToHaveCountAsync(5);
        await page.IsAccessibleAsync();
        page.IsClean();
    }

    [Fact]
    public async Task Account_RefreshedNow_IsComputedAnew()
    {
        await using var page = await server.OpenAsync("account/named/admin");
        await page.Page.Locator("#refresh-account").ClickAsync();
        await Expect(page.Page.Locator("#refresh-status")).ToHaveTextAsync("Refreshed.");
        await Expect(page.Page.Locator("#computed")).ToHaveTextAsync("just now");
        page.IsClean();
    }

    [Fact]
    public async Task RawJson_Copied_IsTheWholeReport()
    {
        await using var page = await server.OpenAsync("account/named/admin");
        await page.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.Page.Locator("#copy-json").ClickAsync();
        await Expect(page.Page.Locator("#copy-json")).ToHaveTextAsync("Copied");
        var copied = await page.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        Assert.Contains("\"username\": \"admin\"", copied, StringComparison.Ordinal);
        page.IsClean();
    }

    [Fact]
    public async Task Account_ThatDoesNotExist_IsNoDeadEnd()
    {
        await using var page = await server.OpenAsync("account/nobody");
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("There is no such account");
        await page
            .Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Show all accounts" })
            .ClickAsync();
        await Expect(page.Rows).ToHaveCountAsync(50);
        page.IsClean();
    }
}
