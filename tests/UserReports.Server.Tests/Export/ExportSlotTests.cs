using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Server.Api.Exports;
using UserReports.Server.Audit;
using UserReports.Testing;

namespace UserReports.Server.Tests.Export;

/// <summary>Who holds an export's slot, for how long, and that it is given back.</summary>
public sealed class ExportSlotTests
{
    private const long Somebody = 1;
    private const long Other = 2;
    private const long Third = 3;

    private static readonly string Path = RunningServer.Root + "export/?format=ndjson";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slots_OfOneAccount_AreNeverAllOfThem()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(2));
        var slots = server.Services.GetRequiredService<ExportSlots>();
        using (slots.Take(Somebody, out var first))
        {
            Assert.Null(first);
            slots.Take(Somebody, out var second).Dispose();
            Assert.Equal(
                "1 export is running for this account already, as many as one may have at once. Wait for it to end, or end it.",
                second
            );
            using var others = slots.Take(Other, out var other);
            Assert.Null(other);
            slots.Take(Third, out var third).Dispose();
            Assert.Equal("2 exports are running, as many as are allowed at once. Try again in a minute.", third);
        }

        slots.Take(Somebody, out var again).Dispose();
        Assert.Null(again);
        // Whoever found all taken has not used up a slot of their own.
        slots.Take(Third, out var thirdAgain).Dispose();
        Assert.Null(thirdAgain);
    }

    [Fact]
    public async Task Export_BesideOneOfTheSameAccount_AsksToComeAgain()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(2));
        var slots = server.Services.GetRequiredService<ExportSlots>();
        using (slots.Take(People.Superuser.Id, out _))
        {
            using var refused = await server.GetAsync(Path, People.Superuser.TokenHeader);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal("30", refused.Headers.GetValues("Retry-After").Single());
            var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync(Stop))!;
            Assert.Equal("too_many_exports", problem["code"]!.GetValue<string>());
            Assert.Contains("for this account", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
            using var others = await server.GetAsync(Path, People.WithSecondFactor.TokenHeader);
            Assert.Equal(HttpStatusCode.OK, others.StatusCode);
        }

        // Given back also by those that ended, were refused for their parameters, or failed.
        using var wrong = await server.GetAsync(Path + "&q=(", People.Superuser.TokenHeader);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        for (var i = 0; i < 3; i++)
        {
            using var answer = await server.GetAsync(Path, People.Superuser.TokenHeader);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Receiver_ThatStopsTaking_IsCutOffAndGivesItsSlotBack()
    {
        await using var server = await RunningServer.StartAsync(HeavyReports.Make("one"));
        var slots = server.Services.GetRequiredService<ExportSlots>();
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Stop);
        var request =
            $"GET {Path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAuthorization: {People.Superuser.TokenHeader}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Stop);
        var start = new byte[1024];
        Assert.True(await client.GetStream().ReadAsync(start, Stop) > 0);
        Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(start), StringComparison.Ordinal);

        // What the systems between hold counts as taken; after that and a minute nothing holds the slot. The first
        // jumps may come before the buffers are full.
        var most = ReceiverPace.Patience + TimeSpan.FromSeconds(ReceiverPace.BufferBytes / 16_384.0);
        var isFree = false;
        for (var jump = 0; jump < 50 && !isFree; jump++)
        {
            server.Time.Advance(most + TimeSpan.FromSeconds(5));
            for (var look = 0; look < 100 && !isFree; look++)
            {
                await Task.Delay(20, Stop);
                isFree = IsFree(slots);
            }
        }

        Assert.True(isFree, "The slot was not given back.");
        var records = await server.Services.GetRequiredService<AuditLog>().SearchAsync(new(), Stop);
        Assert.Equal(HeavyReports.Count, Assert.Single(records).Rows);
    }

    [Fact]
    public async Task Receiver_ThatGoes_GivesItsSlotBack()
    {
        await using var server = await RunningServer.StartAsync(HeavyReports.Make("one"));
        var slots = server.Services.GetRequiredService<ExportSlots>();
        using (var request = new HttpRequestMessage(HttpMethod.Get, Path))
        {
            request.Headers.TryAddWithoutValidation("Authorization", People.Superuser.TokenHeader);
            using var client = server.NewClient();
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.False(IsFree(slots));
        }

        while (!IsFree(slots))
            await Task.Delay(10, Stop);
    }

    private static bool IsFree(ExportSlots slots)
    {
        slots.Take(People.Superuser.Id, out var whyNot).Dispose();
        return whyNot is null;
    }
}
