using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

/// <summary>
/// How long readers wait, for docs/explorer.md. The figures are printed and not held: they depend on the machine.
/// </summary>
[Trait("Category", "Slow")]
public sealed class SpeedTests(ExplorerServer server)
{
    private const int Times = 50;

    /// <summary>
    /// Resolves with the milliseconds from an action until other rows or another count have been painted: they are in
    /// the document, and two frames have passed.
    /// </summary>
    private const string Watch = """
        () => {
          const seen = () => document.querySelector("#count").textContent
            + document.querySelector("table.reports tbody")?.textContent;
          window.shown = act => new Promise(resolve => {
            const before = seen(), from = performance.now();
            const observer = new MutationObserver(() => {
              if (seen() === before)
                return;
              observer.disconnect();
              requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - from)));
            });
            observer.observe(document.body, { subtree: true, childList: true, characterData: true });
            act();
          });
        }
        """;

    private static readonly string[] Sorted =
    [
        "date_joined",
        "last_login",
        "service_usage__total_storage_bytes",
        "service_usage__balances__submission",
        "organization__name",
    ];

    private static readonly string[] Asked =
    [
        "account_restricted:true",
        "is_active:false",
        "organization__role:owner",
        "service_usage__total_storage_bytes__gte:1000000",
        "",
    ];

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task Sort_OfEverybody_IsVisibleSoon(string charts)
    {
        await using var page = await server.OpenAsync($"?charts={charts}&size=50");
        await ReadyAsync(page);
        List<double> waits = [];
        for (var i = 0; i < Times; i++)
        {
            // Never the third press on a head, which leads back to the usual order.
            var key = Sorted[i / 2 % Sorted.Length];
            waits.Add(
                await page.Page.EvaluateAsync<double>(
                    "key => shown(() => document.querySelector(`th[data-key='${key}'] button`).click())",
                    key
                )
            );
            await page.Page.WaitForTimeoutAsync(300);
        }

        Print($"sort of {ExplorerServer.Accounts} accounts, charts {charts}", waits);
        page.IsClean();
    }

    [Fact]
    public async Task Filter_OfEverybody_IsVisibleSoon()
    {
        await using var page = await server.OpenAsync("?all");
        await ReadyAsync(page);
        List<double> waits = [];
        for (var i = 0; i < Times; i++)
        {
            await page.Query.FillAsync(Asked[i % Asked.Length]);
            waits.Add(
                await page.Page.EvaluateAsync<double>(
                    "() => shown(() => document.querySelector('#query-form').requestSubmit())"
                )
            );
            await page.Page.WaitForTimeoutAsync(300);
        }

        Print($"filter of {ExplorerServer.Accounts} accounts", waits);
        page.IsClean();
    }

    [Fact]
    public async Task Address_Opened_ShowsRowsSoon()
    {
        await using var page = await server.OpenAsync("?all");
        List<double> waits = [];
        for (var i = 0; i < Times / 2; i++)
        {
            await page.Page.GotoAsync("about:blank");
            var from = Stopwatch.GetTimestamp();
            await page.Page.GotoAsync("/?all", new() { WaitUntil = WaitUntilState.Commit });
            await page.Rows.First.WaitForAsync(new() { State = WaitForSelectorState.Visible });
            waits.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        Print("address to first rows, files in the browser's cache", waits);
        waits.Clear();
        for (var i = 0; i < Times / 2; i++)
        {
            await using var fresh = await server.OpenAsync("audit");
            var session = await fresh.Page.Context.NewCDPSessionAsync(fresh.Page);
            await session.SendAsync("Network.clearBrowserCache");
            var from = Stopwatch.GetTimestamp();
            await fresh.Page.GotoAsync("/?all", new() { WaitUntil = WaitUntilState.Commit });
            await fresh.Rows.First.WaitForAsync(new() { State = WaitForSelectorState.Visible });
            waits.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        Print("address to first rows, empty cache", waits);
    }

    private static async Task ReadyAsync(ExplorerPage page)
    {
        await Expect(page.Rows).ToHaveCountAsync(50);
        await Expect(page.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
        await page.Page.EvaluateAsync(Watch);
        await page.Page.WaitForTimeoutAsync(1000);
    }

    private static void Print(string what, List<double> waits)
    {
        waits.Sort();
        double At(double share) => waits[Math.Min(waits.Count - 1, (int)Math.Ceiling(share * waits.Count) - 1)];
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}, {waits.Count} times: median {At(0.5):0} ms, p95 {At(0.95):0} ms, most {waits[^1]:0} ms"
            )
        );
    }
}
