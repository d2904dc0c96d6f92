using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Playwright;
using UserReports.Refresh;
using UserReports.Store;
using UserReports.Testing;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

/// <summary>The year on an account's page: five days are kept, the third of them with another plan.</summary>
[Trait("Category", "Browser")]
public sealed class YearTests(ExplorerServer server, YearTests.FiveDays shared) : IClassFixture<YearTests.FiveDays>
{
    [Theory]
    [Hands]
    public async Task Year_FollowedDayByDay_SaysEachOfThem(Hand hand)
    {
        await using var page = await OpenAsync();
        var plot = page.Page.Locator("#year-submissions .year-plot");
        var said = page.Page.Locator("#year-readout");
        await Expect(said).ToContainTextAsync("submissions: 7, stored: 5.0 MB");
        if (hand == Hand.Mouse)
        {
            var box = (await plot.BoundingBoxAsync())!;
            await page.Page.Mouse.MoveAsync(box.X + 1, box.Y + 10);
        }
        else
        {
            await page.ReachAsync(plot);
            await page.Keyboard.PressAsync("ArrowLeft");
            await Expect(said).ToContainTextAsync("submissions: 8, stored: 4.0 MB");
            await Expect(plot)
                .ToHaveAttributeAsync(
                    "aria-valuetext",
                    new System.Text.RegularExpressions.Regex("submissions: 8, stored: 4.0 MB")
                );
            await page.Keyboard.PressAsync("PageDown");
            await Expect(said).ToContainTextAsync("submissions: 38, stored: missing");
            await page.Keyboard.PressAsync("Home");
        }

        await Expect(said).ToContainTextAsync("submissions: 372, stored: missing");
        await Expect(page.Page.Locator("#year-storage .year-cursor")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Year_ChangeOfPlan_IsMarkedAndSaid()
    {
        await using var page = await OpenAsync();
        await Expect(page.Page.Locator("#year-storage .year-mark")).ToHaveCountAsync(1);
        await Expect(page.Page.Locator(".year-changes li")).ToContainTextAsync("→ Renamed");
        await page.ChooseAsync(page.Page.Locator("#year-metric"), "storage_bytes", Hand.Keyboard);
        await Expect(page.Page.Locator("#year-percent .year-limit")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Year_AsATable_HasEveryDayAndSaysWhatIsMissing()
    {
        await using var page = await OpenAsync();
        await page.PressAsync(page.Page.GetByText("All days as a table"), Hand.Keyboard);
        var rows = page.Page.Locator(".year-table tbody tr");
        await Expect(rows).ToHaveCountAsync(366);
        await Expect(rows.First.Locator("td").Nth(1)).ToHaveTextAsync("missing");
        await Expect(rows.Last.Locator("td").Nth(1)).ToHaveTextAsync("5.0 MB");
        await Expect(rows.Last.Locator("td").Nth(3)).ToContainTextAsync("Renamed");
    }

    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    [Trait("Category", "Random")]
    public async Task Year_EverySize_FitsAndIsAccessible(int width)
    {
        await using var page = await OpenAsync(width);
        await page.FitsAsync(width);
        await page.IsAccessibleAsync(ColorScheme.Light, width);
        await page.ReopenAsync(ColorScheme.Dark);
        await Expect(page.Page.Locator("#year-readout")).ToBeVisibleAsync();
        await page.IsAccessibleAsync(ColorScheme.Dark, width);
    }

    private async Task<ExplorerPage> OpenAsync(int width = 1440)
    {
        var page = await server.OpenAsync("account/named/admin", width: width, host: shared.Host);
        await Expect(page.Page.Locator("#year-readout")).ToBeVisibleAsync();
        return page;
    }

    /// <summary>A host whose days are kept by hand.</summary>
    public sealed class FiveDays : IAsyncLifetime
    {
        private const int Days = 5;

        internal ExplorerHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var time = new ShiftedTime { Shift = TimeSpan.FromDays(1 - Days) };
            Host = await ExplorerHost.StartAsync(
                20,
                settings: [("History:Off", "true"), ("Refresh:OnStart", "false")],
                adjust: services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time)),
                usage:
                [
                    "delete from logger_dailyxformsubmissioncounter where user_id = 1",
                    "insert into logger_dailyxformsubmissioncounter "
                        + "select 1, cast(now() at time zone 'UTC' as date) - cast(i as integer), 7 + i, 1 from range(366) t(i)",
                ]
            );
            var store = Host.Services.GetRequiredService<IReportStore>();
            for (var day = 1; day <= Days; day++)
            {
                time.Shift = TimeSpan.FromDays(day - Days);
                Host.ChangeUsage(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"update main_userprofile set attachment_storage_bytes = {day}000000 where user_id = 1"
                    )
                );
                if (day == 3)
                    Host.ChangePlatform("update djstripe_product set name = 'Renamed ' || name");
                await Host.Services.GetRequiredService<RefreshEngine>().RunAsync(null, default);
                Assert.NotNull(store.History.Keep(default));
            }
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
