using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

/// <summary>A platform without Stripe, under the operator's own limits.</summary>
[Trait("Category", "Browser")]
public sealed class PrivatePlatformTests(ExplorerServer server) : IDisposable
{
    private readonly string path = Path.Combine(
        Directory.CreateTempSubdirectory("user-reports-limits-").FullName,
        "limits.json"
    );

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Fact]
    public async Task Pages_OfAPrivatePlatform_TellLimitsAndActivity()
    {
        await File.WriteAllTextAsync(
            path,
            """{ "default": { "storage_bytes": "1 B" }, "accounts": { "admim": {} } }""",
            TestContext.Current.CancellationToken
        );
        await using var host = await ExplorerHost.StartAsync(
            60,
            [
                "delete from djstripe_product",
                "delete from djstripe_customer",
                // Days of the clock, whatever the generated ones are.
                "update auth_user set last_login = now() - interval 2 days where id = 1",
            ],
            settings: [("Limits:File", path)]
        );
        await host.RefreshedAsync();

        await using var page = await server.OpenAsync(
            "?q=limit_sources__storage_bytes:default&columns=username,limit_sources__storage_bytes,activity__submissions_by_week",
            host: host
        );
        await page.IsSettledAsync();
        await Expect(page.Page.Locator("tbody tr").First.Locator("td").First).ToHaveTextAsync("default");
        await Expect(page.Page.Locator("tbody svg.week-bars").First)
            .ToHaveAttributeAsync(
                "aria-label",
                new System.Text.RegularExpressions.Regex("^By week, the oldest first: [0-9]+, ")
            );

        await page.Page.GotoAsync("/account/named/admin");
        await Expect(page.Page.Locator("section[aria-labelledby=activity]")).ToContainTextAsync("Inactive days");
        await Expect(page.Page.Locator(".limit-source").First).ToHaveTextAsync("by default");

        await page.Page.GotoAsync("/runs");
        await Expect(page.Page.Locator("#stripe-off")).ToBeVisibleAsync();
        await page.Page.Locator("#limits summary").ClickAsync();
        await Expect(page.Page.Locator("#limits"))
            .ToContainTextAsync("There is no account \"admim\"; is \"admin\" meant?");

        await File.WriteAllTextAsync(path, """{ "defualt": {} }""", TestContext.Current.CancellationToken);
        await Expect(page.Page.Locator("#limits [role=alert]"))
            .ToContainTextAsync("line 1, column 3: There is no \"defualt\" here; is \"default\" meant?");
    }
}
