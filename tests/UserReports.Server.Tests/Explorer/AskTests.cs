using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class AskTests(ExplorerServer server)
{
    [Fact]
    public async Task Completion_FieldThenValueByKeyboard_MakesAQueryThatIsAsked()
    {
        await using var page = await server.OpenAsync();
        await page.Page.Keyboard.PressAsync("/");
        await Expect(page.Query).ToBeFocusedAsync();

        await page.Query.PressSequentiallyAsync("organization__ro");
        await Expect(page.Page.Locator("#query-list li").First)
            .ToHaveTextAsync("organization__roleowner, admin or member: the account's role in this organisation.");
        await page.Query.PressAsync("ArrowDown");
        await page.Query.PressAsync("Enter");
        await Expect(page.Page.Locator("#query-list li b")).ToContainTextAsync(["owner", "admin", "member"]);
        await page.Query.PressAsync("ArrowDown");
        await page.Query.PressAsync("Enter");
        await Expect(page.Query).ToHaveValueAsync("organization__role:owner ");
        await page.Query.PressAsync("Escape");
        await page.Query.PressAsync("Enter");

        await page.AddressHoldsAsync("q=organization__role:owner");
        await Expect(page.Page.Locator(".conditions code")).ToHaveTextAsync("organization__role:owner");
        page.IsClean();
    }

    [Fact]
    public async Task Completion_ValueByMouse_OffersWhatTheReportsHold()
    {
        await using var page = await server.OpenAsync();
        await page.Query.ClickAsync();
        await page.Query.PressSequentiallyAsync("extra_details__data__country:");
        await page.Page.Locator("#query-list li").First.ClickAsync();
        await page.Query.PressAsync("Escape");
        await page
            .Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Ask", Exact = true })
            .ClickAsync();

        await page.AddressHoldsAsync("q=extra_details__data__country:");
        await Expect(page.Rows.First).ToBeVisibleAsync();
        page.IsClean();
    }

    [Fact]
    public async Task Error_UnknownField_IsMarkedAtItsPlaceAndTheNearestNameRepairsIt()
    {
        await using var page = await server.OpenAsync();
        await page.AskAsync("is_active:true usrname:admin");

        await Expect(page.Page.Locator("#query-errors mark")).ToHaveTextAsync("usrname");
        await Expect(page.Page.Locator("#query-errors p").First)
            .ToHaveTextAsync("The report has no field \"usrname\". Did you mean username?");
        await Expect(page.Query).ToHaveAttributeAsync("aria-invalid", "true");
        await page.Page.Locator("#query-errors .chip").ClickAsync();

        await page.CountIsAsync("1 row");
        page.IsClean();
    }

    [Fact]
    public async Task Builder_ByKeyboard_AddsAConditionToTheSameQuery()
    {
        await using var page = await server.OpenAsync("?q=is_active:true");
        await page.Page.Locator("#main").FocusAsync();
        await page.Page.Keyboard.PressAsync("b");
        await Expect(page.Page.Locator("#builder-field")).ToBeFocusedAsync();
        await page.Page.Locator("#builder-lookup").SelectOptionAsync("startswith");
        await page.Page.Locator("#builder-value").FillAsync("adm");
        await page.Page.Locator("#builder-value").PressAsync("Enter");

        await Expect(page.Query).ToHaveValueAsync("is_active:true AND username__startswith:adm");
        await Expect(page.Page.Locator(".conditions code"))
            .ToHaveTextAsync(["is_active:true", "username__startswith:adm"]);
        page.IsClean();
    }

    [Fact]
    public async Task Condition_RemovedByMouse_LeavesTheOthers()
    {
        await using var page = await server.OpenAsync("?q=username:admin AND is_active:true");
        await page.CountIsAsync("1 row");
        await page.Page.GetByLabel("Remove the condition is_active:true").ClickAsync();
        await Expect(page.Query).ToHaveValueAsync("username:admin");
        page.IsClean();
    }

    [Fact]
    public async Task Chip_EachReadyQuestion_IsAQueryWithoutFault()
    {
        await using var page = await server.OpenAsync();
        var chips = page.Page.Locator(".chips .chip");
        for (var i = 0; i < await chips.CountAsync(); i++)
        {
            await chips.Nth(i).ClickAsync();
            await Expect(chips.Nth(i)).ToHaveAttributeAsync("aria-pressed", "true");
            await Expect(page.Page.Locator("#query-errors")).ToBeEmptyAsync();
        }

        page.IsClean();
    }
}
