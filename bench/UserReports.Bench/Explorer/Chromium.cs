using Microsoft.Playwright;

namespace UserReports.Bench.Explorer;

/// <summary>The distribution's browser with a signed-in reader.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private Chromium(IPlaywright playwright, IBrowser browser) =>
        (this.playwright, this.browser) = (playwright, browser);

    public static async Task<Chromium> LaunchAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Environment.GetEnvironmentVariable("USERREPORTS_TEST_CHROMIUM") ?? "/usr/bin/chromium",
                Args = Arguments,
            }
        );
        return new(playwright, browser);
    }

    /// <summary>Signs in with the demo's token; the pages of the context are that reader's.</summary>
    public async Task<IBrowserContext> SignInAsync(ServedDemo demo, int width = 1440, bool isDark = false)
    {
        var context = await browser.NewContextAsync(
            new()
            {
                BaseURL = demo.Address.ToString(),
                Locale = "en-GB",
                ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
                ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 },
            }
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in?next=%2Faudit");
        await page.GetByText("Sign in with an API token instead").ClickAsync();
        await page.Locator("#token").FillAsync(ServedDemo.Token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with the token" }).ClickAsync();
        await page.Locator("main h1").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.CloseAsync();
        return context;
    }

    /// <summary>A page of everybody whose rows and charts are there.</summary>
    public static async Task<IPage> OpenAsync(IBrowserContext context, string address)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync("/" + address);
        await SettledAsync(page);
        return page;
    }

    /// <summary>Waits until nothing is being read.</summary>
    public static async Task SettledAsync(IPage page)
    {
        await page.Locator("main h1, main h2").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.WaitForFunctionAsync("() => !document.querySelector('[aria-busy=true], .loading')");
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
