using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class AskTests(ExplorerServer server)
{
    /// <summary>The server listens to the query only when the test says so.</summary>
    private const string ListenLate = """
        let explorer;
        Object.defineProperty(window, "explorer", {
          get: () => explorer,
          set: value => {
            const listen = value.queryInput;
            value.queryInput = (...given) => new Promise(done => {
              window.listen = () => { listen(...given); done(); };
            });
            explorer = value;
          },
        });
        """;

    [Fact]
    public async Task Completion_FieldThenValueByKeyboard_MakesAQueryThatIsAsked()
    {
        await using var page = await server.OpenAsync();
        await page.Keyboard.PressAsync("/");
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
    }

    [Fact]
    public async Task Completion_ValueByMouse_OffersWhatTheReportsHold()
    {
        await using var page = await server.OpenAsync();
        await page.Query.ClickAsync();
        await page.Query.PressSequentiallyAsync("extra_details__data__country:");
        // Three capital letters: a country, not one of the fields that were offered while its path was being typed.
        await page
            .Page.Locator("#query-list li b")
            .Filter(new() { HasTextRegex = new("^[A-Z]{3}$") })
            .First.ClickAsync();
        await page.Query.PressAsync("Escape");
        await page.Button("Ask").ClickAsync();

        await page.AddressHoldsAsync("q=extra_details__data__country:");
        await Expect(page.Rows.First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Question_AskedBeforeTheServerListens_IsNotLost()
    {
        await using var page = await server.OpenAsync("audit");
        await page.Page.AddInitScriptAsync(ListenLate);
        await page.Page.GotoAsync("/?all");
        await page.Page.WaitForFunctionAsync("() => window.listen");
        await page.AskAsync("username:admin");
        await Expect(page.Query).ToHaveValueAsync("username:admin");
        await page.Page.EvaluateAsync("() => window.listen()");

        await page.CountIsAsync("1 row");
        await Expect(page.Query).ToHaveValueAsync("username:admin");
    }

    [Fact]
    public async Task Answer_WhileMoreIsBeingTyped_LeavesWhatWasTyped()
    {
        await using var page = await server.OpenAsync("?charts=off");
        await page.AskAsync("username:admin ");
        await page.Keyboard.TypeAsync("AND");
        await page.CountIsAsync("1 row");
        await Expect(page.Page.Locator(".conditions code")).ToHaveTextAsync("username:admin");
        await Expect(page.Query).ToHaveValueAsync("username:admin AND");
    }

    [Theory]
    [Hands]
    public async Task Clear_OfWhatWasOnlyTyped_EmptiesTheBar(Hand hand)
    {
        await using var page = await server.OpenAsync("?charts=off");
        await page.WriteAsync(page.Query, "half a thou", hand);
        await page.Keyboard.PressAsync("Escape");
        await page.PressAsync(page.Button("Clear"), hand);
        await Expect(page.Query).ToHaveValueAsync("");
    }

    [Theory]
    [Hands]
    public async Task Error_UnknownField_IsMarkedAtItsPlaceAndTheNearestNameRepairsIt(Hand hand)
    {
        await using var page = await server.OpenAsync();
        await page.AskAsync("is_active:true usrname:admin");

        await Expect(page.Page.Locator("#query-errors mark")).ToHaveTextAsync("usrname");
        await Expect(page.Page.Locator("#query-errors p").First)
            .ToHaveTextAsync("The report has no field \"usrname\". Did you mean username?");
        await Expect(page.Query).ToHaveAttributeAsync("aria-invalid", "true");
        await page.PressAsync(page.Page.Locator("#query-errors .chip"), hand);

        await page.CountIsAsync("1 row");
        await Expect(page.Query).ToHaveValueAsync("is_active:true username:admin");
    }

    [Theory]
    [Hands]
    public async Task Builder_FieldComparisonValue_AddsAConditionToTheSameQuery(Hand hand)
    {
        await using var page = await server.OpenAsync("?q=is_active:true&charts=off");
        await page.PressAsync(page.Page.Locator("#build-button"), hand);
        await Expect(page.Page.Locator("#builder-field")).ToBeFocusedAsync();
        await page.WriteAsync(page.Page.Locator("#builder-field"), "email", hand);
        await page.ChooseAsync(page.Page.Locator("#builder-lookup"), "startswith", hand);
        await page.WriteAsync(page.Page.Locator("#builder-value"), "u1@", hand);
        await Expect(page.Page.Locator(".builder-text code")).ToHaveTextAsync("email__startswith:u1@");
        await page.PressAsync(page.Page.Locator("#builder-add"), hand);

        await Expect(page.Query).ToHaveValueAsync("is_active:true AND email__startswith:u1@");
        await Expect(page.Page.Locator(".conditions code"))
            .ToHaveTextAsync(["is_active:true", "email__startswith:u1@"]);
        await page.CountIsAsync("1 row");
    }

    [Theory]
    [Hands]
    public async Task Condition_Removed_LeavesTheOthers(Hand hand)
    {
        await using var page = await server.OpenAsync("?q=username:admin AND is_active:true");
        await page.CountIsAsync("1 row");
        await page.PressAsync(page.Page.GetByLabel("Remove the condition is_active:true"), hand);
        await Expect(page.Query).ToHaveValueAsync("username:admin");
    }

    [Theory]
    [Hands]
    public async Task Chip_EachReadyQuestion_IsAQueryWithoutFault(Hand hand)
    {
        await using var page = await server.OpenAsync("?charts=off");
        var chips = page.Page.Locator(".chips .chip");
        for (var i = 0; i < await chips.CountAsync(); i++)
        {
            await page.PressAsync(chips.Nth(i), hand);
            await Expect(chips.Nth(i)).ToHaveAttributeAsync("aria-pressed", "true");
            await page.IsSettledAsync();
            await Expect(page.Page.Locator("#query-errors")).ToBeEmptyAsync();
        }
    }

    [Theory]
    [Hands]
    public async Task Value_ThatAFieldNeverHas_IsSaidWithTheNearestToPress(Hand hand)
    {
        var scheme = hand == Hand.Mouse ? ColorScheme.Light : ColorScheme.Dark;
        await using var page = await server.OpenAsync(
            "?q=is_active:true organization__role:ownr&charts=off",
            scheme: scheme
        );
        await page.CountIsAsync("0 rows");
        var warning = page.Page.Locator("#query-warnings");
        await Expect(warning).ToContainTextAsync("\"organization__role\" is never \"ownr\". Did you mean owner?");
        await page.IsAccessibleAsync();

        await page.PressAsync(warning.Locator(".chip"), hand);
        await Expect(page.Query).ToHaveValueAsync("is_active:true organization__role:owner");
        await Expect(page.Page.Locator(".query-warning")).ToHaveCountAsync(0);
        await Expect(page.Rows.First).ToBeVisibleAsync();
    }
}
