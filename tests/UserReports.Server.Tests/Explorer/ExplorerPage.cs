using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace UserReports.Server.Tests.Explorer;

/// <summary>One page of the explorer, in the words of somebody who uses it.</summary>
public sealed class ExplorerPage : IAsyncDisposable
{
    private readonly List<string> faults = [];

    public ExplorerPage(IPage page, Uri root)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                faults.Add($"console {message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => faults.Add($"page error: {error}");
        page.Request += (_, request) =>
        {
            var uri = new Uri(request.Url);
            if (uri.Scheme is not ("data" or "blob") && uri.Host != root.Host)
                faults.Add($"request to {request.Url}");
        };
    }

    public IPage Page { get; }

    public ILocator Count => Page.Locator("#count");

    public ILocator Rows => Page.Locator("table.reports tbody tr");

    public ILocator Query => Page.Locator("#query");

    public async Task SignInAsync(string address)
    {
        await Page.GotoAsync($"/sign-in?next={Uri.EscapeDataString("/" + address)}");
        await Page.GetByText("Sign in with an API token instead").ClickAsync();
        await Page.Locator("#token").FillAsync(ExplorerServer.Token);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in with the token" }).ClickAsync();
        await Page.Locator("main h1").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    public async Task AskAsync(string q)
    {
        await Query.FillAsync(q);
        await Query.PressAsync("Enter");
    }

    /// <summary>Waits until the count shows so many rows.</summary>
    public Task CountIsAsync(string words) => Assertions.Expect(Count).ToHaveTextAsync(words);

    public Task AddressHoldsAsync(string part) =>
        Page.WaitForFunctionAsync("part => decodeURIComponent(location.href).includes(part)", part);

    public async Task IsAccessibleAsync()
    {
        var result = await Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        Assert.Empty(
            result
                .Violations.Where(v => v.Impact is "serious" or "critical")
                .Select(v => $"{v.Id}: {v.Help} at {string.Join(" | ", v.Nodes.Take(5).Select(n => n.Html))}")
        );
    }

    /// <summary>No console error or warning, no failed script, no request to another host.</summary>
    public void IsClean() => Assert.Empty(faults);

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
    }
}
