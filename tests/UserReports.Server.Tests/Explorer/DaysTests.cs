using System.Text.RegularExpressions;
using Microsoft.Playwright;
using UserReports.Core.Reports;
using UserReports.Testing;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

/// <summary>Days that are past, and what has changed since, as somebody sees them.</summary>
[Trait("Category", "Browser")]
public sealed class DaysTests(ExplorerServer server, DaysTests.KeptDays shared) : IClassFixture<DaysTests.KeptDays>
{
    private const string First = "2026-11-20";
    private const string Second = "2026-12-12";
    private const string View = "charts=off&columns=username,asset_count,last_login";
    private const string Restricted = "q=account_restricted:true";

    /// <summary>Which of day and month is written first is the browser's, so it is a day that reads the same.</summary>
    private const string SecondAsTyped = "12122026";

    [Theory]
    [Hands]
    public async Task Day_Chosen_ShowsItsRowsAndTheWayBack(Hand hand)
    {
        await using var page = await OpenAsync($"?{Restricted}&{View}");
        await page.CountIsAsync("7 rows");
        await PressDaysAsync(page, hand);
        if (hand == Hand.Mouse)
            await page.Page.Locator("#day-at").FillAsync(Second);
        else
            await page.WriteAsync(page.Page.Locator("#day-at"), SecondAsTyped, hand);
        await page.PressAsync(page.Page.Locator("#day-show"), hand);

        await page.CountIsAsync("8 rows");
        await page.AddressHoldsAsync($"at={Second}");
        await Expect(page.Page.Locator("#data-age")).ToContainTextAsync("As of 12/12/2026");
        await page.Page.ReloadAsync();
        await page.CountIsAsync("8 rows");
        await Expect(page.Page.Locator("#data-age")).ToContainTextAsync("As of 12/12/2026");
        await page.PressAsync(page.Page.Locator("#export-button"), hand);
        await Expect(page.Page.Locator("#export-csv"))
            .ToHaveAttributeAsync("href", new Regex($"export/.*[?&]at={Second}"));

        await page.PressAsync(page.Page.Locator("#back-to-now"), hand);
        await page.CountIsAsync("7 rows");
        await Expect(page.Page.Locator("#back-to-now")).ToHaveCountAsync(0);
        await page.Page.GoBackAsync();
        await page.CountIsAsync("8 rows");
    }

    [Theory]
    [Hands]
    public async Task Days_Compared_AreTabsWithWhatWasAndIs(Hand hand)
    {
        await using var page = await OpenAsync($"?{Restricted}&{View}");
        await page.CountIsAsync("7 rows");
        await PressDaysAsync(page, hand);
        if (hand == Hand.Mouse)
            await page.Page.Locator("#day-from").FillAsync(Second);
        else
            await page.WriteAsync(page.Page.Locator("#day-from"), SecondAsTyped, hand);
        await page.PressAsync(page.Page.Locator("#day-show"), hand);

        var tabs = page.Page.Locator("[role=tab]");
        await Expect(tabs).ToHaveTextAsync(["Entered 3", "Left 4", "Changed 1"]);
        await Expect(page.Page.Locator(".tabs > .of")).ToHaveTextAsync("3 stayed as they were");
        await Expect(page.Rows.Locator("th a")).ToHaveTextAsync(["person10", "person21", "person9"]);
        await Expect(page.Rows.Nth(0).Locator("td").First).ToHaveTextAsync("was no → is yes");
        await Expect(page.Rows.Nth(1).Locator(".badge")).ToHaveTextAsync("was not there");

        await TurnToAsync(page, "left", hand);
        await Expect(page.Rows.Locator("th a")).ToHaveTextAsync(["person1", "person2", "person3", "person8"]);
        await Expect(page.Rows.Nth(3).Locator(".badge")).ToHaveTextAsync("is there no more");

        await TurnToAsync(page, "changed", hand);
        await page.AddressHoldsAsync("show=changed");
        await Expect(page.Rows.Locator("th a")).ToHaveTextAsync(["person5"]);
        await Expect(page.Rows.Locator("td").Nth(1)).ToHaveTextAsync("was 1 → is 77");
        await page.PressAsync(page.Page.Locator("#compare-off"), hand);
        await page.CountIsAsync("7 rows");
    }

    [Fact]
    public async Task Comparison_OfTwoDaysThatArePast_IsInTheAddressAndAsAFile()
    {
        await using var page = await OpenAsync($"?{Restricted}&{View}&from={First}&at={Second}&show=entered&size=25");
        await Expect(page.Page.Locator("[role=tab]")).ToHaveTextAsync(["Entered 1", "Left 0", "Changed 0"]);
        await Expect(page.Page.Locator("#moments"))
            .ToContainTextAsync("From 20/11/2026 12:00 UTC to 12/12/2026 12:00 UTC");
        await Expect(page.Page.Locator("#data-age")).ToContainTextAsync("As of 12/12/2026");
        await page.PressAsync(page.Page.Locator("#export-button"), Hand.Mouse);
        var download = await page.Page.RunAndWaitForDownloadAsync(() =>
            page.PressAsync(page.Page.Locator("#export-csv"), Hand.Mouse)
        );
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.StartsWith("change,existed,exists,username,", lines[0], StringComparison.Ordinal);
        Assert.Contains("account_restricted was,account_restricted is", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("entered,true,true,person8,", Assert.Single(lines[1..]), StringComparison.Ordinal);

        await page.PressAsync(page.Page.Locator("#tab-left"), Hand.Mouse);
        await Expect(page.Page.Locator("#nothing-differs")).ToHaveTextAsync("No row left between these moments.");
    }

    [Theory]
    [InlineData($"?{Restricted}&{View}&from={Second}", "table.compared")]
    [InlineData($"?all&at={Second}&size=25", "table.reports")]
    [InlineData($"?{View}&at=2020-02-29", "#present")]
    [Trait("Category", "Random")]
    public async Task Page_OfOtherDays_IsAccessibleAndFits(string address, string shown)
    {
        await using var page = await OpenAsync(address);
        await Expect(page.Page.Locator(shown)).ToBeVisibleAsync();
        await PressDaysAsync(page, Hand.Keyboard);
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            if (scheme != ColorScheme.Light)
            {
                await page.ReopenAsync(scheme);
                await PressDaysAsync(page, Hand.Mouse);
            }

            foreach (var width in new[] { 1440, 390 })
            {
                await page.Page.SetViewportSizeAsync(width, 900);
                await page.IsSettledAsync();
                await page.FitsAsync(width);
                await page.IsAccessibleAsync(scheme, width);
            }
        }
    }

    [Fact]
    public async Task Day_BeforeTheFirst_NamesTheDaysThereAre()
    {
        await using var page = await OpenAsync($"?{Restricted}&{View}&at=2020-02-29");
        await Expect(page.Page.Locator(".notice-page")).ToContainTextAsync($"There are {Second}, {First}.");
        await page.PressAsync(page.Page.Locator("#present"), Hand.Keyboard);
        await page.CountIsAsync("7 rows");
        await page.Page.GotoAsync($"/?{Restricted}&{View}&at={First}&from={Second}");
        await Expect(page.Page.Locator(".notice-page")).ToContainTextAsync("choose an earlier day");
    }

    [Fact]
    public async Task Comparison_OfManyRowsWithConcealedNames_IsPagedAndTellsNone()
    {
        List<int> people = [.. Enumerable.Range(1, 40)];
        await using var host = await RunningServer.StartAsync(
            KeptDays.Of(people, _ => false),
            ("Access:Conceal", "names"),
            ("Access:Tags", $"support={People.Superuser.Name}"),
            ("Access:RevealTags", "support")
        );
        host.Store.History.Keep(default);
        host.Time.Advance(TimeSpan.FromDays(1));
        await host.RefreshAsync(KeptDays.Of(people[30..], _ => false));
        await using var page = await server.OpenSignedOutAsync(at: host.Address);
        await page.EnterAsync(
            $"?charts=off&columns=username,email&from={First}&show=left&size=25",
            People.Superuser.Token
        );

        await Expect(page.Page.Locator("[role=tab]")).ToHaveTextAsync(["Entered 0", "Left 30", "Changed 0"]);
        await Expect(page.Rows).ToHaveCountAsync(25);
        Assert.DoesNotMatch(@"person\d|@example", await page.Page.ContentAsync());
        await page.PressAsync(page.Page.Locator("#next-page"), Hand.Keyboard);
        await Expect(page.Rows).ToHaveCountAsync(5);
        await page.AddressHoldsAsync("cursor=");
        Assert.DoesNotMatch(@"person\d|@example", await page.Page.ContentAsync());
        await page.PressAsync(page.Button("First page"), Hand.Mouse);
        await Expect(page.Rows).ToHaveCountAsync(25);
    }

    /// <summary>There is none here: the server keeps no rows of the run before.</summary>
    [Fact]
    public async Task RunBefore_NotAtHand_SaysWhatCanBeAsked()
    {
        await using var page = await OpenAsync($"?{View}");
        await PressDaysAsync(page, Hand.Keyboard);
        await page.PressAsync(page.Page.Locator("#day-previous"), Hand.Mouse);
        await Expect(page.Page.Locator(".notice-page"))
            .ToContainTextAsync("The rows of the run before are not at hand");
        await Expect(page.Page.Locator(".notice-page")).ToContainTextAsync($"There are {Second}, {First}.");
    }

    [Fact]
    public async Task Store_WithoutDays_ShowsNoWayToThem()
    {
        await using var host = await RunningServer.StartAsync(SampleReports.Make(3));
        await using var page = await server.OpenSignedOutAsync(at: host.Address);
        await page.EnterAsync($"?{View}", People.Superuser.Token);
        await page.CountIsAsync("3 rows");
        await Expect(page.Page.Locator("#days-button")).ToHaveCountAsync(0);
    }

    private async Task<ExplorerPage> OpenAsync(string address)
    {
        var page = await server.OpenSignedOutAsync(at: shared.Server.Address);
        await page.EnterAsync(address, People.Superuser.Token);
        return page;
    }

    private static async Task PressDaysAsync(ExplorerPage page, Hand hand)
    {
        if (hand == Hand.Mouse)
            await page.Page.Locator("#days-button").ClickAsync();
        else
            await page.Keyboard.PressAsync("d");
        await Expect(page.Page.Locator("#day-at")).ToBeFocusedAsync();
    }

    private static async Task TurnToAsync(ExplorerPage page, string change, Hand hand)
    {
        var tab = page.Page.Locator($"#tab-{change}");
        if (hand == Hand.Mouse)
        {
            await tab.ClickAsync();
        }
        else
        {
            await page.ReachAsync(page.Page.Locator("[role=tab][aria-selected=true]"));
            await page.Keyboard.PressAsync("ArrowRight");
            await Expect(tab).ToBeFocusedAsync();
        }

        await Expect(tab).ToHaveAttributeAsync("aria-selected", "true");
    }

    /// <summary>
    /// A server with two days. On the first, people 1 to 7 of 20 are restricted, and on the second 8 is, too. Now 9, 10
    /// and 21, who is new, have entered; 1 to 3 have left, and 8 is there no more; 5 has other assets.
    /// </summary>
    public sealed class KeptDays : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            List<int> people = [.. Enumerable.Range(1, 20)];
            Server = await RunningServer.StartAsync(Of(people, id => id <= 7));
            Server.Store.History.Keep(default);
            Server.Time.Advance(TimeSpan.FromDays(22));
            await Server.RefreshAsync(Of(people, id => id <= 8));
            Server.Store.History.Keep(default);
            Server.Time.Advance(TimeSpan.FromDays(1));
            people.Remove(8);
            await Server.RefreshAsync(Of([.. people, 21], id => id is (>= 4 and <= 10) or 21, assetsOfFive: 77));
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        internal static List<Report> Of(List<int> people, Func<int, bool> isRestricted, long assetsOfFive = 1) =>
            [
                .. people.Select(id =>
                {
                    var person = SampleReports.MakeOne(new Random(id), id, $"person{id}");
                    Set(person, nameof(person.AccountRestricted), isRestricted(id));
                    Set(person.Account, nameof(person.Account.Uid), $"u{id}");
                    Set(person.Account, nameof(person.Account.AssetCount), id == 5 ? assetsOfFive : 1);
                    return person;
                }),
            ];

        /// <summary>Reports are made once and for all; a test has them as it needs them.</summary>
        private static void Set(object of, string name, object value) =>
            of.GetType().GetProperty(name)!.SetValue(of, value);
    }
}
