using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class FrameTests(ExplorerServer server)
{
    private static readonly int[] Widths = [1440, 1024, 390];

    [Theory]
    [InlineData("?all", ColorScheme.Light)]
    [InlineData("?all", ColorScheme.Dark)]
    [InlineData("?q=account_restricted:true&charts=off", ColorScheme.Light)]
    [InlineData("?q=account_restricted:true&charts=off", ColorScheme.Dark)]
    [InlineData("?q=username:admin", ColorScheme.Light)]
    [InlineData("?q=username:nobody-has-this-name", ColorScheme.Dark)]
    [InlineData("?q=nofield:1", ColorScheme.Light)]
    [InlineData("?q=nofield:1", ColorScheme.Dark)]
    [InlineData("account/named/admin", ColorScheme.Light)]
    [InlineData("account/named/admin", ColorScheme.Dark)]
    [InlineData("account/nobody", ColorScheme.Dark)]
    [InlineData("runs", ColorScheme.Light)]
    [InlineData("runs", ColorScheme.Dark)]
    [InlineData("audit", ColorScheme.Light)]
    [InlineData("audit", ColorScheme.Dark)]
    public async Task Page_InEachThemeAndWidth_IsAccessibleAndFits(string address, ColorScheme scheme)
    {
        await using var page = await server.OpenAsync(address, scheme: scheme);
        foreach (var width in Widths)
        {
            await page.Page.SetViewportSizeAsync(width, 900);
            await page.IsSettledAsync();
            await page.FitsAsync(width);
            if (width != 1024)
                await page.IsAccessibleAsync();
        }
    }

    [Theory]
    [InlineData("b", ColorScheme.Light)]
    [InlineData("b", ColorScheme.Dark)]
    [InlineData("c", ColorScheme.Light)]
    [InlineData("c", ColorScheme.Dark)]
    [InlineData("v", ColorScheme.Light)]
    [InlineData("v", ColorScheme.Dark)]
    [InlineData("?", ColorScheme.Light)]
    [InlineData("?", ColorScheme.Dark)]
    public async Task Panel_OpenedByItsKey_IsAccessibleAndClosesByEscape(string key, ColorScheme scheme)
    {
        await using var page = await server.OpenAsync("?charts=off", scheme: scheme);
        await Expect(page.Rows).ToHaveCountAsync(50);
        await page.Keyboard.PressAsync(key);
        var panel = page.Page.Locator("#panel, [role=dialog]");
        await Expect(panel).ToHaveCountAsync(1);
        await page.IsAccessibleAsync();
        await page.Page.SetViewportSizeAsync(390, 844);
        await page.FitsAsync(390);
        await page.Keyboard.PressAsync("Escape");
        await Expect(panel).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(Hand.Mouse)]
    [InlineData(Hand.Keyboard)]
    public async Task Export_Opened_IsAccessibleAndCloses(Hand hand)
    {
        await using var page = await server.OpenAsync("?charts=off");
        await page.PressAsync(page.Page.Locator("#export-button"), hand);
        await Expect(page.Page.Locator("#panel")).ToHaveCountAsync(1);
        await page.IsAccessibleAsync();
        await page.PressAsync(page.Page.Locator("#export-button"), Hand.Mouse);
        await Expect(page.Page.Locator("#panel")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(Hand.Mouse)]
    [InlineData(Hand.Keyboard)]
    public async Task Help_Opened_ListsTheKeysAndCloses(Hand hand)
    {
        await using var page = await server.OpenAsync("?charts=off");
        await page.PressAsync(page.Page.Locator("#help-button"), hand);
        await Expect(page.Page.Locator("[role=dialog] kbd").First).ToHaveTextAsync("/");
        await page.PressAsync(page.Button("Close"), hand);
        await Expect(page.Page.Locator("[role=dialog]")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(Hand.Mouse)]
    [InlineData(Hand.Keyboard)]
    public async Task Theme_Changed_OutlivesTheNextPage(Hand hand)
    {
        await using var page = await server.OpenAsync();
        await page.PressAsync(page.Page.Locator("#theme-button"), hand);
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.PressAsync(page.Page.Locator("#theme-button"), hand);
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Theory]
    [InlineData(Hand.Mouse)]
    [InlineData(Hand.Keyboard)]
    public async Task SignOut_Pressed_EndsTheSession(Hand hand)
    {
        await using var page = await server.OpenAsync();
        await page.PressAsync(page.Button("Sign out"), hand);
        await Expect(page.Page).ToHaveURLAsync(new Regex("/sign-in"));
        await page.Page.GotoAsync("/?all");
        await Expect(page.Page).ToHaveURLAsync(new Regex("/sign-in"));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task SignIn_InEachThemeAndWidth_IsAccessibleAndWorksByKeyboardAlone(ColorScheme scheme)
    {
        await using var page = await server.OpenSignedOutAsync(scheme: scheme);
        await page.Page.GotoAsync("/sign-in?next=%2Faudit");
        foreach (var width in Widths)
        {
            await page.Page.SetViewportSizeAsync(width, 900);
            await page.FitsAsync(width);
        }

        await page.PressAsync(page.Page.GetByText("Sign in with an API token instead"), Hand.Keyboard);
        await page.IsAccessibleAsync();
        await page.WriteAsync(page.Page.Locator("#token"), ExplorerHost.Token, Hand.Keyboard);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("Audit");
    }

    [Fact]
    public async Task Files_OfThePage_AreCompressedAndKeptByTheBrowser()
    {
        await using var page = await server.OpenAsync("audit");
        List<IResponse> files = [];
        page.Page.Response += (_, response) =>
        {
            if (response.Request.ResourceType is "script" or "stylesheet")
                files.Add(response);
        };
        await page.Page.GotoAsync("/?all");
        await Expect(page.Rows).ToHaveCountAsync(50);
        Assert.True(files.Count >= 7, $"{files.Count} files");
        foreach (var file in files)
        {
            var headers = await file.AllHeadersAsync();
            Assert.Equal("max-age=31536000, immutable", headers["cache-control"]);
            Assert.True(headers.ContainsKey("content-encoding"), file.Url);
        }
    }
}
