using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

/// <summary>Pages of a platform that is followed while somebody looks at them.</summary>
[Trait("Category", "Browser")]
public sealed class LivePagesTests(ExplorerServer server)
{
    /// <summary>Polling rests fifty times as long as it took, in ms: on a busy machine that is minutes.</summary>
    private const float NextPollMax = 600_000;

    [Fact]
    public async Task Rows_ThatChangeWhileOneLooks_AreMarkedWhereTheyStand()
    {
        await using var host = await ExplorerHost.StartAsync(
            60,
            settings: [("Refresh:Follow", "poll"), ("Refresh:PollEvery", "00:00:01")]
        );
        await host.RefreshedAsync();
        await using var page = await server.OpenAsync("?columns=username,first_name&ordering=-first_name", host: host);
        await page.IsSettledAsync();
        await Expect(page.Page.Locator("#data-age"))
            .ToHaveTextAsync(new Regex("^\\s*Live, [0-9]+ s behind"), new() { Timeout = NextPollMax });
        var second = page.Rows.Nth(1);
        var name = await second.Locator("th").InnerTextAsync();

        host.ChangePlatform($"update auth_user set first_name = '0 Aaron' where username = '{name}'");

        await Expect(second).ToHaveClassAsync(new Regex("changed"), new() { Timeout = NextPollMax });
        await Expect(second.Locator("th")).ToHaveTextAsync(name);
        await Expect(second.Locator("td").First).ToHaveTextAsync("0 Aaron");
        // An account has a row for each of its organisations, and nobody else has changed.
        var changed = await page.Page.Locator("tbody tr.changed th").AllInnerTextsAsync();
        Assert.All(changed, text => Assert.Equal(name, text));
        await page.Page.Locator("#changed-rows").ClickAsync();
        await Expect(page.Page.Locator("tbody tr.changed")).ToHaveCountAsync(0);
        await Expect(page.Rows.Nth(1).Locator("th")).Not.ToHaveTextAsync(name);

        await page.Page.GotoAsync("/runs");
        await Expect(page.Page.Locator("#follow")).ToContainTextAsync("platform: polled");
        await page.IsAccessibleAsync();
    }
}
