using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using UserReports.Server.Hosting.Supervision;

namespace UserReports.Server.Tests.Supervision;

public sealed class SelfCheckTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_OfAListenerThatClosesUnanswered_IsALivingOne()
    {
        using var listener = Listen(out var address);
        var asked = AskAsync(TimeProvider.System, address);
        using (await listener.AcceptSocketAsync(Stop))
        {
            // As Kestrel does with one connection too many.
        }

        Assert.True(await asked);
    }

    [Fact]
    public async Task Answers_OfAListenerThatIsSilent_IsNone()
    {
        using var listener = Listen(out var address);
        var time = new FakeTimeProvider();
        var asked = AskAsync(time, address);
        using var connection = await listener.AcceptSocketAsync(Stop);
        time.Advance(TimeSpan.FromSeconds(21));

        Assert.False(await asked);
    }

    [Fact]
    public async Task Answers_WhereNobodyListens_IsNoneUntilAnotherAddressAnswers()
    {
        using var listener = Listen(out var address);
        string gone;
        using (Listen(out gone))
        {
            // Closed at once.
        }

        Assert.False(await AskAsync(TimeProvider.System, gone));
        var asked = AskAsync(TimeProvider.System, gone, address);
        (await listener.AcceptSocketAsync(Stop)).Dispose();
        Assert.True(await asked);
    }

    [Theory]
    [InlineData("http://+:8080", "127.0.0.1:8080")]
    [InlineData("http://localhost:8080", "127.0.0.1:8080")]
    [InlineData("http://0.0.0.0:5080", "127.0.0.1:5080")]
    [InlineData("http://[::]:5080", "[::1]:5080")]
    [InlineData("https://10.1.2.3", "10.1.2.3:443")]
    [InlineData("http://reports.example.org:5080", "Unspecified/reports.example.org:5080")]
    [InlineData("http://unix:/run/user-reports.sock", "/run/user-reports.sock")]
    public void EndPoint_OfAListenAddress_IsOneOfThisMachine(string address, string end) =>
        Assert.Equal(end, ListenAddress.EndPointOf(address).ToString());

    private static Task<bool> AskAsync(TimeProvider time, params string[] addresses) =>
        SelfCheck.AnswersAsync(addresses, TimeSpan.FromSeconds(20), time, Stop);

    private static TcpListener Listen(out string address)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        address = $"http://{listener.LocalEndpoint}";
        return listener;
    }
}
