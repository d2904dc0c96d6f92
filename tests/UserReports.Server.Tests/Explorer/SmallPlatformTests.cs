using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using UserReports.Store;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

/// <summary>What a platform of twenty accounts shows that one of ten thousand does not.</summary>
[Trait("Category", "Browser")]
public sealed class SmallPlatformTests(ExplorerServer server)
{
    private const string LongName =
        "the_field_research_and_evaluation_unit_of_the_northern_regional_office_for_water_"
        + "sanitation_and_hygiene_2026";
    private const string ArabicName = "مكتب_الأمم_المتحدة_لتنسيق_الشؤون_الإنسانية";

    [Theory]
    [Hands]
    public async Task FirstDay_WithoutData_LeadsToTheFirstRefresh(Hand hand)
    {
        var scheme = hand == Hand.Mouse ? ColorScheme.Light : ColorScheme.Dark;
        await using var host = await ExplorerHost.StartAsync(20, adjust: RefreshByHand.Add);
        await using var page = await server.OpenAsync("?all", scheme: scheme, host: host);
        await Expect(page.Page.Locator("main h2")).ToHaveTextAsync("There is no data yet");
        await Expect(page.Page.Locator("#data-age")).ToHaveTextAsync("No data yet");
        await page.IsAccessibleAsync();

        await page.PressAsync(page.Page.Locator("main .notice-page a"), hand);
        await Expect(page.Page.Locator(".empty h2")).ToHaveTextAsync("No refresh yet");
        await page.IsAccessibleAsync();
        await page.PressAsync(page.Page.Locator("#start-run"), hand);
        await Expect(page.Page.Locator("#runs .badge")).ToHaveTextAsync("completed", new() { Timeout = 120_000 });

        await page.PressAsync(page.Page.Locator("nav a").First, hand);
        await Expect(page.Rows.First).ToBeVisibleAsync();
        await Expect(page.Page.Locator("#data-age")).ToContainTextAsync("Data");
    }

    [Fact]
    public async Task Names_VeryLongAndFromTheRight_FitEveryPage()
    {
        await using var host = await ExplorerHost.StartAsync(
            20,
            [
                $"update auth_user set username = '{LongName}', first_name = '{LongName}' where id = 2",
                $"update auth_user set username = '{ArabicName}', last_name = 'الغامدي' where id = 3",
            ]
        );
        await host.RefreshedAsync();
        await using var page = await server.OpenAsync("audit", host: host);

        foreach (var name in new[] { LongName, ArabicName })
        {
            await page.Page.GotoAsync($"/?q=username:{Uri.EscapeDataString(name)}");
            await Expect(page.Rows.First.Locator("a")).ToHaveAttributeAsync("title", name);
            await FitsEverywhereAsync(page);
            await page.PressAsync(page.Rows.First.Locator("a"), Hand.Mouse);
            await Expect(page.Page.Locator("h1:not(.unseen)")).ToHaveTextAsync(name);
            await FitsEverywhereAsync(page);
        }
    }

    [Fact]
    public async Task Right_TakenAway_EndsTheOpenPage()
    {
        await using var host = await ExplorerHost.StartAsync(20, settings: [("Access:CacheFor", "00:00:01")]);
        await host.RefreshedAsync();
        await using var page = await server.OpenAsync("?all", host: host);
        await Expect(page.Rows.First).ToBeVisibleAsync();
        host.ChangePlatform("update auth_user set is_superuser = false where id = 1");

        // Nobody touches the page: it asks by itself.
        await Expect(page.Page.Locator("main h1")).ToHaveTextAsync("You are signed out", new() { Timeout = 30_000 });
        await Expect(page.Rows).ToHaveCountAsync(0);
        await page.IsAccessibleAsync();
        await page.PressAsync(page.Page.GetByText("Sign in", new() { Exact = true }), Hand.Keyboard);
        await Expect(page.Page.Locator("#username")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Query_WithAFaultWhileTheChartsOfAnotherAreRead_DoesNotBreakThePage()
    {
        HeldSummaries? summaries = null;
        await using var host = await ExplorerHost.StartAsync(
            20,
            adjust: services =>
                services.AddSingleton<IReportReader>(provider =>
                    summaries = new(provider.GetRequiredService<IReportStore>().Reader)
                )
        );
        await host.RefreshedAsync();
        await using var page = await server.OpenAsync("?all", host: host);
        await Expect(page.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(1);
        await page.AskAsync("usrname:admin");
        await Expect(page.Page.Locator("#query-errors mark")).ToHaveTextAsync("usrname");

        summaries!.LetGo();
        await page.IsSettledAsync();
        await Expect(page.Page.Locator(".chart button").First).ToBeVisibleAsync();
        await page.PressAsync(page.Page.Locator("#query-errors .chip"), Hand.Mouse);
        await page.CountIsAsync("1 row");
        await page.IsSettledAsync();
    }

    private static async Task FitsEverywhereAsync(ExplorerPage page)
    {
        await page.IsSettledAsync();
        foreach (var width in new[] { 390, 1024, 1440 })
        {
            await page.Page.SetViewportSizeAsync(width, 900);
            await page.FitsAsync(width);
        }

        await page.IsAccessibleAsync();
    }
}
