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
        // Files of the library behind the documentation's page; the page itself is closed.
        ["GET /docs/scalar.js"] = Open,
        ["GET /docs/scalar.aspnetcore.js"] = Open,
        ["GET /docs/favicon.svg"] = Open,
    };

    /// <summary>Routes for superusers: the address to try, and what a superuser gets.</summary>
    private static readonly Dictionary<string, (string Path, int Superuser)> Closed = new(StringComparer.Ordinal)
    {
        ["GET /api/v2/user-reports/"] = (RunningServer.Root, 200),
        ["GET /api/v2/user-reports/{user_uid}/"] = (RunningServer.Root + "nobody/", 404),
        ["GET /api/v2/user-reports/summary/"] = (RunningServer.Root + "summary/", 200),
        ["GET /api/v2/user-reports/fields/"] = (RunningServer.Root + "fields/", 200),
        ["GET /api/v2/user-reports/runs/"] = (RunningServer.Root + "runs/", 200),
        ["GET /api/v2/user-reports/runs/{uid}/"] = (RunningServer.Root + "runs/none/", 404),
        ["POST /api/v2/user-reports/runs/"] = (RunningServer.Root + "runs/", 202),
        ["GET /api/v2/user-reports/export/"] = (RunningServer.Root + "export/?format=csv", 200),
        ["GET /api/v2/user-reports/audit/"] = (RunningServer.Root + "audit/", 200),
        ["GET /openapi/{documentName}.json"] = ("/openapi/v2.json", 200),
        ["GET /docs/{documentName?}"] = ("/docs/", 200),
    };

    [Fact]
    public async Task Routes_EachOfThem_StandsInATable()
    {
        await using var server = await RunningServer.StartAsync([]);
        var mapped = Routes(server);
        Assert.Empty(mapped.Except(OpenRoutes.Keys.Concat(Closed.Keys)));
        Assert.Equal(0, mapped.Count(route => OpenRoutes.ContainsKey(route) && Closed.ContainsKey(route)));
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
            ("superuser with a second factor by password", People.WithSecondFactor.BasicHeader, 401),
            ("superuser", People.Superuser.TokenHeader, null),
            ("superuser, Bearer", $"Bearer {People.Superuser.Token}", null),
            ("superuser by password", People.Superuser.BasicHeader, null),
        ];
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
        }

        foreach (var (route, status) in OpenRoutes)
        {
            using var answer = await server.SendAsync(new(route.Split(' ')[0]), route.Split(' ')[1], null, null);
            if ((int)answer.StatusCode != status)
                wrong.Add($"{route}: {(int)answer.StatusCode}, not {status}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/audit")]
    [InlineData("/runs")]
    [InlineData("/account/someone")]
    [InlineData("/account/named/someone")]
    public async Task Pages_OfTheExplorer_AreForSuperusersToo(string path)
    {
        await using var server = await RunningServer.StartAsync([]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await server.GetAsync(path, null, ("Accept", "text/html"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.GetAsync(path, People.Ordinary.TokenHeader)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.GetAsync(path, People.Staff.TokenHeader)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/_blazor/negotiate")).StatusCode);
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
        Assert.Equal($"/sign-in?next={Uri.EscapeDataString(path)}", signedOut.Headers.Location?.OriginalString);
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

    private static List<string> Routes(RunningServer server) =>
        [
            .. server
                .Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
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
        endpoint.Metadata.Any(metadata => metadata.GetType().Name == "ComponentTypeMetadata")
        || endpoint.RoutePattern.RawText?.TrimStart('/') is { } path
            && (
                path.StartsWith("_blazor", StringComparison.Ordinal)
                || path.StartsWith("_framework", StringComparison.Ordinal)
            );
}
