using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace UserReports.Bench.Serving;

/// <summary>The service in a process of its own, whose memory nobody else's work is mixed into.</summary>
internal sealed class ReportServer : IAsyncDisposable
{
    /// <summary>The API token that all generated platforms of the benchmark know.</summary>
    public const string Token = "bench-token";

    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(20);

    private readonly Process process;
    private readonly Stopwatch sinceStart;
    private readonly Uri address;

    private ReportServer(Process process, Stopwatch sinceStart, Uri address)
    {
        this.process = process;
        this.sinceStart = sinceStart;
        this.address = address;
        Client = ClientOf(Token);
    }

    public HttpClient Client { get; }

    /// <summary>From the start of the process until it answered that it is ready.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>Resident memory now.</summary>
    public long MemoryBytes => Bytes("VmRSS");

    /// <summary>The most resident memory since <see cref="ForgetPeak"/>, or since the start.</summary>
    public long PeakMemoryBytes => Bytes("VmHWM");

    /// <summary>Processor time of all threads since the start.</summary>
    public TimeSpan ProcessorTime => ProcessStatus.ProcessorTime(process) ?? throw Gone();

    /// <summary>Starts the service on a full store and waits until it is ready; it refreshes only when asked.</summary>
    /// <param name="settings">Further settings, such as <c>Refresh:Follow=poll</c>.</param>
    public static async Task<ReportServer> StartAsync(
        SourcesAndStore places,
        CancellationToken cancellationToken,
        params IReadOnlyList<string> settings
    )
    {
        var address = new Uri($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}");
        _ = ServerProgram.Folder;
        var sinceStart = Stopwatch.StartNew();
        var process = ServerProgram.Start(
            ["serve", "--urls", address.ToString()],
            places,
            ["Refresh:OnStart=false", "Refresh:Interval=30.00:00:00", "Logging:LogLevel:Default=None", .. settings]
        );
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new ReportServer(process, sinceStart, address);
        try
        {
            await server.WaitAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client of its own, of whoever has the token.</summary>
    public HttpClient ClientOf(string token)
    {
        var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) })
        {
            BaseAddress = new(address, "/api/v2/user-reports/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Authorization = new("Token", token);
        return client;
    }

    /// <summary>Lets the peak begin at what is in use now.</summary>
    public void ForgetPeak() =>
        File.WriteAllText($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/clear_refs", "5");

    /// <summary>Asks for a page: after that the program is warm where every request passes.</summary>
    public async Task AskAsync(string parameters, CancellationToken cancellationToken)
    {
        using var answer = await Client.GetAsync("?" + parameters, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var answer = await Client.GetAsync("/health/ready", cancellationToken);
                if (answer.IsSuccessStatusCode)
                    break;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // Not listening yet.
            }

            if (sinceStart.Elapsed > StartMax)
                throw new InvalidOperationException($"The server was not ready after {StartMax}.");
            await Task.Delay(AskEvery, cancellationToken);
        }

        StartTime = sinceStart.Elapsed;
    }

    private long Bytes(string name) => ProcessStatus.Bytes(process.Id, name) ?? throw Gone();

    private static InvalidOperationException Gone() => new("The server has ended.");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
