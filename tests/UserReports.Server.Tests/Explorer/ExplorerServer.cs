using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using UserReports.Server.Configuration;
using UserReports.Server.Tests.Explorer;
using UserReports.Sources.Generating;
using UserReports.Store;

[assembly: AssemblyFixture(typeof(ExplorerServer))]

namespace UserReports.Server.Tests.Explorer;

/// <summary>The real server over a generated platform of 10 000 accounts, and a browser; started when first asked
/// for.</summary>
public sealed class ExplorerServer : IAsyncDisposable
{
    public const int Accounts = 10_000;
    public const string Token = People.GeneratedSuperuserToken;

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

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-explorer-").FullName;
    private readonly SemaphoreSlim starting = new(1);
    private readonly LogLines log = new(isKept: false);
    private WebApplication? app;
    private IPlaywright? playwright;
    private IBrowser? browser;

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => app!.Services;

    /// <summary>A signed-in page that remembers what went wrong on it.</summary>
    public async Task<ExplorerPage> OpenAsync(
        string address = "?all",
        int width = 1440,
        int height = 900,
        ColorScheme scheme = ColorScheme.Light
    )
    {
        await StartAsync();
        var context = await browser!.NewContextAsync(
            new()
            {
                BaseURL = Address.ToString(),
                ColorScheme = scheme,
                Locale = "en-GB",
                ViewportSize = new() { Width = width, Height = height },
            }
        );
        var page = new ExplorerPage(await context.NewPageAsync(), Address);
        await page.SignInAsync(address);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        if (app is not null)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await app.StopAsync(soon.Token);
            await app.DisposeAsync();
        }

        starting.Dispose();
        Directory.Delete(folder, recursive: true);
        log.HoldNoSecret();
    }

    private async Task StartAsync()
    {
        await starting.WaitAsync();
        try
        {
            if (browser is not null)
                return;
            app ??= await StartServerAsync();
            Assertions.SetDefaultExpectTimeout(20_000);
            playwright = await Playwright.CreateAsync();
            browser = await playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = "/usr/bin/chromium", Args = Arguments }
            );
        }
        finally
        {
            starting.Release();
        }
    }

    private async Task<WebApplication> StartServerAsync()
    {
        string At(string name) => $"Data Source={Path.Combine(folder, name)}";
        await SourceGenerator.GenerateAsync(
            At("platform.duckdb"),
            At("usage.duckdb"),
            new(
                Accounts,
                DateTimeOffset.Parse("2026-11-20T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture)
            )
            {
                AdminToken = Token,
            },
            null,
            CancellationToken.None
        );
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Sources:Platform"] = At("platform.duckdb"),
                    ["Sources:Usage"] = At("usage.duckdb"),
                    ["Store"] = At("store.duckdb"),
                    ["Refresh:Interval"] = "1.00:00:00",
                    ["Logging:LogLevel:Default"] = "Debug",
                }
            )
            .Build();
        var built = ServerHost.Build(
            configuration,
            ServerSettings.Read(configuration),
            "http://127.0.0.1:0",
            builder => builder.Logging.ClearProviders().AddProvider(log)
        );
        await built.StartAsync();
        Address = new(built.Urls.Single());
        var reports = built.Services.GetRequiredService<IReportReader>();
        for (var waited = 0; reports.Snapshot is null; waited++)
        {
            Assert.True(waited < 1200, "The first run did not end within two minutes.");
            await Task.Delay(100);
        }

        return built;
    }
}
