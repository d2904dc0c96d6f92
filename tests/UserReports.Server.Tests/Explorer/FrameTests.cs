using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class FrameTests(ExplorerServer server)
{
    private static readonly int[] Widths = [1440, 1024, 390];
    private static readonly ColorScheme[] Schemes = [ColorScheme.Light, ColorScheme.Dark];
    private static readonly string[] PanelKeys = ["b", "c", "v", "?"];

    [Theory]
    [InlineData("?all&size=25")]
    [InlineData("?q=account_restricted:true&charts=off&size=25")]
    [InlineData("?q=username:admin")]
    [InlineData("?q=username:nobody-has-this-name")]
    [InlineData("?q=nofield:1")]
    [InlineData("account/named/admin")]
    [InlineData("account/nobody")]
    [InlineData("runs")]
    [InlineData("audit")]
    [Trait("Category", "Random")]
    public async Task Page_InEachThemeAndWidth_IsAccessibleAndFits(string address)
    {
        await using var page = await server.OpenAsync(address);
        foreach (var scheme in Schemes)
        {
            if (scheme != ColorScheme.Light)
                await page.ReopenAsync(scheme);
            foreach (var width in Widths)
            {
                await page.Page.SetViewportSizeAsync(width, 900);
                await page.IsSettledAsync();
                await page.FitsAsync(width);
                await page.IsAccessibleAsync(scheme, width);
            }
        }
    }

    [Fact]
    public async Task Panels_OpenedByTheirKeys_AreAccessibleAndCloseByEscape()
    {
        await using var page = await server.OpenAsync("?charts=off&size=25");
        var panel = page.Page.Locator("#panel, [role=dialog]");
        foreach (var scheme in Schemes)
        {
            if (scheme != ColorScheme.Light)
                await page.ReopenAsync(scheme);
            await Expect(page.Rows).ToHaveCountAsync(25);
            foreach (var key in PanelKeys)
            {
                await page.Page.SetViewportSizeAsync(1440, 900);
                await page.Keyboard.PressAsync(key);
                await Expect(panel).ToHaveCountAsync(1);
                await page.IsAccessibleAsync(panel);
                await page.Page.SetViewportSizeAsync(390, 844);
                await page.FitsAsync(390);
                await page.Keyboard.PressAsync("Escape");
                await Expect(panel).ToHaveCountAsync(0);
            }
        }
    }

    [Theory]
    [Hands]
    public async Task Export_Opened_IsAccessibleAndCloses(Hand hand)
    {
        await using var page = await server.OpenAsync("?charts=off");
        await page.PressAsync(page.Page.Locator("#export-button"), hand);
        await Expect(page.Page.Locator("#panel")).ToHaveCountAsync(1);
        await page.IsAccessibleAsync(page.Page.Locator("#panel"));
        await page.PressAsync(page.Page.Locator("#export-button"), Hand.Mouse);
        await Expect(page.Page.Locator("#panel")).ToHaveCountAsync(0);
    }

    [Theory]
    [Hands]
    public async Task Help_Opened_ListsTheKeysAndCloses(Hand hand)
    {
        await using var page = await server.OpenAsync("?charts=off");
        await page.PressAsync(page.Page.Locator("#help-button"), hand);
        await Expect(page.Page.Locator("[role=dialog] kbd").First).ToHaveTextAsync("/");
        await page.PressAsync(page.Button("Close"), hand);
        await Expect(page.Page.Locator("[role=dialog]")).ToHaveCountAsync(0);
    }

    [Theory]
    [Hands]
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
    [Hands]
    public async Task SignOut_Pressed_EndsTheSession(Hand hand)
    {
        await using var page = await server.OpenAsync();
        await page.PressAsync(page.Button("Sign out"), hand);
        await Expect(page.Page).ToHaveURLAsync(new Regex("/sign-in"));
        await page.Page.GotoAsync("/?all");
        await Expect(page.Page).ToHaveURLAsync(new Regex("/sign-in"));
    }

    [Fact]
    public async Task SignIn_InEachThemeAndWidth_IsAccessibleAndWorksByKeyboardAlone()
    {
        await using var page = await server.OpenSignedOutAsync();
        await page.Page.GotoAsync("/sign-in?next=%2Faudit");
        foreach (var width in Widths)
        {
            await page.Page.SetViewportSizeAsync(width, 900);
            await page.FitsAsync(width);
        }

        foreach (var scheme in Schemes)
        {
            await page.ReopenAsync(scheme);
            await page.PressAsync(page.Page.GetByText("Sign in with an API token instead"), Hand.Keyboard);
            await page.IsAccessibleAsync();
        }

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
