using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using UserReports.Server.Explorer.Account;
using UserReports.Server.Explorer.Table;
using UserReports.Server.Tests.Explorer;
using UserReports.Workspace.Views;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Hostile;

/// <summary>
/// A crawl over every page and route, with what would run if anything let it in every text that is stored.
/// </summary>
[Trait("Category", "Browser")]
public sealed class HostileDataTests(ExplorerServer server)
{
    private const string Reports = "/api/v2/user-reports/";
    private const string Browser = "<script>window.ran='browser'</script>";

    /// <summary>Policies that were broken are remembered from before anything of a page runs.</summary>
    private const string Watch = """
        window.broken = [];
        addEventListener("securitypolicyviolation", e => broken.push(`${e.violatedDirective} ${e.blockedURI}`));
        """;

    /// <summary>What there is of broken policies, of scripts that ran, and of elements that came of a text.</summary>
    private const string Found = """
        () => {
          const found = [...(window.broken ?? [])];
          if ("ran" in window) found.push(`ran: ${window.ran}`);
          for (const element of document.querySelectorAll("*")) {
            const isScript = element.matches("script:not([src]):not([nonce])") && !/json|importmap/.test(element.type);
            if (isScript || element.matches("iframe, object, embed, svg:not([viewBox]), base ~ base, body base"))
              found.push(element.outerHTML.slice(0, 200));
            for (const { name, value } of element.attributes) {
              const leads = /^(href|src|action|formaction)$/i.test(name) && value !== "data:,";
              if (/^on/i.test(name) || (leads && /^\s*(javascript|data|vbscript):/i.test(value)))
                found.push(`${element.localName} ${name}=${value}`.slice(0, 200));
            }
          }
          return found;
        }
        """;

    /// <summary>Elements in which a text that turns the order of writing round would turn its neighbours too.</summary>
    private const string Turned = """
        () => {
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), turned = [];
          const isOpen = element => {
            const style = getComputedStyle(element);
            return style.display === "inline" && !/isolate|plaintext/.test(style.unicodeBidi);
          };
          while (texts.nextNode()) {
            if (!/[\u202a-\u202e\u2066-\u2069]/.test(texts.currentNode.data)) continue;
            let element = texts.currentNode.parentElement;
            while (isOpen(element) && element.parentElement.textContent.trim() === element.textContent.trim())
              element = element.parentElement;
            if (isOpen(element)) turned.push(element.outerHTML.slice(0, 200));
          }
          return turned;
        }
        """;

    /// <summary>Where in an answer a hostile text must have come through, or its pages show nothing.</summary>
    private static readonly string[] Shown =
    [
        "username",
        "first_name",
        "last_name",
        "email",
        "user_uid",
        "extra_details.data",
        "social_accounts.provider",
        "social_accounts.uid",
        "organization.name",
        "organization.website",
        "subscriptions.description",
        "subscriptions.metadata",
        "subscriptions.items.id",
        "subscriptions.items.price.nickname",
        "subscriptions.items.price.product.name",
        "subscriptions.items.price.product.metadata",
    ];

    private readonly List<string> refused = [];

    [Fact]
    public async Task Crawl_WithHostileTextInEveryField_RunsNothingAndBreaksNoPolicy()
    {
        await using var host = await ExplorerHost.StartAsync(300, [.. HostilePlatform.Changes()]);
        await host.RefreshedAsync();
        await SaveViewsAsync(host);
        await using var opened = await server.OpenSignedOutAsync(host: host);
        await opened.Page.AddInitScriptAsync(Watch);
        var strays = new List<string>();
        opened.Page.Dialog += (_, dialog) =>
        {
            strays.Add($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        opened.Page.Popup += (_, popup) => strays.Add($"popup: {popup.Url}");
        opened.Page.Download += (_, download) => strays.Add($"download: {download.Url}");
        await opened.TellAsync(async () =>
        {
            await SignInAsync(opened);
            var accounts = await AccountsAsync(opened.Page);
            await DataAsync(opened.Page);
            await ExplorerAsync(opened, accounts);
            await PanelsAsync(opened);
            await ElsewhereAsync(opened);
            Assert.Equal(refused.Count, opened.Excuse("responded with a status of 40").Count);
            await ProvokedAsync(opened);
            Assert.Empty(strays);
        });
    }

    /// <summary>With a name that nobody has, then with a browser that calls itself what it likes.</summary>
    private async Task SignInAsync(ExplorerPage opened)
    {
        foreach (var text in HostileTexts.Short.Take(3))
        {
            await VisitAsync(
                opened,
                $"/sign-in?next={Uri.EscapeDataString(text)}&message={Uri.EscapeDataString(text)}"
            );
            await opened.Page.Locator("#username").FillAsync(text);
            await opened.Page.Locator("#password").FillAsync(text);
            await opened.Button("Sign in").ClickAsync();
            await Expect(opened.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
            await StandsAsync(opened.Page, "/sign-in, refused");
            refused.Add("/sign-in");
        }

        await opened.Page.SetExtraHTTPHeadersAsync([new("User-Agent", Browser)]);
        await opened.SignInAsync("runs");
        await opened.Page.SetExtraHTTPHeadersAsync([]);
    }

    private static async Task<List<JsonElement>> AccountsAsync(IPage page)
    {
        await using var answer = await page.APIRequest.GetAsync($"{Reports}?limit=1000");
        var accounts = (await answer.JsonAsync())!.Value.GetProperty("results").EnumerateArray().ToList();
        Assert.All(
            Shown,
            path => Assert.True(accounts.Exists(account => At(account, path.Split('.')).Any(HostileTexts.AreIn)), path)
        );
        Assert.All(
            HostileTexts.All,
            text => Assert.Contains(accounts, account => Name(account).StartsWith(text, StringComparison.Ordinal))
        );
        return accounts;
    }

    /// <summary>Data stays data, whatever is asked for by whom.</summary>
    private async Task DataAsync(IPage page)
    {
        string[] answered =
        [
            "?limit=100",
            "summary/?group_by=organization__name,username",
            "runs/",
            "fields/",
            "sessions/",
            $"?q={Escaped(Everything)}",
        ];
        string[] wrong =
        [
            .. HostileTexts.Short.SelectMany(text =>
                new[] { $"?q={Escaped(text)}:(&ordering={Escaped(text)}&fields={Escaped(text)}", $"{Escaped(text)}/" }
            ),
        ];
        foreach (var path in answered.Concat(wrong).Append("audit/").Append("../../../openapi/v2.json"))
        {
            var answer = (await page.GotoAsync(Reports + path))!;
            Assert.Contains("json", answer.Headers["content-type"], StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers["x-content-type-options"]);
            Assert.Equal((wrong.Contains(path), path), (answer.Status is 400 or 404, path));
            if (!answer.Ok)
                refused.Add(path);
            await StandsAsync(page, path);
        }

        foreach (var format in new[] { "csv", "ndjson", "parquet", "xlsx" })
        {
            await using var file = await page.APIRequest.GetAsync(
                $"{Reports}export/?format={format}",
                new() { Headers = [new("Accept", "text/html")] }
            );
            Assert.Equal(200, file.Status);
            Assert.StartsWith("attachment", file.Headers["content-disposition"], StringComparison.Ordinal);
            Assert.Equal("nosniff", file.Headers["x-content-type-options"]);
            Assert.DoesNotContain("html", file.Headers["content-type"], StringComparison.Ordinal);
        }
    }

    private async Task ExplorerAsync(ExplorerPage opened, List<JsonElement> accounts)
    {
        var every = string.Join(',', TableColumns.All.Select(column => column.Key));
        await VisitAsync(opened, "/?all", Name(accounts.Find(IsHostile)));
        await VisitAsync(opened, $"/?charts=off&size=200&columns={every}", HostileTexts.All[2]);
        await VisitAsync(opened, $"/?q={Escaped(Everything)}");
        await VisitAsync(opened, $"/?q={Escaped(string.Join(' ', HostileTexts.Short) + ":(")}");
        var subscribed = accounts.FindAll(account => account.GetProperty("subscriptions").GetArrayLength() > 0);
        foreach (var account in accounts.Where(IsHostile).DistinctBy(Name).Concat(subscribed.Take(2)))
            await VisitAsync(opened, Address(account), Name(account));
        await VisitAsync(opened, "/runs");
        await VisitAsync(opened, "/sessions", Browser);
        // What was refused and asked above, and by whom.
        await VisitAsync(opened, "/audit", HostileTexts.All[0]);
    }

    /// <summary>What is drawn on demand: completion, conditions, columns, views, exports.</summary>
    private static async Task PanelsAsync(ExplorerPage opened)
    {
        await GoAsync(opened, $"/?charts=off&q={Escaped(Contains("organization__name", HostileTexts.All[1]))}");
        foreach (var button in new[] { "build", "columns", "export", "views" })
        {
            await opened.Page.Locator($"#{button}-button").ClickAsync();
            await Expect(opened.Page.Locator($"#{button}-button[aria-expanded=true]")).ToBeVisibleAsync();
            await StandsAsync(opened.Page, button);
        }

        await Expect(opened.Page.Locator(".views li")).ToHaveCountAsync(HostileTexts.All.Length);
        await StandsAsync(opened.Page, "views");
        await opened.Query.FillAsync("");
        await opened.Query.PressSequentiallyAsync("extra_details__data__name:");
        await Expect(opened.Page.Locator("#query-list li").Filter(new() { HasText = "window.ran" }).First)
            .ToBeVisibleAsync();
        await StandsAsync(opened.Page, "completion");
    }

    /// <summary>Addresses that there are not, and the documentation.</summary>
    private async Task ElsewhereAsync(ExplorerPage opened)
    {
        var all = Escaped(string.Join(' ', HostileTexts.Short));
        await VisitAsync(opened, $"/no-such-page/{all}?x={all}", status: 404);
        await VisitAsync(opened, $"/account/{Escaped(HostileTexts.All[0])}");
        await VisitAsync(opened, $"/account/named?name={all}");
        await opened.Page.GotoAsync("/docs/", new() { WaitUntil = WaitUntilState.NetworkIdle });
        await StandsAsync(opened.Page, "/docs/");
    }

    /// <summary>All of it is seen if it happens.</summary>
    private static async Task ProvokedAsync(ExplorerPage opened)
    {
        await GoAsync(opened, "/runs");
        await opened.Page.EvaluateAsync(
            """
            () => {
              document.body.insertAdjacentHTML("beforeend", `<b onclick="window.ran='provoked'">x</b>`);
              document.body.lastElementChild.click();
            }
            """
        );
        await opened.Page.WaitForFunctionAsync("() => window.broken.length");
        Assert.Equal(
            ["script-src-attr inline", "b onclick=window.ran='provoked'"],
            await opened.Page.EvaluateAsync<string[]>(Found)
        );
        Assert.Single(opened.Excuse("Content Security Policy"));
    }

    private async Task VisitAsync(ExplorerPage opened, string path, string? shows = null, int status = 200)
    {
        var answer = await GoAsync(opened, path);
        Assert.Equal($"{path}: {status}", $"{path}: {answer.Status}");
        if (!answer.Ok)
            refused.Add(path);
        await StandsAsync(opened.Page, path);
        var text = await opened.Page.EvaluateAsync<string>("() => document.body.textContent");
        Assert.True(shows is null || text.Contains(shows, StringComparison.Ordinal), $"{path} does not show {shows}");
    }

    private static async Task<IResponse> GoAsync(ExplorerPage opened, string path)
    {
        var answer = (await opened.Page.GotoAsync(path))!;
        await opened
            .Page.Locator("main h1, main h2")
            .First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await opened.IsSettledAsync();
        return answer;
    }

    /// <summary>Nothing ran, no policy was broken, no element came of a text, and the page is no wider.</summary>
    private static async Task StandsAsync(IPage page, string path)
    {
        // The library of the documentation's page tries whether it may evaluate text, and does without.
        string[] known = path == "/docs/" ? ["script-src eval"] : [];
        var found = await page.EvaluateAsync<string[]>(Found);
        Assert.Equal($"{path}: {string.Join('\n', known)}", $"{path}: {string.Join('\n', found)}");
        Assert.Equal($"{path}: ", $"{path}: {string.Join('\n', await page.EvaluateAsync<string[]>(Turned))}");
        var width = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
        Assert.True(width <= page.ViewportSize!.Width, $"{path} is {width} pixels wide.");
    }

    private static async Task SaveViewsAsync(ExplorerHost host)
    {
        var views = host.Services.GetRequiredService<SavedViews>();
        foreach (var text in HostileTexts.All)
        {
            var name = text[..Math.Min(text.Length, SavedViews.NameMax)];
            Assert.Null(await views.SaveAsync(7, text, name, $"?q={Escaped(text)}", isShared: true, default));
        }
    }

    private static string Everything =>
        string.Join(" OR ", HostileTexts.Short.Select(text => Contains("username", text)));

    private static string Contains(string field, string text) =>
        $"{field}__contains:'{text.Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string Escaped(string text) => Uri.EscapeDataString(text);

    private static string Name(JsonElement account) => account.GetProperty("username").GetString()!;

    private static bool IsHostile(JsonElement account) => HostileTexts.AreIn(Name(account));

    private static string Address(JsonElement account) =>
        "/" + AccountAddress.Of(account.GetProperty("user_uid").GetString(), Name(account));

    private static IEnumerable<string?> At(JsonElement value, ReadOnlyMemory<string> path) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => value.EnumerateArray().SelectMany(item => At(item, path)),
            JsonValueKind.Object when path.Length > 0 => value.TryGetProperty(path.Span[0], out var member)
                ? At(member, path[1..])
                : [],
            JsonValueKind.Object => value.EnumerateObject().SelectMany(member => At(member.Value, path)),
            JsonValueKind.String when path.Length == 0 => [value.GetString()],
            _ => [],
        };
}
