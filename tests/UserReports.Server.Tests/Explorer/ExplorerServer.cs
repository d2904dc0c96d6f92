using Microsoft.Playwright;
using UserReports.Server.Tests.Explorer;

[assembly: AssemblyFixture(typeof(ExplorerServer))]

namespace UserReports.Server.Tests.Explorer;

/// <summary>The real server over a generated platform of 10 000 accounts, and a browser; started when first asked
/// for.</summary>
public sealed class ExplorerServer : IAsyncDisposable
{
    public const int Accounts = 10_000;

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

    private readonly SemaphoreSlim starting = new(1);
    private ExplorerHost? everybody;
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>A signed-in page that remembers what went wrong on it.</summary>
    /// <param name="host">Whose page; null for the server of 10 000 accounts.</param>
    public async Task<ExplorerPage> OpenAsync(
        string address = "?all",
        int width = 1440,
        int height = 900,
        ColorScheme scheme = ColorScheme.Light,
        ExplorerHost? host = null
    )
    {
        var page = await OpenSignedOutAsync(width, height, scheme, host);
        await page.EnterAsync(address);
        return page;
    }

    /// <summary>A page on which nobody has signed in yet.</summary>
    /// <param name="at">Where the browser finds a host behind a proxy; its certificate is taken as it is.</param>
    public async Task<ExplorerPage> OpenSignedOutAsync(
        int width = 1440,
        int height = 900,
        ColorScheme scheme = ColorScheme.Light,
        ExplorerHost? host = null,
        Uri? at = null
    )
    {
        await LaunchAsync();
        at ??= (host ?? await EverybodyAsync()).Address;
        var context = await browser!.NewContextAsync(
            new()
            {
                BaseURL = at.ToString(),
                IgnoreHTTPSErrors = at.Scheme == Uri.UriSchemeHttps,
                ColorScheme = scheme,
                // Nothing fades: what is looked at is what will stand there, and no frame is drawn for the way.
                ReducedMotion = ReducedMotion.Reduce,
                Locale = "en-GB",
                ViewportSize = new() { Width = width, Height = height },
            }
        );
        // The end is for what never comes, not for a machine that is busy.
        context.SetDefaultTimeout(120_000);
        return new ExplorerPage(await context.NewPageAsync(), at);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        if (everybody is not null)
            await everybody.DisposeAsync();
        starting.Dispose();
    }

    private async Task<ExplorerHost> EverybodyAsync()
    {
        await starting.WaitAsync();
        try
        {
            everybody ??= await ExplorerHost.StartAsync(Accounts);
            return await everybody.RefreshedAsync();
        }
        finally
        {
            starting.Release();
        }
    }

    private async Task LaunchAsync()
    {
        await starting.WaitAsync();
        try
        {
            if (browser is not null)
                return;
            Assertions.SetDefaultExpectTimeout(120_000);
            playwright ??= await Playwright.CreateAsync();
            browser = await playwright.Chromium.LaunchAsync(
                new()
                {
                    ExecutablePath =
                        Environment.GetEnvironmentVariable("USERREPORTS_TEST_CHROMIUM") ?? "/usr/bin/chromium",
                    Args = Arguments,
                }
            );
        }
        finally
        {
            starting.Release();
        }
    }
}
