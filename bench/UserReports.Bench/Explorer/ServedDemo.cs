using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UserReports.Bench.Queries;
using UserReports.Bench.Serving;

namespace UserReports.Bench.Explorer;

/// <summary>The service as a process of its own, on the demo's data, so that its memory is nobody else's.</summary>
internal sealed class ServedDemo : IAsyncDisposable
{
    public const string Token = "explorer-bench-0123456789abcdef012345678";

    /// <summary>Beyond this, generating and computing would take longer than measuring.</summary>
    private const int GeneratedMax = 100_000;

    private readonly Process process;

    private ServedDemo(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Resident memory of the service, in bytes.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Starts the demo in a folder, and waits until it answers. Many accounts are written straight into the
    /// store.</summary>
    public static async Task<ServedDemo> StartAsync(string folder, int accounts, CancellationToken cancellationToken)
    {
        var isMade = accounts > GeneratedMax;
        if (isMade)
            await PageBench.FillAsync(Path.Combine(folder, "store"), accounts, cancellationToken);
        var address = new Uri($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}");
        var generated = isMade ? 1000 : accounts;
        string[] arguments =
        [
            ServerProgram.File,
            "demo",
            "--data",
            folder,
            "--accounts",
            generated.ToString(CultureInfo.InvariantCulture),
            "--admin-token",
            Token,
            "--urls",
            address.ToString(),
        ];
        var process = Process.Start(
            new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var demo = new ServedDemo(process, address);
        await demo.AnswersAsync(cancellationToken);
        return demo;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = Address };
        while (!process.HasExited)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri("/sign-in", UriKind.Relative), cancellationToken);
                return;
            }
            catch (HttpRequestException)
            {
                // It is still starting.
                await Task.Delay(200, cancellationToken);
            }
        }

        throw new InvalidOperationException("The service ended before it answered.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
