using System.Collections.Concurrent;
using System.Net;
using System.Text;
using UserReports.Testing;

namespace UserReports.Server.Tests.Configuration;

/// <summary>What leaves the house in traces, as a real receiver of OTLP gets it.</summary>
public sealed class TraceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spans_OfRequests_NameRoutesButNoAccount()
    {
        await using var receiver = new Receiver();
        var server = await RunningServer.StartAsync(
            SampleReports.Make(2),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
        );
        await using (server)
        {
            foreach (var path in new[] { "uid-of-somebody/", "?q=username:name-of-somebody", "a/b/id-of-somebody" })
                await server.GetAsync(RunningServer.Root + path, People.Superuser.TokenHeader);
        }

        var sent = string.Concat(receiver.Bodies);
        Assert.Contains("/api/v2/user-reports/{user_uid}", sent, StringComparison.Ordinal);
        Assert.Contains("url.path", sent, StringComparison.Ordinal);
        Assert.Contains("(no route)", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("of-somebody", sent, StringComparison.Ordinal);
    }

    /// <summary>Takes whatever is sent to it.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly HttpListener listener = new();
        private readonly Task taking;

        public Receiver()
        {
            for (var port = 30_000 + Environment.ProcessId % 10_000; ; port++)
            {
                Address = FormattableString.Invariant($"http://127.0.0.1:{port}/");
                listener.Prefixes.Clear();
                listener.Prefixes.Add(Address);
                try
                {
                    listener.Start();
                    break;
                }
                catch (HttpListenerException) when (port < 65_000)
                {
                    // Somebody else's; the next one.
                }
            }

            taking = TakeAsync();
        }

        public string Address { get; }

        public ConcurrentBag<string> Bodies { get; } = [];

        public async ValueTask DisposeAsync()
        {
            listener.Close();
            await taking;
        }

        private async Task TakeAsync()
        {
            while (true)
            {
                HttpListenerContext context;
                try
                {
                    context = await listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                Bodies.Add(await reader.ReadToEndAsync(Stop));
                context.Response.Close();
            }
        }
    }
}
