using System.Text.Json;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class AccountTests(ExplorerServer server)
{
    [Theory]
    [Hands]
    public async Task Account_OpenedFromItsRow_ShowsIdentityUsageAndSubscriptions(Hand hand)
    {
        await using var page = await server.OpenAsync("?q=username:admin&charts=off");
        await Expect(page.Rows).ToHaveCountAsync(1);
        await page.PressAsync(page.Rows.First.Locator("a"), hand);
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("admin");
        await Expect(page.Page.Locator("h2").First).ToHaveTextAsync("Identity");
        await Expect(page.Page.Locator(".limits dt")).ToHaveCountAsync(5);
        await Expect(page.Page.Locator(".subscription").First).ToContainTextAsync("USD/month");
        await Expect(page.Page.Locator("#computed")).ToBeVisibleAsync();
        await page.PressAsync(page.Page.Locator(".crumbs a"), hand);
        await Expect(page.Rows).ToHaveCountAsync(50);
    }

    [Fact]
    public async Task Account_OpenedByItsKeys_IsThatOfTheRow()
    {
        await using var page = await server.OpenAsync("?charts=off");
        await Expect(page.Rows).ToHaveCountAsync(50);
        var second = await page.Rows.Nth(1).Locator("a").InnerTextAsync();
        await page.Keyboard.PressAsync("t");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator("h1:not(.unseen)")).ToHaveTextAsync(second);
    }

    [Theory]
    [Hands]
    public async Task Account_RefreshedNow_IsComputedAnew(Hand hand)
    {
        await using var page = await server.OpenAsync("account/named/admin");
        await page.PressAsync(page.Page.Locator("#refresh-account"), hand);
        await Expect(page.Page.Locator("#refresh-status")).ToHaveTextAsync("Refreshed.");
        await Expect(page.Page.Locator("#computed")).ToHaveTextAsync("just now");
    }

    [Theory]
    [Hands]
    public async Task RawJson_Copied_IsTheWholeReport(Hand hand)
    {
        await using var page = await server.OpenAsync("account/named/admin");
        await page.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.PressAsync(page.Page.Locator("#copy-json"), hand);
        await Expect(page.Page.Locator("#copy-json")).ToHaveTextAsync("Copied");
        var copied = await page.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        using var json = JsonDocument.Parse(copied);
        Assert.Equal("admin", json.RootElement[0].GetProperty("username").GetString());

        await page.PressAsync(page.Page.GetByText("Show", new() { Exact = true }), hand);
        await Expect(page.Page.Locator("#raw-json")).ToContainTextAsync("\"username\": \"admin\"");
    }

    [Theory]
    [Hands]
    public async Task Account_ThatDoesNotExist_IsNoDeadEnd(Hand hand)
    {
        await using var page = await server.OpenAsync("account/nobody");
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("There is no such account");
        await page.PressAsync(page.Page.GetByText("Show all accounts"), hand);
        await Expect(page.Rows).ToHaveCountAsync(50);
    }
}
