using Microsoft.Extensions.DependencyInjection;
using UserReports.Server.Audit;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

/// <summary>One record for each thing that a reader did, with all that was read for it.</summary>
[Trait("Category", "Browser")]
public sealed class RecordedLooksTests(ExplorerServer server)
{
    private const string Owners =
        "summary by organization__role,account_restricted: count,"
        + "service_usage__total_storage_bytes__sum,service_usage__total_submission_count__current_period__sum";

    [Fact]
    public async Task Acts_OfAReader_LeaveOneRecordEach()
    {
        await using var host = await ExplorerHost.StartAsync(20);
        await host.RefreshedAsync();
        await using var page = await server.OpenAsync("?all", host: host);
        await page.IsSettledAsync();

        var start = Assert.Single(await ExplorerRecordsAsync(host));
        Assert.Equal(("explorer accounts", null), (start.Route, start.Q));
        Assert.Equal(4, start.Within!.Count);
        Assert.Equal(Owners, start.Within[0]);
        Assert.Contains("summary by date_joined__month: count", start.Within);

        // The figures stay as they are, so they are not read again.
        await page.PressAsync(page.Page.Locator("th button").First, Hand.Mouse);
        await page.AddressHoldsAsync("ordering=");
        await page.IsSettledAsync();
        var sorted = await LastAsync(host, 2);
        Assert.Equal(("explorer accounts", null), (sorted.Route, sorted.Within));

        await page.ChooseAsync(page.Page.Locator("#metric"), "storage_bytes", Hand.Mouse);
        await page.AddressHoldsAsync("metric=storage_bytes");
        await page.IsSettledAsync();
        var metric = await LastAsync(host, 3);
        Assert.Equal(("explorer figures", 4), (metric.Route, metric.Within!.Count));

        await page.AskAsync("username:admin");
        await page.CountIsAsync("1 row");
        await page.IsSettledAsync();
        var asked = await LastAsync(host, 4);
        Assert.Equal(
            ("explorer accounts", "username:admin", 1L, 4),
            (asked.Route, asked.Q, asked.Rows, asked.Within!.Count)
        );

        await page.PressAsync(page.Rows.First.Locator("a"), Hand.Mouse);
        await Expect(page.Page.Locator("#refresh-account")).ToBeVisibleAsync();
        Assert.Equal("explorer account", (await LastAsync(host, 5)).Route);
        await page.PressAsync(page.Page.Locator("#refresh-account"), Hand.Mouse);
        await Expect(page.Page.GetByText("Refreshed.")).ToBeVisibleAsync();
        Assert.Equal("explorer refresh account", (await LastAsync(host, 6)).Route);
    }

    private static async Task<AuditRecord> LastAsync(ExplorerHost host, int count)
    {
        // What a chart shows is recorded when it has been read, which the page does not say.
        IReadOnlyList<AuditRecord> records;
        for (var waited = 0; (records = await ExplorerRecordsAsync(host)).Count < count && waited < 600; waited++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.True(count == records.Count, string.Join('\n', records));
        return records[0];
    }

    private static async Task<IReadOnlyList<AuditRecord>> ExplorerRecordsAsync(ExplorerHost host) =>
        [
            .. (
                await host
                    .Services.GetRequiredService<AuditLog>()
                    .SearchAsync(new(), TestContext.Current.CancellationToken)
            ).Where(record => record.Route.StartsWith("explorer", StringComparison.Ordinal)),
        ];
}
