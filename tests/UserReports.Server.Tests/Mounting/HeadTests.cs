using UserReports.Server.Tests.Access;
using UserReports.Testing;

namespace UserReports.Server.Tests.Mounting;

/// <summary>HEAD is answered wherever GET is, as GET is.</summary>
public sealed class HeadTests
{
    private static readonly string[] OfTheAnswer =
    [
        "Content-Type",
        "Content-Disposition",
        "Content-Security-Policy",
        "ETag",
        "X-Snapshot-Age",
        "X-Total-Count",
        "Cache-Control",
        "Location",
    ];

    [Fact]
    public async Task Head_OfEveryRoute_AnswersAsGetWithoutABody()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        string[] paths =
        [
            "/health/live",
            "/health/ready",
            "/sign-in",
            "/",
            "/runs",
            "/audit",
            "/account/someone",
            "/account/named/someone",
            "/nowhere",
            "/docs/",
            "/docs/scalar.js",
            "/explorer.css",
            "/_framework/blazor.web.js",
            .. RouteAccessTests
                .Closed.Where(route => route.Key.StartsWith("GET", StringComparison.Ordinal))
                .Select(route => route.Value.Path),
        ];
        foreach (var path in paths)
        {
            foreach (var authorization in new[] { null, People.Superuser.TokenHeader })
            {
                using var get = await server.GetAsync(path, authorization, ("Accept", "text/html"));
                using var head = await server.SendAsync(
                    HttpMethod.Head,
                    path,
                    authorization,
                    null,
                    ("Accept", "text/html")
                );
                Assert.True(get.StatusCode == head.StatusCode, $"{path}: {get.StatusCode}, {head.StatusCode}");
                Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
                foreach (var name in OfTheAnswer)
                    Assert.Equal($"{path} {name} {Of(get, name)}", $"{path} {name} {Of(head, name)}");
            }
        }
    }

    [Fact]
    public async Task Head_OfReports_IsRecordedAsWhatItWas()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        using var head = await server.SendAsync(
            HttpMethod.Head,
            RunningServer.Root,
            People.Superuser.TokenHeader,
            null
        );
        using var audit = await server.GetAsync(RunningServer.Root + "audit/", People.Superuser.TokenHeader);
        Assert.Contains(
            "\"route\":\"HEAD /api/v2/user-reports/\"",
            await audit.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Method_ThatIsNotTaken_IsToldWhichAre()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var answer = await server.SendAsync(
            HttpMethod.Delete,
            RunningServer.Root + "fields/",
            People.Superuser.TokenHeader,
            null
        );
        await AssertProblem.IsAsync(answer, 405, "method_not_allowed");
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow.Order());
    }

    private static string? Of(HttpResponseMessage answer, string name)
    {
        var value =
            answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values)
                ? string.Join(',', values)
                : null;
        // Each page of the documentation has a number of its own.
        return name == "Content-Security-Policy" ? value?.Split("'nonce-")[0] : value;
    }
}
