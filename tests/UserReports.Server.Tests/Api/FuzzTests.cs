using System.Globalization;
using System.Net.Sockets;
using System.Text;
using UserReports.Testing;

namespace UserReports.Server.Tests.Api;

/// <summary>Requests of chance: whatever comes, no answer is a 500 and none shows the inside.</summary>
public sealed class FuzzTests
{
    private const int SoakFrom = 10_000;
    private const long GrowthMax = 64 << 20;

    /// <summary>USERREPORTS_FUZZ_REQUESTS makes a soak of the test, which also looks at the memory.</summary>
    private static readonly int Requests = int.Parse(
        Environment.GetEnvironmentVariable("USERREPORTS_FUZZ_REQUESTS") ?? "1500",
        CultureInfo.InvariantCulture
    );

    private static readonly string[] Methods =
    [
        "GET",
        "GET",
        "GET",
        "POST",
        "HEAD",
        "PUT",
        "DELETE",
        "PATCH",
        "OPTIONS",
        "TRACE",
        "BREW",
    ];

    private static readonly string[] Paths =
    [
        RunningServer.Root,
        RunningServer.Root + "fields/",
        RunningServer.Root + "runs/",
        RunningServer.Root + "summary/",
        RunningServer.Root + "x/",
        RunningServer.Root + "%00/",
        RunningServer.Root + "runs/%2e%2e/",
        "/openapi/v2.json",
        "/docs/",
        "/sign-in",
        "/sign-out",
        "/health/ready",
        "/",
        "/..%2f..%2fetc",
        "//",
        "/%ff",
        "/api/v2/user-reports/" + new string('a', 3000),
    ];

    private static readonly string[] Names =
    [
        "q",
        "ordering",
        "limit",
        "start",
        "offset",
        "page",
        "page_size",
        "cursor",
        "fields",
        "count",
        "format",
        "group_by",
        "metrics",
        "top",
        "x",
    ];

    private static readonly string[] Values =
    [
        "",
        "0",
        "-1",
        "1",
        "7",
        "99999999999999999999",
        "true",
        "false",
        "json",
        "username",
        "-email,username",
        "username__icontains:a",
        "%00",
        "%ff%fe",
        "%F0%9F%98%80",
        "'; drop table reports; --",
        "(((((((((",
        "NOT NOT is_active:true",
        "email__regex:(a%2B)%2B$",
        "subscriptions[]__status:active",
        "extra_details__data__a:1",
        "service_usage__total_storage_bytes__gte:1e9",
        "last_login__date:2026-13-40",
        "count,service_usage__total_storage_bytes__p95",
        "date_joined__month",
        new string('a', 5000),
        "%22unclosed",
        "a:b:c",
        "%0d%0aX-Bad: 1",
    ];

    private static readonly string[] Credentials =
    [
        "",
        "Authorization: Token wrong",
        "Authorization: Basic =",
        "Authorization: Bearer " + new string('x', 500),
        "Authorization: " + People.Superuser.TokenHeader,
        "Authorization: " + People.Superuser.TokenHeader,
        "Authorization: " + People.Superuser.TokenHeader,
        "Cookie: user-reports-session=CfDJ8nonsense",
        "Cookie: a=b; user-reports-session=",
    ];

    private static readonly string[] Extras =
    [
        "",
        "If-None-Match: \"x\", W/",
        "Accept: text/html",
        "Accept-Encoding: gzip, br;q=nonsense",
        "X-Forwarded-For: ;;;",
        "Range: bytes=0-",
        "Content-Type: application/json",
        "Content-Type: application/x-www-form-urlencoded",
        "Host: \"",
        "Expect: 100-continue",
        "Cookie: =;;",
    ];

    [Fact]
    public async Task Requests_OfChance_NeverFindABug()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(50));
        var random = new Random(20261120);
        List<string> bad = [];
        var early = 0L;
        for (var i = 0; i < Requests; i++)
        {
            if (i == Requests / 3)
                early = GC.GetTotalMemory(forceFullCollection: true);
            if (i % 1000 == 0)
                server.Log.Clear();
            var request = Make(random);
            var answer = await SendAsync(server, request);
            if (
                answer.StartsWith("HTTP/1.1 500", StringComparison.Ordinal)
                || answer.Contains("   at ", StringComparison.Ordinal)
                || answer.Contains("DuckDB", StringComparison.Ordinal)
                || answer.Contains("/tmp/", StringComparison.Ordinal)
                || answer.Contains("\r\nX-Bad", StringComparison.Ordinal)
            )
            {
                bad.Add($"{request}\n{answer[..Math.Min(answer.Length, 600)]}");
            }
        }

        Assert.True(bad.Count == 0, string.Join('\n', bad));
        if (Requests >= SoakFrom)
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - early, long.MinValue, GrowthMax);
        using var still = await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader);
        Assert.True(still.IsSuccessStatusCode);
    }

    private static string Make(Random random)
    {
        string Any(string[] choices) => choices[random.Next(choices.Length)];
        var query = string.Join(
            '&',
            Enumerable.Range(0, random.Next(4)).Select(_ => $"{Any(Names)}={Any(Values).Replace(' ', '+')}")
        );
        var body = random.Next(4) == 0 ? Any(Values) : "";
        var lines = new[]
        {
            "Host: localhost",
            Any(Credentials),
            Any(Extras),
            $"Content-Length: {body.Length}",
            "Connection: close",
        };
        return $"{Any(Methods)} {Any(Paths)}?{query} HTTP/1.1\r\n"
            + string.Join("\r\n", lines.Where(line => line.Length > 0))
            + "\r\n\r\n"
            + body;
    }

    private static async Task<string> SendAsync(RunningServer server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port);
        try
        {
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            // The server may hang up on nonsense.
            return "";
        }
    }
}
