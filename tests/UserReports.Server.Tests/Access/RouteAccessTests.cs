using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Testing;

namespace UserReports.Server.Tests.Access;

/// <summary>Every route of the service, and what each kind of caller gets there.</summary>
public sealed class RouteAccessTests
{
    private const int Open = 200;

    /// <summary>Routes that are open to everybody, with what they answer; everything else must be in <see cref="Closed"/>.</summary>
    private static readonly Dictionary<string, int> OpenRoutes = new(StringComparer.Ordinal)
    {
        ["GET /health/live"] = Open,
        ["GET /health/ready"] = Open,
        ["GET /sign-in"] = Open,
        ["POST /sign-in"] = 415,
        ["POST /sign-out"] = 400,
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
        ["GET /openapi/{documentName}.json"] = ("/openapi/v2.json", 200),
        ["GET /docs/{documentName?}"] = ("/docs/", 200),
        ["GET /docs/scalar.js"] = ("/docs/scalar.js", 200),
        ["GET /docs/scalar.aspnetcore.js"] = ("/docs/scalar.aspnetcore.js", 200),
        ["GET /docs/favicon.svg"] = ("/docs/favicon.svg", 200),
    };

    [Fact]
    public async Task Routes_EachOfThem_StandsInATable()
    {
        await using var server = await RunningServer.StartAsync([]);
        var mapped = Routes(server).Where(route => !IsOfTheExplorer(route)).ToList();
        Assert.Empty(mapped.Except(OpenRoutes.Keys.Concat(Closed.Keys)));
        Assert.Equal(0, mapped.Count(route => OpenRoutes.ContainsKey(route) && Closed.ContainsKey(route)));
    }

    [Fact]
    public async Task Routes_EachKindOfCaller_GetsWhatTheTableSays()
    {
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(5), ("Access:FailuresPerAddress", "1000"), ("Access:FailuresPerAccount", "1000"));
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

    /// <summary>The explorer's pages, scripts and hub are held by tests of their own; none of its routes names a method.</summary>
    private static bool IsOfTheExplorer(string route) => route.StartsWith("ANY ", StringComparison.Ordinal)
        || route.Contains("_framework", StringComparison.Ordinal) || route.Contains("_content", StringComparison.Ordinal)
        || route.Contains("_blazor", StringComparison.Ordinal);

    private static List<string> Routes(RunningServer server) =>
    [
        .. server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(
                endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"],
                (endpoint, method) => $"{method} /{endpoint.RoutePattern.RawText?.TrimStart('/')}")
            .Distinct(),
    ];
}
