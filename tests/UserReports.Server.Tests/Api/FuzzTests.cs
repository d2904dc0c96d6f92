using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using UserReports.Server.Tests.Access;
using UserReports.Testing;

namespace UserReports.Server.Tests.Api;

/// <summary>Requests of chance: whatever comes, no answer is a 500 and none shows the inside.</summary>
public sealed class FuzzTests
{
    private const int Clients = 4;
    private const int SoakFrom = 10_000;
    private const long GrowthMax = 64 << 20;

    /// <summary>Many of them make a soak of the test, which also looks at the memory.</summary>
    private static readonly int Requests = Chance.Count(800, 200_000, "USERREPORTS_TEST_REQUESTS");

    /// <summary>What an answer holds only if it shows what nobody outside should see.</summary>
    private static readonly string[] Inside =
    [
        "   at ",
        "DuckDB",
        "Exception",
        "System.Private",
        "/tmp/",
        "\r\nX-Bad",
        AppContext.BaseDirectory,
    ];

    private static readonly string[] Bodies =
    [
        "token=wrong",
        "token=%00",
        "username=a&password=b",
        "pending=CfDJ8nonsense&code=123456",
        "--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nwrong\r\n--x--\r\n",
        "--x\r\nnonsense",
        "{\"a\":[[[[[[",
        "\uFFFF\uFFFE",
        string.Join('&', Enumerable.Range(0, 3000).Select(i => $"a{i}")),
        new string('a', 70_000),
    ];

    /// <summary>What a question's body holds instead of an object of parameters.</summary>
    private static readonly string[] OddQuestions =
    [
        "",
        "[]",
        "null",
        "{",
        "{\"q\":{}}",
        "{\"q\":[\"a\",1]}",
        "{\"q\":1e999,\"limit\":null}",
        "{\"q\":\"a\",\"q\":\"b\"}",
        "{\"\\ud800\":\"\\udfff\"}",
        "\uFEFF{\"limit\":1}",
    ];

    /// <summary>Where a mounted service stands.</summary>
    private static readonly string[] Mounts = ["", "", "/reports", "/REPORTS", "/reports/reports", "/other"];

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
        RunningServer.Root + "export/",
        RunningServer.Root + "audit/",
        RunningServer.Root + "query/",
        RunningServer.Root + "sessions/",
        RunningServer.Root + "sessions/0123456789abcdef0123456789abcdef/",
        RunningServer.Root + "sessions/%00/",
        "/runs",
        "/audit",
        "/sessions",
        "/account/someone",
        "/account/named/a%2Fb%00",
        "/_blazor",
        "/_blazor/negotiate",
        "/_framework/blazor.web.js",
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
        "since",
        "user",
        "next",
        "bom",
        "until",
        "text",
        "id",
        "negotiateVersion",
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
        "parquet",
        "xlsx",
        "ndjson",
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
        "Content-Type: multipart/form-data",
        "Content-Type: multipart/form-data; boundary=x",
        "Sec-Fetch-Site: cross-site",
        "Host: \"",
        "Expect: 100-continue",
        "Cookie: =;;",
        "Origin: http://elsewhere.example",
        "X-Forwarded-Prefix: /reports",
        "X-Forwarded-Prefix: //elsewhere.example/%2e%2e/\u00e9",
        "X-Forwarded-Proto: gopher",
        "X-Forwarded-Host: elsewhere.example:99999",
        "X-Forwarded-Host: xn--",
        "X-Forwarded-Host: a b,, ",
        "Connection: Upgrade\r\nUpgrade: websocket",
    ];

    private static readonly string[] Hosts =
    [
        "Host:",
        "Host: localhost:99999",
        "Host: [::1]:80",
        "Host: [::zz]",
        "Host: elsewhere.example",
        "Host: a..b",
        "Host: xn--",
        "Host: 1.2.3.4.5:0",
        "Host: a_b.example:",
    ];

    private static readonly string[] Questions = ["query/", "summary/", "export/"];

    [Fact]
    [Trait("Category", "Random")]
    public async Task Requests_OfChance_NeverFindABug()
    {
        // Under a path of its own, and behind a proxy that names one.
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(50),
            ("PathBase", "/reports"),
            ("Access:FailuresPerAddress", "100000")
        );
        await using var proxied = await RunningServer.StartAsync(SampleReports.Make(50), ("Proxies", "127.0.0.1"));
        ConcurrentDictionary<string, int> statuses = new();
        ConcurrentBag<string> bad = [];
        // The first requests fill caches and compile the routes; growth is counted from there.
        await SendAllAsync(0, Math.Min(Requests, SoakFrom / 2));
        var early = MemoryOf();
        await SendAllAsync(1, Requests - Math.Min(Requests, SoakFrom / 2));
        var late = MemoryOf();
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Requests} requests; managed memory {early.Managed >> 10} KiB, then {late.Managed >> 10} KiB; "
            )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"process {early.Process >> 20} MiB, then {late.Process >> 20} MiB; {bad.Count} bad answers; "
                )
                + string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}"))
        );

        Assert.True(bad.IsEmpty, $"{Chance.Told}:\n{string.Join('\n', bad.Take(20))}");
        if (Requests >= SoakFrom)
            Assert.InRange(late.Managed - early.Managed, long.MinValue, GrowthMax);
        foreach (var asked in new[] { server, proxied })
        {
            using var still = await asked.GetAsync(RunningServer.Root, People.Superuser.TokenHeader);
            Assert.True(still.IsSuccessStatusCode);
        }

        Task SendAllAsync(int part, int count) =>
            Task.WhenAll(
                Enumerable
                    .Range(0, Clients)
                    .Select(client => SendSomeAsync(new(unchecked(Chance.Seed + part * Clients + client)), count))
            );

        async Task SendSomeAsync(Random random, int count)
        {
            var session = "";
            var asked = server;
            for (var i = 0; i < count / Clients; i++)
            {
                // Some request ends all sessions of the account before long. Behind a proxy there are none without TLS.
                if (i % 500 == 0)
                {
                    asked = asked == server ? proxied : server;
                    asked.Log.Clear();
                    session = asked == server ? await SignInAsync(asked, "/reports") : "user-reports-session=none";
                }

                var request = Make(random, session);
                var answer = await SendAsync(asked, request);
                statuses.AddOrUpdate(answer.Length < 12 ? "none" : answer[9..12], 1, (_, seen) => seen + 1);
                if (answer.StartsWith("HTTP/1.1 500", StringComparison.Ordinal) || Inside.Any(answer.Contains))
                    bad.Add(
                        $"{request}\n{answer[..Math.Min(answer.Length, 600)]}\n{asked.Log.All.LastOrDefault(IsBug)}"
                    );
            }
        }

        (long Managed, long Process) MemoryOf()
        {
            server.Log.Clear();
            proxied.Log.Clear();
            var managed = GC.GetTotalMemory(forceFullCollection: true);
            return (managed, Environment.WorkingSet);
        }
    }

    private static bool IsBug(string line) => line.Contains("reason that nobody foresaw", StringComparison.Ordinal);

    private static async Task<string> SignInAsync(RunningServer server, string mount)
    {
        using var browser = new Browser(server);
        using var answer = await browser.SubmitAsync(
            [new("username", People.Superuser.Name), new("password", People.Superuser.Password)],
            mount + "/sign-in"
        );
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return string.Join("; ", browser.Cookies.GetAllCookies().Select(cookie => cookie.ToString()));
    }

    private static string Make(Random random, string session) =>
        random.Next(5) == 0 ? MakeQuestion(random, session) : MakeRequest(random, session);

    /// <summary>A question in a body, most of it as it should be.</summary>
    private static string MakeQuestion(Random random, string session)
    {
        string Any(string[] choices) => choices[random.Next(choices.Length)];
        var body =
            random.Next(4) == 0
                ? Any(OddQuestions)
                : JsonSerializer.Serialize(
                    Enumerable
                        .Range(0, random.Next(4))
                        .Select(_ =>
                            (Name: Any(Names), Value: (object)(random.Next(3) == 0 ? random.Next(-1, 9) : Any(Values)))
                        )
                        .DistinctBy(parameter => parameter.Name)
                        .ToDictionary(parameter => parameter.Name, parameter => parameter.Value)
                );
        return $"POST {Any(Mounts)}{RunningServer.Root}{Any(Questions)}?{(random.Next(4) == 0 ? $"{Any(Names)}={Any(Values).Replace(' ', '+')}" : "")} HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + (
                random.Next(3) == 0
                    ? $"Cookie: {session}\r\nSec-Fetch-Site: same-origin"
                    : $"Authorization: {People.Superuser.TokenHeader}"
            )
            + $"\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n"
            + body;
    }

    private static string MakeRequest(Random random, string session)
    {
        string Any(string[] choices) => choices[random.Next(choices.Length)];
        var query = string.Join(
            '&',
            Enumerable.Range(0, random.Next(4)).Select(_ => $"{Any(Names)}={Any(Values).Replace(' ', '+')}")
        );
        var body = random.Next(4) == 0 ? Any(Bodies) : "";
        var lines = new[]
        {
            random.Next(10) == 0 ? Any(Hosts) : "Host: localhost",
            random.Next(6) == 0 ? "Cookie: " + session : Any(Credentials),
            Any(Extras),
            $"Content-Length: {Encoding.UTF8.GetByteCount(body)}",
            "Connection: close",
        };
        return $"{Any(Methods)} {Any(Mounts)}{Any(Paths)}?{query} HTTP/1.1\r\n"
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
