using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UserReports.Sources.Generating;

namespace UserReports.Bench.Exports;

/// <summary>The service in a process of its own, whose memory nobody else's work is mixed into.</summary>
internal sealed class ExportServer : IAsyncDisposable
{
    private const string Token = "bench-token";
    private const long KibiByte = 1024;
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);

    private readonly Process process;

    private ExportServer(Process process, Uri address)
    {
        this.process = process;
        Client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) })
        {
            BaseAddress = new(address, "/api/v2/user-reports/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        Client.DefaultRequestHeaders.Authorization = new("Token", Token);
    }

    public HttpClient Client { get; }

    /// <summary>Resident memory now.</summary>
    public long MemoryBytes => Status("VmRSS:");

    /// <summary>The most resident memory since <see cref="ForgetPeak"/>.</summary>
    public long PeakMemoryBytes => Status("VmHWM:");

    /// <summary>Processor time of all threads since the start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>A few accounts to sign in with, once; the reports come from elsewhere.</summary>
    public static async Task PrepareAsync(string folder, CancellationToken cancellationToken)
    {
        if (File.Exists(Source(folder, "usage")))
            return;
        await SourceGenerator.GenerateAsync(
            "Data Source=" + Source(folder, "platform"),
            "Data Source=" + Source(folder, "usage"),
            new(100, TimeProvider.System.GetUtcNow()) { AdminToken = Token },
            null,
            cancellationToken
        );
    }

    /// <summary>Starts the service on the store of a folder, and waits until it serves.</summary>
    public static async Task<ExportServer> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}");
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "user-reports.dll"),
            "serve",
            "--urls",
            address.ToString(),
            "--set",
            $"Sources:Platform=Data Source={Source(folder, "platform")}",
            "--set",
            // Nothing to compute reports from: no refresh replaces those of the benchmark.
            $"Sources:Usage=Data Source={Source(folder, "none")}",
            "--set",
            $"Store=Data Source={Path.Combine(folder, "reports.duckdb")}",
            "--set",
            "Refresh:OnStart=false",
            "--set",
            "Refresh:Interval=30.00:00:00",
            "--set",
            "Logging:LogLevel:Default=None",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException("The server did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new ExportServer(process, address);
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

    /// <summary>Lets the peak begin at what is in use now.</summary>
    public void ForgetPeak() =>
        File.WriteAllText($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/clear_refs", "5");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>A page of the list has been answered: the program is warm where every request passes.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var answer = await Client.GetAsync("?limit=100", cancellationToken);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException) when (!process.HasExited && Stopwatch.GetElapsedTime(start) < StartMax)
            {
                // Not listening yet.
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private long Status(string name)
    {
        var line = File.ReadLines($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/status")
            .First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(name.Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * KibiByte;
    }

    private static string Source(string folder, string name) => Path.Combine(folder, name + ".duckdb");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
