using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class LookTests(ExplorerServer server)
{
    [Fact]
    public async Task Head_Clicked_SortsUpThenDownThenAsUsual()
    {
        await using var page = await server.OpenAsync("?charts=off");
        var head = page.Page.Locator("th[data-key='date_joined']");
        await head.Locator("button").ClickAsync();
        await Expect(head).ToHaveAttributeAsync("aria-sort", "ascending");
        await head.Locator("button").ClickAsync();
        await Expect(head).ToHaveAttributeAsync("aria-sort", "descending");
        await page.AddressHoldsAsync("ordering=-date_joined");
        await head.Locator("button").ClickAsync();
        await Expect(head).ToHaveAttributeAsync("aria-sort", "none");
        page.IsClean();
    }

    [Fact]
    public async Task Page_TurnedByKeys_ComesBackToTheSameRows()
    {
        await using var page = await server.OpenAsync("?charts=off");
        await Expect(page.Rows).ToHaveCountAsync(50);
        var first = await page.Rows.First.Locator("th").InnerTextAsync();
        await page.Page.Keyboard.PressAsync("n");
        await page.AddressHoldsAsync("cursor=");
        await Expect(page.Rows.First.Locator("th")).Not.ToHaveTextAsync(first);
        await page.Page.Keyboard.PressAsync("p");
        await Expect(page.Rows.First.Locator("th")).ToHaveTextAsync(first);
        page.IsClean();
    }

    [Fact]
    public async Task Columns_AddedMovedPinnedAndHidden_AreInTheAddress()
    {
        await using var page = await server.OpenAsync("?charts=off&columns=username,email,date_joined");
        await page.Page.Keyboard.PressAsync("c");
        await page.Page.Locator("[data-add='is_staff']").ClickAsync();
        await page.AddressHoldsAsync("columns=username,email,date_joined,is_staff");
        await page.Page.GetByLabel("Move Is staff up").ClickAsync();
        await page.AddressHoldsAsync("columns=username,email,is_staff,date_joined");
        await page.Page.GetByLabel("Pin Email").ClickAsync();
        await page.AddressHoldsAsync("email~pin");
        await page.Page.GetByLabel("Width of Email in pixels").FillAsync("300");
        await page.Page.GetByLabel("Width of Email in pixels").PressAsync("Enter");
        await page.AddressHoldsAsync("email~pin~300");
        await page.Page.GetByLabel("Hide Date joined").ClickAsync();
        await Expect(page.Page.Locator("table.reports thead th")).ToHaveTextAsync(["Username▲", "Email", "Is staff"]);
        page.IsClean();
    }

    [Fact]
    public async Task Column_DraggedAtItsEdge_KeepsItsWidthInTheAddress()
    {
        await using var page = await server.OpenAsync("?charts=off&columns=username,email");
        var grip = await page.Page.Locator("th[data-key='username'] .grip").BoundingBoxAsync();
        await page.Page.Mouse.MoveAsync(grip!.X + 3, grip.Y + 5);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(grip.X + 103, grip.Y + 5, new() { Steps = 4 });
        await page.Page.Mouse.UpAsync();
        await page.AddressHoldsAsync("username~280");
        page.IsClean();
    }

    [Fact]
    public async Task Balance_OverTheLimit_SaysSoInAWord()
    {
        await using var page = await server.OpenAsync(
            "?charts=off&q=service_usage__balances__submission__exceeded:true"
                + "&columns=username,service_usage__balances__submission"
        );
        await Expect(page.Rows.First.Locator("td .share b")).ToHaveTextAsync("over");
        page.IsClean();
    }

    [Fact]
    public async Task Times_Switched_AreExact()
    {
        await using var page = await server.OpenAsync("?charts=off&columns=username,date_joined");
        await Expect(page.Rows.First.Locator("time")).ToContainTextAsync("ago");
        await page.Page.Locator("#times-button").ClickAsync();
        await Expect(page.Rows.First.Locator("time")).ToContainTextAsync("UTC");
        page.IsClean();
    }

    [Fact]
    public async Task Query_ThatMatchesNobody_SaysWhatToDo()
    {
        await using var page = await server.OpenAsync("?q=username:nobody-has-this-name");
        await page.CountIsAsync("0 rows");
        await page.Page.Locator(".empty button").ClickAsync();
        await Expect(page.Rows).ToHaveCountAsync(50);
        page.IsClean();
    }
}
