using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using UserReports.Server.Tests.Access;
using UserReports.Testing;

namespace UserReports.Server.Tests.Explorer;

/// <summary>What a reader has at hand.</summary>
public enum Hand
{
    Mouse,
    Keyboard,
}

/// <summary>
/// One page of the explorer, in the words of somebody who uses it. When it is closed, no error or warning may stand in
/// the console, no script may have failed, and nothing may have been asked of another host.
/// </summary>
public sealed class ExplorerPage : IAsyncDisposable
{
    private const int TabsMax = 250;

    private readonly List<string> faults = [];

    public ExplorerPage(IPage page, Uri root)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                faults.Add($"console {message.Type}: {message.Text} at {message.Location}");
        };
        page.PageError += (_, error) => faults.Add($"page error: {error}");
        page.Context.Request += (_, request) =>
        {
            var uri = new Uri(request.Url);
            if (uri.Scheme is not ("data" or "blob") && uri.Authority != root.Authority)
                faults.Add($"request to {request.Url}");
        };
    }

    public IPage Page { get; }

    public IKeyboard Keyboard => Page.Keyboard;

    public ILocator Count => Page.Locator("#count");

    public ILocator Rows => Page.Locator("table.reports tbody tr");

    public ILocator Query => Page.Locator("#query");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Signs in without the sign-in page, and opens a page.</summary>
    /// <param name="token">Of whom; the superuser's of a generated platform if it is null.</param>
    public async Task EnterAsync(string address, string? token = null)
    {
        await using var form = await Page.APIRequest.GetAsync("/sign-in");
        var data = Page.APIRequest.CreateFormData();
        data.Set("__RequestVerificationToken", Browser.AntiforgeryOf(await form.TextAsync()));
        data.Set("token", token ?? ExplorerHost.Token);
        await using var answer = await Page.APIRequest.PostAsync("/sign-in", new() { Form = data, MaxRedirects = 0 });
        Assert.Equal(302, answer.Status);
        await Page.GotoAsync("/" + address);
        await HasBegunAsync();
    }

    /// <summary>Signs in as somebody does, on the sign-in page, which leads to another.</summary>
    public async Task SignInAsync(string address)
    {
        await Page.GotoAsync($"/sign-in?next={Uri.EscapeDataString("/" + address)}");
        await Page.GetByText("Sign in with an API token instead").ClickAsync();
        await Page.Locator("#token").FillAsync(ExplorerHost.Token);
        await Button("Sign in with the token").ClickAsync();
        await HasBegunAsync();
    }

    private Task HasBegunAsync() =>
        Page.Locator("main h1, main h2").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });

    public async Task AskAsync(string q)
    {
        await Query.FillAsync(q);
        await Query.PressAsync("Enter");
    }

    /// <summary>Presses a button or follows a link: with the mouse, or with Tab up to it and Enter.</summary>
    public async Task PressAsync(ILocator target, Hand hand)
    {
        if (hand == Hand.Mouse)
        {
            await target.ClickAsync();
            return;
        }

        await ReachAsync(target);
        await Keyboard.PressAsync("Enter");
    }

    /// <summary>Goes to an element with Tab alone.</summary>
    public async Task ReachAsync(ILocator target)
    {
        await target.WaitForAsync();
        for (var i = 0; i < TabsMax; i++)
        {
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
                return;
            await Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"No {TabsMax} presses of Tab lead to {target}.");
    }

    /// <summary>Chooses in a list: as from a list of the system, or with Tab and the arrows.</summary>
    public async Task ChooseAsync(ILocator list, string value, Hand hand)
    {
        if (hand == Hand.Mouse)
        {
            await list.SelectOptionAsync(value);
            return;
        }

        await ReachAsync(list);
        // So many presses as it is away, not until it is there: the server's answer to one press may show that one's
        // value once more after the next.
        var steps = await list.EvaluateAsync<int>(
            "(list, value) => [...list.options].findIndex(option => option.value === value) - list.selectedIndex",
            value
        );
        for (var i = 0; i < Math.Abs(steps); i++)
            await Keyboard.PressAsync(steps > 0 ? "ArrowDown" : "ArrowUp");
        await Assertions.Expect(list).ToHaveValueAsync(value);
    }

    /// <summary>Writes into a field: after a click, or after Tab up to it.</summary>
    public async Task WriteAsync(ILocator field, string text, Hand hand)
    {
        if (hand == Hand.Mouse)
            await field.ClickAsync();
        else
            await ReachAsync(field);
        await Keyboard.PressAsync("Control+a");
        await Keyboard.TypeAsync(text);
    }

    /// <summary>Waits until the count shows so many rows.</summary>
    public Task CountIsAsync(string words) => Assertions.Expect(Count).ToHaveTextAsync(words);

    public Task AddressHoldsAsync(string part) =>
        Page.WaitForFunctionAsync("part => decodeURIComponent(location.href).includes(part)", part);

    /// <summary>Waits until nothing is being read.</summary>
    public async Task IsSettledAsync()
    {
        await Assertions.Expect(Page.Locator(".loading")).ToHaveCountAsync(0);
        await Assertions.Expect(Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
    }

    /// <summary>Loads the page again, as somebody sees it whose system is light or dark: it is asked for that
    /// once.</summary>
    public async Task ReopenAsync(ColorScheme scheme)
    {
        await Page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await Page.ReloadAsync();
        await HasBegunAsync();
    }

    /// <summary>
    /// Of themes and widths a usual run looks at light on a desk and dark on a phone, which differ in both;
    /// <c>./test --long</c> looks at every pair.
    /// </summary>
    public Task IsAccessibleAsync(ColorScheme scheme, int width) =>
        Chance.IsLong || (scheme, width) is (ColorScheme.Light, 1440) or (ColorScheme.Dark, 390)
            ? IsAccessibleAsync()
            : Task.CompletedTask;

    /// <param name="part">What alone is looked at, where the rest of the page has been elsewhere; null for all.</param>
    public async Task IsAccessibleAsync(ILocator? part = null)
    {
        var options = new AxeRunOptions { ResultTypes = [ResultType.Violations] };
        var result = part is null ? await Page.RunAxe(options) : await part.RunAxe(options);
        var found = result
            .Violations.Where(v => v.Impact is "serious" or "critical")
            .Select(v => $"{v.Id}: {v.Help} at {string.Join(" | ", v.Nodes.Take(5).Select(n => n.Html))}")
            .ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    /// <summary>Does what may fail, so that its own failure is told, and what stood against the page.</summary>
    public async Task TellAsync(Func<Task> acts)
    {
        try
        {
            await acts();
        }
        catch (Exception e)
        {
            var all = string.Join('\n', faults.Prepend(e.Message));
            faults.Clear();
            throw new InvalidOperationException(all, e);
        }
    }

    /// <summary>Takes the faults away that hold a text.</summary>
    public IReadOnlyList<string> Excuse(string part)
    {
        var excused = faults.FindAll(fault => fault.Contains(part, StringComparison.Ordinal));
        faults.RemoveAll(excused.Contains);
        return excused;
    }

    /// <summary>Nothing is cut off at the right.</summary>
    public async Task FitsAsync(int width) =>
        Assert.Equal(width, await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }
}
