using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

[Trait("Category", "Browser")]
public sealed class LookTests(ExplorerServer server)
{
    [Theory]
    [Hands]
    public async Task Head_Pressed_SortsUpThenDownThenAsUsual(Hand hand)
    {
        await using var page = await server.OpenAsync("?charts=off");
        var head = page.Page.Locator("th[data-key='date_joined']");
        await page.PressAsync(head.Locator("button"), hand);
        await Expect(head).ToHaveAttributeAsync("aria-sort", "ascending");
        await page.PressAsync(head.Locator("button"), hand);
        await Expect(head).ToHaveAttributeAsync("aria-sort", "descending");
        await page.AddressHoldsAsync("ordering=-date_joined");
        await page.PressAsync(head.Locator("button"), hand);
        await Expect(head).ToHaveAttributeAsync("aria-sort", "none");
    }

    [Fact]
    public async Task Heads_PressedFasterThanTheServerAnswers_EndWithTheLast()
    {
        await using var page = await server.OpenAsync("?charts=off");
        await Expect(page.Rows).ToHaveCountAsync(50);
        await page.Page.EvaluateAsync(
            """
            () => {
              for (const key of ["organization__name", "date_joined", "last_login"])
                document.querySelector(`th[data-key='${key}'] button`).click();
            }
            """
        );
        await page.AddressHoldsAsync("ordering=last_login");
        await page.IsSettledAsync();
        await Expect(page.Page.Locator("th[data-key='last_login']")).ToHaveAttributeAsync("aria-sort", "ascending");
        await page.Page.GoBackAsync();
        await page.AddressHoldsAsync("ordering=date_joined");
        await Expect(page.Page.Locator("th[data-key='date_joined']")).ToHaveAttributeAsync("aria-sort", "ascending");
        await page.Page.GoForwardAsync();
        await Expect(page.Page.Locator("th[data-key='last_login']")).ToHaveAttributeAsync("aria-sort", "ascending");
    }

    [Fact]
    public async Task Page_TurnedByItsKeys_ComesBackToTheSameRows()
    {
        await using var page = await server.OpenAsync("?charts=off");
        await Expect(page.Rows).ToHaveCountAsync(50);
        var first = await page.Rows.First.Locator("th").InnerTextAsync();
        await page.Keyboard.PressAsync("n");
        await page.AddressHoldsAsync("cursor=");
        await Expect(page.Rows.First.Locator("th")).Not.ToHaveTextAsync(first);
        await page.Keyboard.PressAsync("p");
        await Expect(page.Rows.First.Locator("th")).ToHaveTextAsync(first);
    }

    [Theory]
    [Hands]
    public async Task Page_TurnedByItsButtons_ComesBackToTheSameRows(Hand hand)
    {
        await using var page = await server.OpenAsync("?charts=off&size=25");
        await Expect(page.Rows).ToHaveCountAsync(25);
        var first = await page.Rows.First.Locator("th").InnerTextAsync();
        await page.PressAsync(page.Page.Locator("#next-page"), hand);
        await Expect(page.Rows.First.Locator("th")).Not.ToHaveTextAsync(first);
        await page.PressAsync(page.Button("First page"), hand);
        await Expect(page.Rows.First.Locator("th")).ToHaveTextAsync(first);
        await page.ChooseAsync(page.Page.Locator("#page-size"), "100", hand);
        await Expect(page.Rows).ToHaveCountAsync(100);
    }

    [Theory]
    [Hands]
    public async Task Columns_AddedMovedPinnedAndHidden_AreInTheAddress(Hand hand)
    {
        await using var page = await server.OpenAsync("?charts=off&columns=username,email,date_joined");
        await page.PressAsync(page.Page.Locator("#columns-button"), hand);
        await page.WriteAsync(page.Page.Locator("#column-search"), "staff", hand);
        await page.PressAsync(page.Page.Locator("[data-add='is_staff']"), hand);
        await page.AddressHoldsAsync("columns=username,email,date_joined,is_staff");
        await page.PressAsync(page.Page.GetByLabel("Move Is staff up"), hand);
        await page.AddressHoldsAsync("columns=username,email,is_staff,date_joined");
        await page.PressAsync(page.Page.GetByLabel("Pin Email"), hand);
        await page.AddressHoldsAsync("email~pin");
        await page.WriteAsync(page.Page.GetByLabel("Width of Email in pixels"), "300", hand);
        await page.Keyboard.PressAsync("Tab");
        await page.AddressHoldsAsync("email~pin~300");
        await page.PressAsync(page.Page.GetByLabel("Hide Date joined"), hand);
        await Expect(page.Page.Locator("table.reports thead th")).ToHaveTextAsync(["Username▲", "Email", "Is staff"]);
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
    }

    [Fact]
    public async Task Column_DraggedAtItsHead_StandsWhereItWasDropped()
    {
        await using var page = await server.OpenAsync("?charts=off&columns=username,email,is_staff");
        await page.Page.Locator("th[data-key='is_staff']").DragToAsync(page.Page.Locator("th[data-key='email']"));
        await page.AddressHoldsAsync("columns=username,is_staff,email");
    }

    [Fact]
    public async Task Balance_OverTheLimit_SaysSoInAWord()
    {
        // Of storage: nobody is over a limit of submissions on the first day of a month.
        await using var page = await server.OpenAsync(
            "?charts=off&q=service_usage__balances__storage_bytes__exceeded:true"
                + "&columns=username,service_usage__balances__storage_bytes"
        );
        await Expect(page.Rows.First.Locator("td .share b")).ToHaveTextAsync("over");
    }

    [Theory]
    [Hands]
    public async Task Times_Switched_AreExact(Hand hand)
    {
        await using var page = await server.OpenAsync("?charts=off&columns=username,date_joined");
        await Expect(page.Rows.First.Locator("time")).ToContainTextAsync("ago");
        await page.PressAsync(page.Page.Locator("#times-button"), hand);
        await Expect(page.Rows.First.Locator("time")).ToContainTextAsync("UTC");
    }

    [Theory]
    [Hands]
    public async Task Query_ThatMatchesNobody_SaysWhatToDo(Hand hand)
    {
        await using var page = await server.OpenAsync("?q=username:nobody-has-this-name");
        await page.CountIsAsync("0 rows");
        await page.PressAsync(page.Page.Locator(".empty button"), hand);
        await Expect(page.Rows).ToHaveCountAsync(50);
    }
}
