using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using UserReports.Server.Tests.Commands;

namespace UserReports.Server.Tests.Supervision;

/// <summary>The real program under a supervisor, and on machines that are unlike the developers'.</summary>
[Trait("Category", "Slow")]
public sealed class SupervisionTests(GeneratedPlatform platform) : IClassFixture<GeneratedPlatform>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>On IPv6 alone, which is where links, checks and addresses are written otherwise.</summary>
    [Fact]
    public async Task Serve_UnderSystemd_SaysThatItListensLivesAndStops()
    {
        using var systemd = new NoticeSocket();
        using var server = ProgramProcess.Start(
            [("NOTIFY_SOCKET", systemd.Path), ("WATCHDOG_USEC", "1500000")],
            ["serve", "--urls", "http://[::1]:0", "--set", "Refresh:OnStart=false", .. platform.Places]
        );

        var ready = (await systemd.NextAsync()).Split('\n');
        Assert.Equal("READY=1", ready[0]);
        Assert.StartsWith("STATUS=Serving on http://[::1]:", ready[1], StringComparison.Ordinal);
        var address = ready[1]["STATUS=Serving on ".Length..];
        for (var ping = 0; ping < 3; ping++)
            Assert.Equal("WATCHDOG=1", await systemd.NextAsync());

        foreach (
            var more in (string[][])
                [
                    [],
                    ["--ready"],
                ]
        )
        {
            var health = await CommandRun.OfAsync(["health", "--url", address, .. more]);
            Assert.Equal((0, ""), (health.ExitCode, health.Error));
        }

        using var client = new HttpClient { BaseAddress = new(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Token", GeneratedPlatform.Token);
        var page = await client.GetStringAsync("/api/v2/user-reports/?limit=1", Stop);
        Assert.StartsWith(
            $"{address}/api/v2/user-reports/?",
            JsonElement.Parse(page).GetProperty("next").GetString(),
            StringComparison.Ordinal
        );

        await server.TerminateAsync();
        string notice;
        do notice = await systemd.NextAsync();
        while (notice == "WATCHDOG=1");
        Assert.Equal("STOPPING=1", notice);
        Assert.Equal(0, await server.EndAsync());

        var gone = await CommandRun.OfAsync("health", "--url", address);
        Assert.Equal(1, gone.ExitCode);
        Assert.StartsWith($"Not live at {address}: ", gone.Error, StringComparison.Ordinal);
    }

    /// <summary>Whoever was heard is answered in full; whoever comes later finds nobody listening.</summary>
    [Fact]
    public async Task Term_UnderLoad_FailsNothingThatWasAsked()
    {
        const int Clients = 6;
        using var systemd = new NoticeSocket();
        using var server = ProgramProcess.Start(
            [("NOTIFY_SOCKET", systemd.Path)],
            ["serve", "--urls", "http://127.0.0.1:0", "--set", "Refresh:OnStart=false", .. platform.Places]
        );
        var address = (await systemd.NextAsync()).Split('\n')[1]["STATUS=Serving on ".Length..];
        var answered = 0;
        var loaded = new TaskCompletionSource();
        var clients = Enumerable.Range(0, Clients).Select(AskUntilNobodyListensAsync).ToList();
        await loaded.Task.WaitAsync(Stop);
        await server.TerminateAsync();

        await Task.WhenAll(clients);
        Assert.Equal(0, await server.EndAsync());

        async Task AskUntilNobodyListensAsync(int client)
        {
            using var http = new HttpClient { BaseAddress = new(address) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Token", GeneratedPlatform.Token);
            var path =
                client == 0
                    ? "/api/v2/user-reports/export/?format=ndjson"
                    : $"/api/v2/user-reports/?limit=100&q=asset_count__gte:-{client}";
            while (true)
            {
                try
                {
                    var text = await http.GetStringAsync(path, Stop);
                    // The last of an export's lines, too, and the end of a page.
                    Assert.EndsWith("}", text.TrimEnd(), StringComparison.Ordinal);
                }
                catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
                {
                    Assert.Equal(SocketError.ConnectionRefused, (e.InnerException as SocketException)?.SocketErrorCode);
                    return;
                }

                if (Interlocked.Increment(ref answered) == 20 * Clients)
                    loaded.SetResult();
            }
        }
    }

    [Fact]
    public async Task Reports_ComputedUnderAnOddLocaleAndTimeZone_AreTheSame()
    {
        // Letters that other languages change otherwise, days that begin elsewhere, a comma in numbers.
        (string, string)[] odd = [("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8"), ("TZ", "Asia/Kathmandu")];
        string[] expected;
        string[] found;
        DateOnly day;
        do
        {
            day = Today();
            await RunAsync([], "refresh");
            expected = await ExportAsync([]);
            await RunAsync(odd, "refresh");
            found = await ExportAsync(odd);
            // A day that ends meanwhile changes figures by right.
        } while (day != Today());

        Assert.InRange(found.Length, 200, 400);
        Assert.Equal(expected, found);
    }

    /// <summary>As under <c>MemoryMax=512M</c>: the runtime is told of three quarters of it.</summary>
    [Theory]
    [InlineData("serve")]
    [InlineData("refresh")]
    public async Task Start_WithTooLittleMemory_SaysSoAndIsNotTriedAgain(string command)
    {
        var (exitCode, said) = await ProgramProcess.RunAsync(
            [("DOTNET_GCHeapHardLimit", "0x18000000")],
            [command, .. platform.Places]
        );

        Assert.Equal(2, exitCode);
        Assert.Equal(
            "Needs 500 MB of memory, and may take 384 MB: three quarters of the limit where there is one. "
                + "Raise MemoryMax= of the unit or --memory of the container to 1 GB.\n",
            said
        );
    }

    private static DateOnly Today() => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    private async Task RunAsync((string, string)[] environment, params string[] arguments)
    {
        var (exitCode, said) = await ProgramProcess.RunAsync(environment, [.. arguments, .. platform.Places]);
        Assert.True(exitCode == 0, said);
    }

    /// <summary>Lines without the instant of the run, chosen and ordered by text, instants and numbers.</summary>
    private async Task<string[]> ExportAsync((string, string)[] environment)
    {
        var file = Path.Combine(platform.Folder, "reports.csv");
        await RunAsync(
            environment,
            "export",
            "--output",
            file,
            "--q",
            "NOT username__icontains:XIX AND date_joined__gte:2001-01-01",
            "--ordering",
            "-date_joined,username",
            "--fields",
            "username,email,date_joined,service_usage__current_period_start,service_usage__total_storage_bytes,"
                + "service_usage__balances__submission__balance_percent,account_restricted,activity__inactive_days"
        );
        return await File.ReadAllLinesAsync(file, Stop);
    }
}
