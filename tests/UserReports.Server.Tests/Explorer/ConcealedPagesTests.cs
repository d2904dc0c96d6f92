using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Playwright;
using UserReports.Server.Concealment;
using UserReports.Server.Tests.Concealment;
using UserReports.Testing;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

/// <summary>The explorer where names are concealed: nothing that reaches the browser holds one.</summary>
[Trait("Category", "Browser")]
public sealed class ConcealedPagesTests(ExplorerServer server)
{
    private const string Mark = MarkedReports.Mark;

    private static readonly (string Name, string Value)[] Settings =
    [
        ("Access:Conceal", "names"),
        ("Access:Tags", "support=admin"),
        ("Access:RevealTags", "support"),
    ];

    private static readonly string[] Names =
    [
        $"update auth_user set username = '{Mark}u' || id, email = '{Mark}e' || id || '@x.example' where username <> 'admin'",
        $"update auth_user set first_name = '{Mark}f' || id, last_name = '{Mark}l' || id",
        $"update organizations_organization set name = '{Mark}o' || id",
        $$"""update hub_extrauserdetail set data = '{"name":"{{Mark}}d","country":"{{Mark}}c","sector":"{{Mark}}s"}' where uid is not null""",
    ];

    [Fact]
    public async Task Pages_OfEveryKind_HoldNoNameBeforeAReveal()
    {
        await using var host = await StartAsync();
        await using var page = await server.OpenAsync("?all", host: host);
        List<string> frames = [];
        Listen(page.Page, frames);
        const string Columns =
            "columns=username,first_name,last_name,email,organization__name,extra_details__data__name,"
            + "extra_details__data__country,social_accounts[]__uid";
        string[] addresses = [$"?{Columns}", $"?{Columns}&ordering=-date_joined&size=25", "audit", "runs", "sessions"];
        foreach (var address in addresses)
        {
            await page.Page.GotoAsync(host.Address + address);
            await page
                .Page.Locator("main h1, main h2")
                .First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
            await page.IsSettledAsync();
            if (address.StartsWith('?'))
            {
                await Expect(page.Rows.First).ToBeVisibleAsync();
                await Expect(page.Page.Locator("#names-badge")).ToHaveTextAsync("names concealed");
            }

            Assert.DoesNotContain(Mark, await page.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
        }

        // Completions know no value of what is concealed, and what is refused says how to go on.
        await page.Page.GotoAsync(host.Address + "?charts=off");
        await Expect(page.Rows.First).ToBeVisibleAsync();
        await page.Query.PressSequentiallyAsync("extra_details__data__country:");
        await page.AskAsync("username__icontains:adm");
        await Expect(page.Page.Locator("#query-errors")).ToContainTextAsync("is concealed");
        await page.AskAsync("");
        await page.Page.Locator("table.reports tbody th a").Last.ClickAsync();
        await Expect(page.Page.Locator("#raw-json")).ToHaveCountAsync(1);
        await page.Button("Refresh this account now").ClickAsync();
        await Expect(page.Page.Locator("#refresh-status")).ToHaveTextAsync("Refreshed.");
        await page.IsAccessibleAsync();
        Assert.DoesNotContain(Mark, await page.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(frames);
        Assert.DoesNotContain(frames, frame => frame.Contains(Mark, StringComparison.OrdinalIgnoreCase));

        // The same search finds names once they are revealed.
        await RevealAsync(page);
        await Expect(page.Page.Locator("main h1")).ToContainTextAsync(Mark);
        Assert.Contains(frames, frame => frame.Contains(Mark, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [Hands]
    public async Task Question_Revealed_ShowsNamesUntilTheTimeIsOver(Hand hand)
    {
        var time = new ShiftedTime();
        await using var host = await StartAsync(services =>
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time))
        );
        await using var page = await server.OpenAsync($"?charts=off&q=username__startswith:{Mark}", host: host);
        await Expect(page.Page.Locator("#query-errors")).ToContainTextAsync("is concealed");
        await page.PressAsync(page.Page.Locator("#names-reveal"), hand);
        await page.PressAsync(page.Page.Locator("#reveal-begin"), hand);
        await Expect(page.Page.Locator("#reveal-fault")).ToContainTextAsync("Say why");
        await page.WriteAsync(page.Page.Locator("#reveal-reason"), "Ticket 4711", hand);
        await page.PressAsync(page.Page.Locator("#reveal-begin"), hand);
        await Expect(page.Rows.First).ToContainTextAsync(Mark);
        await Expect(page.Page.Locator("#names-badge")).ToHaveTextAsync("names revealed");
        await Expect(page.Page.Locator("#names-left")).ToContainTextAsync(":");
        await page.IsAccessibleAsync();
        // The same session has the same reveal elsewhere: the file holds what the page shows.
        await page.PressAsync(page.Page.Locator("#export-button"), hand);
        var address = await page.Page.Locator("#export-csv").GetAttributeAsync("href");
        var file = await page.Page.Context.APIRequest.GetAsync(host.Address + address!);
        Assert.Contains(Mark, await file.TextAsync(), StringComparison.Ordinal);
        await page.PressAsync(page.Page.Locator("#names-conceal"), hand);
        await Expect(page.Rows).ToHaveCountAsync(0);
        await Expect(page.Page.Locator("#query-errors")).ToContainTextAsync("is concealed");
        await RevealAsync(page);
        await Expect(page.Rows.First).ToContainTextAsync(Mark);
        time.Shift = Reveals.Length;
        await Expect(page.Rows).ToHaveCountAsync(0);
        await Expect(page.Page.Locator("#names-badge")).ToHaveTextAsync("names concealed");
        var log = host.Services.GetRequiredService<Server.Audit.AuditLog>();
        var records = await log.SearchAsync(new(Text: "explorer reveal"), TestContext.Current.CancellationToken);
        Assert.Equal(["revealed", "reveal_ended", "revealed"], records.Select(record => record.Event));
        Assert.All(records, record => Assert.Equal("Ticket 4711", record.Asked!["reason"]));
    }

    private static async Task RevealAsync(ExplorerPage page)
    {
        await page.Page.Locator("#names-reveal").ClickAsync();
        await page.Page.Locator("#reveal-reason").FillAsync("Ticket 4711");
        await page.Page.Locator("#reveal-begin").ClickAsync();
    }

    private static async Task<ExplorerHost> StartAsync(Action<IServiceCollection>? adjust = null)
    {
        var host = await ExplorerHost.StartAsync(40, changes: Names, settings: Settings, adjust: adjust);
        return await host.RefreshedAsync();
    }

    private static void Listen(IPage page, List<string> frames) =>
        page.WebSocket += (_, socket) =>
            socket.FrameReceived += (_, frame) =>
            {
                lock (frames)
                    frames.Add(frame.Text ?? Encoding.UTF8.GetString(frame.Binary ?? []));
            };
}
