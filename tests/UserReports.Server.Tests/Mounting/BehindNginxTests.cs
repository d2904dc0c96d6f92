using System.Text.RegularExpressions;
using UserReports.Server.Tests.Explorer;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Mounting;

/// <summary>The explorer behind a real nginx, configured as documented.</summary>
[Trait("Category", "Browser")]
public sealed class BehindNginxTests(ExplorerServer server, MountedHosts hosts)
{
    /// <param name="pathBase">The setting.</param>
    /// <param name="prefix">What nginx takes away and says in a header; empty for nothing.</param>
    [Theory]
    [InlineData("", "", true)]
    [InlineData("/reports", "", false)]
    [InlineData("", "/reports", true)]
    [InlineData("", "", false, Traits = ["Category", "Long"])]
    [InlineData("/reports", "", true, Traits = ["Category", "Long"])]
    [InlineData("", "/reports", false, Traits = ["Category", "Long"])]
    public async Task Explorer_BehindNginx_WorksWithAndWithoutWebSockets(
        string pathBase,
        string prefix,
        bool hasWebSockets
    )
    {
        var host = await hosts.UnderAsync(pathBase);
        await using var nginx = await Nginx.StartAsync(Configuration(pathBase, prefix, hasWebSockets), host.Address);
        var root = nginx.Address.GetLeftPart(UriPartial.Authority) + pathBase + prefix + "/";
        var opened = await server.OpenSignedOutAsync(host: host, at: new(root));
        var page = opened.Page;
        List<string> outside = [];
        var sockets = 0;
        page.Request += (_, request) =>
        {
            if (
                !request.Url.StartsWith(root, StringComparison.Ordinal)
                && !request.Url.StartsWith("data:", StringComparison.Ordinal)
            )
                outside.Add(request.Url);
        };
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, _) => sockets++;

        // Signing in leads to where one wanted to go.
        await page.GotoAsync(root + "?q=is_active:true&charts=off");
        await Expect(page).ToHaveURLAsync(root + "sign-in");
        await page.GetByText("Sign in with an API token instead").ClickAsync();
        await page.Locator("#token").FillAsync(ExplorerHost.Token);
        await opened.Button("Sign in with the token").ClickAsync();
        await Expect(page).ToHaveURLAsync(root + "?q=is_active:true&charts=off");
        await Expect(opened.Rows.First).ToBeVisibleAsync();
        Assert.Equal(hasWebSockets, sockets > 0);

        // Cookies stay within the path, under the strongest names.
        var cookies = await page.Context.CookiesAsync();
        var (name, path) = root.EndsWith("/reports/", StringComparison.Ordinal)
            ? ("__Secure-", "/reports")
            : ("__Host-", "/");
        Assert.Contains(cookies, cookie => cookie.Name == name + "user-reports-session");
        Assert.All(
            cookies,
            cookie => Assert.Equal(path, cookie.Path.Length > 1 ? cookie.Path.TrimEnd('/') : cookie.Path)
        );

        // What the page asks of the service works, and so do links.
        await opened.AskAsync("is_active:false");
        await opened.AddressHoldsAsync("is_active:false");
        await opened.IsSettledAsync();
        await page.Locator("nav a").Nth(1).ClickAsync();
        await Expect(page).ToHaveURLAsync(root + "runs");
        await Expect(page.Locator("#runs .badge").First).ToHaveTextAsync("completed");
        await page.Locator("nav a").Nth(2).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Audit");
        var next = await page.EvaluateAsync<string>(
            "async () => (await (await fetch('api/v2/user-reports/?limit=1')).json()).next"
        );
        Assert.StartsWith(root + "api/v2/user-reports/?", next, StringComparison.Ordinal);

        // The page of the interface finds its document.
        await page.GotoAsync(root + "docs/");
        await Expect(page.GetByText("Reports, page by page").First).ToBeVisibleAsync();

        await page.GotoAsync(root + "?all");
        await opened.Button("Sign out").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("^" + Regex.Escape(root) + "sign-in$"));
        Assert.Empty(outside);
        if (hasWebSockets)
        {
            await opened.DisposeAsync();
            return;
        }

        // The browser says of the connection that it failed, which it did, and likewise of a page that is not there.
        await page.GotoAsync(root + "no-such-page");
        await Expect(page).ToHaveURLAsync(root + "sign-in");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Account_WithANameThatMeansSomethingInAPath_OpensFromItsRow()
    {
        var host = await hosts.UnderAsync("/reports");
        await using var nginx = await Nginx.StartAsync(Configuration("/reports", "", true), host.Address);
        var root = nginx.Address + "reports/";
        await using var opened = await server.OpenSignedOutAsync(host: host, at: new(root));
        var page = opened.Page;
        await page.GotoAsync(root + "sign-in");
        await page.GetByText("Sign in with an API token instead").ClickAsync();
        await page.Locator("#token").FillAsync(ExplorerHost.Token);
        await opened.Button("Sign in with the token").ClickAsync();
        foreach (var name in MountedHosts.AwkwardNames)
        {
            await page.GotoAsync($"{root}?charts=off&q=username:{Uri.EscapeDataString($"\"{name}\"")}");
            await opened.CountIsAsync("1 row");
            await opened.Rows.First.Locator("a").First.ClickAsync();
            await Expect(page.Locator("h1:not(.unseen)")).ToHaveTextAsync(name);
            // From its address alone, too.
            await page.ReloadAsync();
            await Expect(page.Locator("h1:not(.unseen)")).ToHaveTextAsync(name);
        }

        // Addresses with an encoded name in the path are decoded once.
        foreach (var name in new[] { "a/b", "a%2Fb" })
        {
            await page.GotoAsync($"{root}account/named/{Uri.EscapeDataString(name)}");
            await Expect(page.Locator("h1:not(.unseen)")).ToHaveTextAsync(name);
        }
    }

    private static string Configuration(string pathBase, string prefix, bool hasWebSockets)
    {
        var location =
            pathBase.Length > 0
                ? DocumentedBlock
                    .Of("docs/operations.md")
                    .Single(b =>
                        b.Language == "nginx" && b.Text.StartsWith("location /reports {", StringComparison.Ordinal)
                    )
                    .Text
            : prefix.Length > 0 ? $"location {prefix}/ {{ proxy_pass http://127.0.0.1:5080/; }}\n"
            : null;
        var text = Nginx.Documented(location);
        if (prefix.Length > 0)
        {
            text = text.Replace("X-Forwarded-Prefix \"\";", $"X-Forwarded-Prefix {prefix};", StringComparison.Ordinal);
        }

        const string Upgrade = "proxy_set_header Upgrade $http_upgrade;";
        Assert.Contains(Upgrade, text, StringComparison.Ordinal);
        return hasWebSockets ? text : text.Replace(Upgrade, "proxy_set_header Upgrade \"\";", StringComparison.Ordinal);
    }
}
