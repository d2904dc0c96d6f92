using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Server.Audit;
using static Microsoft.Playwright.Assertions;

namespace UserReports.Server.Tests.Explorer;

/// <summary>Where an open page is connected from, how many there are, and the page of one's own sessions.</summary>
[Trait("Category", "Browser")]
public sealed class SessionPageTests(ExplorerServer server)
{
    private const string ConnectedFrom = "198.51.100.7";

    [Fact]
    public async Task Record_OfAnOpenPage_HoldsWhereItIsConnectedFrom()
    {
        await using var host = await ExplorerHost.StartAsync(
            20,
            adjust: services => services.AddSingleton<IStartupFilter, TwoPlaces>()
        );
        await host.RefreshedAsync();
        await using var page = await server.OpenAsync("?charts=off&q=is_active:true&ordering=-email", host: host);
        await Expect(page.Rows.First).ToBeVisibleAsync();
        var log = host.Services.GetRequiredService<AuditLog>();
        var records = await log.SearchAsync(new(Text: "explorer accounts"), TestContext.Current.CancellationToken);
        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.Equal(ConnectedFrom, record.Address));
        Assert.Equal("-email", records[0].Asked!["ordering"]);
        var signIn = await log.SearchAsync(new(Text: "POST /sign-in"), TestContext.Current.CancellationToken);
        Assert.Equal("127.0.0.1", Assert.Single(signIn).Address);
    }

    [Fact]
    public async Task Page_BeyondTheBound_IsRefusedAndOneThatIsClosedMakesRoom()
    {
        await using var host = await ExplorerHost.StartAsync(20, settings: [("Explorer:OpenPagesPerAccount", "1")]);
        await host.RefreshedAsync();
        await using var page = await server.OpenAsync("runs", host: host);
        await Expect(page.Page.Locator("#runs")).ToBeVisibleAsync();
        var cookies = await page.Page.Context.CookiesAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Add("Cookie", string.Join("; ", cookies.Select(c => $"{c.Name}={c.Value}")));
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        using (var refused = await client.GetAsync("/audit", TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        await page.Page.GotoAsync("about:blank");
        HttpStatusCode status;
        do
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            using var answer = await client.GetAsync("/audit", TestContext.Current.CancellationToken);
            status = answer.StatusCode;
        } while (status == HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [Hands]
    public async Task Sessions_OnTheirPage_CanBeEndedOneByOneAndAll(Hand hand)
    {
        await using var host = await ExplorerHost.StartAsync(20);
        await host.RefreshedAsync();
        await using var other = await server.OpenAsync("runs", host: host);
        await using var third = await server.OpenAsync("runs", host: host);
        await using var page = await server.OpenAsync("?charts=off", host: host);
        await page.PressAsync(page.Page.Locator("a[href=sessions]"), hand);
        await Expect(page.Page.Locator("#sessions tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Page.GetByText("this one", new() { Exact = true })).ToHaveCountAsync(1);
        await page.PressAsync(page.Page.Locator("#sessions tbody button").First, hand);
        await Expect(page.Page.Locator("#sessions tbody tr")).ToHaveCountAsync(2);
        await page.PressAsync(page.Page.Locator("#end-others"), hand);
        await Expect(page.Page.Locator("#sessions tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Page.Locator("#end-others")).ToBeDisabledAsync();
        await page.PressAsync(page.Page.Locator("#end-all"), hand);
        await Expect(page.Page.Locator("#username")).ToBeVisibleAsync();
        var records = await host
            .Services.GetRequiredService<AuditLog>()
            .SearchAsync(new(Text: AuditEvents.SessionsEnded), TestContext.Current.CancellationToken);
        Assert.Equal(["all", "all others"], records.Take(2).Select(record => record.Asked!["session"]));
        Assert.Equal(3, records.Count);
    }

    /// <summary>Pages are loaded in one place, and connected from another.</summary>
    private sealed class TwoPlaces : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (context, following) =>
                    {
                        if (context.Request.Path.StartsWithSegments("/_blazor"))
                            context.Connection.RemoteIpAddress = IPAddress.Parse(ConnectedFrom);
                        return following(context);
                    }
                );
                next(app);
            };
    }
}
