using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace UserReports.Bench.Explorer;

/// <summary>How long a reader waits, and what pages weigh that stay open.</summary>
internal static class ExplorerBench
{
    /// <summary>
    /// Resolves with the milliseconds from an action until other rows have been painted: they are in the document, and
    /// two frames have passed.
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

    private const string Sort = "key => shown(() => document.querySelector(`th[data-key='${key}'] button`).click())";

    private const string Ask = """
        q => {
          document.querySelector("#query").value = q;
          return shown(() => document.querySelector("#query-form").requestSubmit());
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

    /// <summary>Each number is asked for once, so that no count is known from before.</summary>
    private static readonly Func<int, string>[] Asked =
    [
        i => $"account_restricted:true service_usage__total_storage_bytes__gte:{Number(i)}",
        i => $"is_active:false service_usage__total_storage_bytes__gte:{Number(i)}",
        i => $"organization__role:owner service_usage__total_storage_bytes__gte:{Number(i)}",
        i => $"service_usage__total_storage_bytes__gte:{Number(1_000_000 + i)}",
        i => $"username__icontains:a last_login__gte:2026-{Number(1 + (i % 11))}-{Number(1 + (i % 28))}",
    ];

    public static async Task RunAsync(
        string folder,
        int accounts,
        int times,
        int pages,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        await using var demo = await ServedDemo.StartAsync(folder, accounts, cancellationToken);
        await using var chromium = await Chromium.LaunchAsync();
        var context = await chromium.SignInAsync(demo);
        await output.WriteLineAsync($"{Number(accounts)} accounts");
        if (times > 0)
            await WaitAsync(context, times, output);
        if (pages > 0)
            await StayOpenAsync(demo, context, pages, output, cancellationToken);
    }

    private static async Task WaitAsync(IBrowserContext context, int times, TextWriter output)
    {
        await output.WriteLineAsync("| what | times | median ms | p95 ms | most ms |");
        await output.WriteLineAsync("| --- | ---: | ---: | ---: | ---: |");
        await FirstPaintAsync(context, times / 2, output);
        foreach (var address in new[] { "?charts=off", "?all" })
        {
            var page = await Chromium.OpenAsync(context, address);
            await page.EvaluateAsync(Watch);
            var charts = address == "?all" ? "with charts" : "without charts";
            await TimeAsync(output, $"sort, {charts}", page, times, Sort, i => Sorted[i / 2 % Sorted.Length]);
            await TimeAsync(output, $"filter, {charts}", page, times, Ask, i => Asked[i % Asked.Length](i));
            await page.CloseAsync();
        }
    }

    private static async Task FirstPaintAsync(IBrowserContext context, int times, TextWriter output)
    {
        var page = await Chromium.OpenAsync(context, "?all");
        var session = await context.NewCDPSessionAsync(page);
        foreach (var isCached in new[] { false, true })
        {
            List<double> waits = [];
            for (var i = 0; i < times; i++)
            {
                await page.GotoAsync("about:blank");
                if (!isCached)
                    await session.SendAsync("Network.clearBrowserCache");
                var from = Stopwatch.GetTimestamp();
                await page.GotoAsync("/?all", new() { WaitUntil = WaitUntilState.Commit });
                await page.Locator("table.reports tbody tr").First.WaitForAsync();
                waits.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
                await Chromium.SettledAsync(page);
            }

            await PrintAsync(output, $"address to first rows, {(isCached ? "files kept" : "empty cache")}", waits);
        }

        await page.CloseAsync();
    }

    private static async Task TimeAsync(
        TextWriter output,
        string what,
        IPage page,
        int times,
        string act,
        Func<int, string> argument
    )
    {
        List<double> waits = [];
        for (var i = -2; i < times; i++)
        {
            var wait = await page.EvaluateAsync<double>(act, argument(Math.Max(i, 0) + (i < 0 ? times - i : 0)));
            if (i >= 0)
                waits.Add(wait);
            await Chromium.SettledAsync(page);
            await page.WaitForTimeoutAsync(100);
        }

        await PrintAsync(output, what, waits);
    }

    private static async Task StayOpenAsync(
        ServedDemo demo,
        IBrowserContext context,
        int pages,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        var before = demo.Memory;
        for (var i = 0; i < pages; i++)
            await Chromium.OpenAsync(context, "?all");
        await Task.Delay(TimeSpan.FromSeconds(10), cancellationToken);
        var after = demo.Memory;
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{pages} pages open: {before >> 20} MiB before, {after >> 20} MiB with them"
            )
        );
    }

    private static Task PrintAsync(TextWriter output, string what, List<double> waits)
    {
        waits.Sort();
        double At(double share) => waits[(int)Math.Ceiling(share * waits.Count) - 1];
        return output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {waits.Count} | {At(0.5):0} | {At(0.95):0} | {waits[^1]:0} |"
            )
        );
    }

    private static string Number(int number) => number.ToString("00", CultureInfo.InvariantCulture);
}
