using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Testing;

namespace UserReports.Server.Tests.Access;

/// <summary>Every route of the service, and what each kind of caller gets there.</summary>
public sealed class RouteAccessTests
{
    private const int Open = 200;

    /// <summary>
    /// Routes that are open to everybody, with what they answer; everything else must be in <see cref="Closed"/>.
    /// </summary>
    private static readonly Dictionary<string, int> OpenRoutes = new(StringComparer.Ordinal)
    {
        ["GET /health/live"] = Open,
        ["GET /health/ready"] = Open,
        ["GET /sign-in"] = Open,
        ["POST /sign-in"] = 415,
        ["POST /sign-out"] = 400,
        // Answers what another node has sealed, and nothing else.
        ["GET /nodes/audit/"] = 404,
        // Files of the library behind the documentation's page; the page itself is closed.
        ["GET /docs/scalar.js"] = Open,
        ["GET /docs/scalar.aspnetcore.js"] = Open,
        ["GET /docs/favicon.svg"] = Open,
    };

    /// <summary>Routes for superusers: the address to try, and what a superuser gets.</summary>
    internal static readonly Dictionary<string, (string Path, int Superuser)> Closed = new(StringComparer.Ordinal)
    {
        ["GET /api/v2/user-reports/"] = (RunningServer.Root, 200),
        ["GET /api/v2/user-reports/{user_uid}/"] = (RunningServer.Root + "nobody/", 404),
        ["POST /api/v2/user-reports/{user_uid}/refresh/"] = (RunningServer.Root + "nobody/refresh/", 404),
        ["GET /api/v2/user-reports/{user_uid}/history/"] = (RunningServer.Root + "nobody/history/", 404),
        ["POST /api/v2/user-reports/query/"] = (RunningServer.Root + "query/", 200),
        ["GET /api/v2/user-reports/summary/"] = (RunningServer.Root + "summary/", 200),
        ["POST /api/v2/user-reports/summary/"] = (RunningServer.Root + "summary/", 200),
        ["GET /api/v2/user-reports/fields/"] = (RunningServer.Root + "fields/", 200),
        ["GET /api/v2/user-reports/snapshots/"] = (RunningServer.Root + "snapshots/", 200),
        ["GET /api/v2/user-reports/compare/"] = (RunningServer.Root + "compare/?from=2026-01-01", 404),
        ["GET /api/v2/user-reports/runs/"] = (RunningServer.Root + "runs/", 200),
        ["GET /api/v2/user-reports/runs/{uid}/"] = (RunningServer.Root + "runs/none/", 404),
        ["POST /api/v2/user-reports/runs/"] = (RunningServer.Root + "runs/", 202),
        ["GET /api/v2/user-reports/export/"] = (RunningServer.Root + "export/?format=csv", 200),
        ["POST /api/v2/user-reports/export/"] = (RunningServer.Root + "export/", 200),
        ["GET /api/v2/user-reports/audit/"] = (RunningServer.Root + "audit/", 200),
        ["GET /api/v2/user-reports/sessions/"] = (RunningServer.Root + "sessions/", 200),
        ["DELETE /api/v2/user-reports/sessions/"] = (RunningServer.Root + "sessions/", 200),
        ["DELETE /api/v2/user-reports/sessions/{id}/"] = (RunningServer.Root + "sessions/none/", 404),
        ["GET /api/v2/user-reports/reveals/"] = (RunningServer.Root + "reveals/", 200),
        // Without concealment there is nothing to reveal.
        ["POST /api/v2/user-reports/reveals/"] = (RunningServer.Root + "reveals/", 404),
        ["DELETE /api/v2/user-reports/reveals/"] = (RunningServer.Root + "reveals/", 200),
        ["DELETE /api/v2/user-reports/reveals/{id}/"] = (RunningServer.Root + "reveals/none/", 404),
        ["GET /openapi/{documentName}.json"] = ("/openapi/v2.json", 200),
        ["GET /docs/{documentName?}"] = ("/docs/", 200),
    };

    /// <summary>Pages of the explorer, and the address to try.</summary>
    private static readonly Dictionary<string, string> Pages = new(StringComparer.Ordinal)
    {
        ["/"] = "/",
        ["/audit"] = "/audit",
        ["/runs"] = "/runs",
        ["/sessions"] = "/sessions",
        ["/account/{Uid}"] = "/account/someone",
        ["/account/named/{*Path}"] = "/account/named/someone",
        ["/not-found"] = "/not-found",
    };

    [Fact]
    public async Task Routes_EachOfThem_StandsInATable()
    {
        await using var server = await RunningServer.StartAsync([]);
        var mapped = Routes(server);
        Assert.Empty(mapped.Except(OpenRoutes.Keys.Concat(Closed.Keys)));
        Assert.Equal(0, mapped.Count(route => OpenRoutes.ContainsKey(route) && Closed.ContainsKey(route)));
        Assert.Equal(
            Pages.Keys.Order(),
            Endpoints(server).Where(IsPage).Select(page => "/" + page.RoutePattern.RawText!.TrimStart('/')).Order()
        );
    }

    [Fact]
    public async Task Routes_EachKindOfCaller_GetsWhatTheTableSays()
    {
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(5),
            ("Access:FailuresPerAddress", "1000"),
            ("Access:FailuresPerAccount", "1000")
        );
        (string Caller, string? Header, int? Status)[] callers =
        [
            ("nobody", null, 401),
            ("wrong token", "Token 0123456789", 401),
            ("wrong password", People.Superuser.Basic("wrong"), 401),
            ("mangled", "Basic not-base64!", 401),
            ("unknown scheme", "Digest abc", 401),
            ("ordinary account", People.Ordinary.TokenHeader, 403),
            ("ordinary account by password", People.Ordinary.BasicHeader, 403),
            ("staff", People.Staff.TokenHeader, 403),
            ("inactive superuser", People.Inactive.TokenHeader, 401),
            ("inactive superuser by password", People.Inactive.BasicHeader, 401),
            ("superuser with unvalidated password", People.Unvalidated.TokenHeader, 403),
            ("superuser with unvalidated password by password", People.Unvalidated.BasicHeader, 403),
            ("two credentials in one", $"{People.Superuser.TokenHeader}, {People.Superuser.TokenHeader}", 401),
            ("a token that is too long", $"Token {new string('x', 20_000)}", 401),
            ("superuser with a second factor by password", People.WithSecondFactor.BasicHeader, 401),
            ("superuser", People.Superuser.TokenHeader, null),
            ("superuser, Bearer", $"Bearer {People.Superuser.Token}", null),
            ("superuser by password", People.Superuser.BasicHeader, null),
        ];
        using var browser = new Browser(server);
        List<string> wrong = [];
        foreach (var (route, (path, superuser)) in Closed.Where(route => Routes(server).Contains(route.Key)))
        {
            foreach (var (caller, header, status) in callers)
            {
                using var answer = await server.SendAsync(new(route.Split(' ')[0]), path, header, null);
                if ((int)answer.StatusCode != (status ?? superuser))
                    wrong.Add($"{route}, {caller}: {(int)answer.StatusCode}, not {status ?? superuser}");
                if (answer.StatusCode == HttpStatusCode.Unauthorized && answer.Headers.WwwAuthenticate.Count != 2)
                    wrong.Add($"{route}, {caller}: no WWW-Authenticate");
            }

            // Others have just ended all of its sessions, where the route does that.
            await browser.SignInAsync(People.Superuser);
            // A cookie is sent by pages of others too, so it alone starts nothing.
            var isChange = !route.StartsWith("GET", StringComparison.Ordinal);
            using var bySession = await browser.SendAsync(new(new(route.Split(' ')[0]), path));
            if ((int)bySession.StatusCode != (isChange ? 400 : superuser))
                wrong.Add($"{route}, superuser by session: {(int)bySession.StatusCode}");
        }

        foreach (var (route, status) in OpenRoutes)
        {
            using var answer = await server.SendAsync(new(route.Split(' ')[0]), route.Split(' ')[1], null, null);
            if ((int)answer.StatusCode != status)
                wrong.Add($"{route}: {(int)answer.StatusCode}, not {status}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Pages_OfTheExplorer_AreForSuperusersToo()
    {
        await using var server = await RunningServer.StartAsync([]);
        (string? Header, int Status)[] callers =
        [
            (null, 401),
            ("Token wrong", 401),
            (People.Superuser.Basic("wrong"), 401),
            (People.Inactive.TokenHeader, 401),
            (People.Ordinary.TokenHeader, 403),
            (People.Staff.TokenHeader, 403),
            (People.Unvalidated.TokenHeader, 403),
            (People.Superuser.TokenHeader, 200),
        ];
        foreach (var path in Pages.Values.Append("/_blazor/negotiate"))
        {
            foreach (
                var (header, status) in callers.Where(c =>
                    c.Status != 200 || !path.StartsWith("/_blazor", StringComparison.Ordinal)
                )
            )
                Assert.Equal(status, (int)(await server.GetAsync(path, header)).StatusCode);
        }

        foreach (var path in Pages.Values)
        {
            using var page = await server.GetAsync(path, null, ("Accept", "text/html"));
            Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        }
    }

    [Theory]
    [InlineData("/no-such-page")]
    [InlineData("/account")]
    [InlineData("/runs/deeper")]
    public async Task Page_ThatDoesNotExist_IsAPageForBrowsersAndAProblemForOthers(string path)
    {
        await using var server = await RunningServer.StartAsync([]);
        using var page = await server.GetAsync(path, People.Superuser.TokenHeader, ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        await AssertProblem.IsAsync(await server.GetAsync(path, People.Superuser.TokenHeader), 404, "not_found");
        using var signedOut = await server.GetAsync(path, null, ("Accept", "text/html"));
        Assert.Equal("/sign-in", signedOut.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("/api/v2/user-reports/runs/none/deeper")]
    [InlineData("/api/v3/")]
    [InlineData("/openapi/v9/none")]
    public async Task Address_OfTheApiThatDoesNotExist_IsAProblemForBrowsersToo(string path)
    {
        await using var server = await RunningServer.StartAsync([]);
        using var answer = await server.GetAsync(path, People.Superuser.TokenHeader, ("Accept", "text/html"));
        await AssertProblem.IsAsync(answer, 404, "not_found");
    }

    /// <summary>
    /// The same address in other words is the same route or none: nothing lies beside the check of rights.
    /// </summary>
    [Fact]
    public async Task Address_InOtherWords_OpensNothing()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(2));
        string[] requests =
        [
            "GET //api/v2/user-reports/",
            "GET /api/v2//user-reports/",
            "GET /api/v2/user-reports",
            "GET /API/V2/USER-REPORTS/",
            "GET /api%2fv2%2fuser-reports/",
            "GET /%61pi/v2/user-reports/",
            "GET /api/v2/user-reports/.",
            "GET /api/v2/user-reports./",
            "GET /health/../api/v2/user-reports/",
            "GET /health/%2e%2e/api/v2/user-reports/",
            "GET /sign-in/../api/v2/user-reports/export/",
            "GET /api/v2/user-reports/;a=b/",
            "GET /docs",
            "GET /docs/../openapi/v2.json",
            "HEAD /api/v2/user-reports/",
            "OPTIONS /api/v2/user-reports/",
            "TRACE /api/v2/user-reports/",
            "POST /api/v2/user-reports/",
            "GET /_blazor",
            "POST /_blazor/negotiate",
            "POST /_blazor/disconnect",
        ];
        foreach (var request in requests)
        {
            var head = $"{request} HTTP/1.1\r\nHost: localhost\r\n";
            var toNobody = await RawHttp.SendAsync(server.Address, head);
            Assert.StartsWith("HTTP/1.1 401 ", toNobody, StringComparison.Ordinal);
            Assert.DoesNotContain("username", toNobody, StringComparison.Ordinal);
            var toOther = await RawHttp.SendAsync(
                server.Address,
                $"{head}Authorization: {People.Ordinary.TokenHeader}\r\n"
            );
            Assert.StartsWith("HTTP/1.1 403 ", toOther, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Credential_SentTwiceOrTooLarge_IsRefused()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(2));
        var head = $"GET {RunningServer.Root} HTTP/1.1\r\nHost: localhost\r\n";
        var twice = $"Authorization: {People.Superuser.TokenHeader}\r\n";
        Assert.StartsWith(
            "HTTP/1.1 401 ",
            await RawHttp.SendAsync(server.Address, head + twice + twice),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "HTTP/1.1 431 ",
            await RawHttp.SendAsync(server.Address, $"{head}Authorization: Token {new string('x', 40_000)}\r\n"),
            StringComparison.Ordinal
        );
    }

    private static IEnumerable<RouteEndpoint> Endpoints(RunningServer server) =>
        server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static bool IsPage(RouteEndpoint endpoint) =>
        endpoint.Metadata.Any(metadata => metadata.GetType().Name == "ComponentTypeMetadata");

    private static List<string> Routes(RunningServer server) =>
        [
            .. Endpoints(server)
                .Where(endpoint => !IsFile(endpoint) && !IsOfTheExplorer(endpoint))
                .SelectMany(
                    endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"],
                    (endpoint, method) => $"{method} /{endpoint.RoutePattern.RawText?.TrimStart('/')}"
                )
                .Distinct(),
        ];

    /// <summary>Scripts, styles and pictures hold nothing of anybody.</summary>
    private static bool IsFile(RouteEndpoint endpoint) =>
        endpoint.Metadata.Any(metadata => metadata.GetType().Name == "StaticAssetDescriptor")
        || endpoint.RoutePattern.RawText == "{**path:file}";

    /// <summary>
    /// Pages made of components, and the connection that serves them: held by the test above and by their own.
    /// </summary>
    private static bool IsOfTheExplorer(RouteEndpoint endpoint) =>
        IsPage(endpoint)
        || endpoint.RoutePattern.RawText?.TrimStart('/') is { } path
            && (
                path.StartsWith("_blazor", StringComparison.Ordinal)
                || path.StartsWith("_framework", StringComparison.Ordinal)
            );
}
