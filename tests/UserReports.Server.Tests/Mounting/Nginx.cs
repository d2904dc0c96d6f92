using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace UserReports.Server.Tests.Mounting;

/// <summary>A real nginx on loopback with the documented configuration and a certificate of its own.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly string folder;
    private readonly Process process;

    private Nginx(string folder, Process process, Uri address) =>
        (this.folder, this.process, Address) = (folder, process, address);

    /// <summary>Where it listens, over TLS.</summary>
    public Uri Address { get; }

    /// <summary>The documented server; with another location, or null for its own.</summary>
    public static string Documented(string? location = null)
    {
        var blocks = DocumentedBlock.Of("docs/operations.md").Where(b => b.Language == "nginx").ToList();
        var server = blocks.Single(block => block.Text.Contains("server {", StringComparison.Ordinal)).Text;
        const string Location = "  location / {\n    proxy_pass http://127.0.0.1:5080;\n  }\n";
        Assert.Contains(Location, server, StringComparison.Ordinal);
        return location is null ? server : server.Replace(Location, location, StringComparison.Ordinal);
    }

    /// <summary>Starts it before a service.</summary>
    /// <param name="text">As documented: with the ports and certificates that stand there.</param>
    public static async Task<Nginx> StartAsync(string text, Uri service)
    {
        var (folder, port) = Prepare(text, service);
        var process = Start(folder, "-g", "daemon off;");
        for (var i = 0; ; i++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return new(folder, process, new($"https://localhost:{port}/"));
            }
            catch (SocketException) when (i < 600 && !process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>What nginx says against the configuration; empty if nothing.</summary>
    public static async Task<string> CheckAsync(string text)
    {
        var (folder, _) = Prepare(text, new("http://127.0.0.1:5080"));
        using var process = Start(folder, "-t", "-q");
        var faults = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
        return process.ExitCode == 0 ? "" : $"{process.ExitCode}: {faults}";
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static (string Folder, int Port) Prepare(string text, Uri service)
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-nginx-").FullName;
        WriteCertificate(folder);
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        var server = text.Replace("listen 443 ssl;", $"listen 127.0.0.1:{port} ssl;", StringComparison.Ordinal)
            .Replace("127.0.0.1:5080", service.Authority, StringComparison.Ordinal)
            .Replace("/etc/ssl/reports.example.org.pem", $"{folder}/tls.pem", StringComparison.Ordinal)
            .Replace("/etc/ssl/reports.example.org.key", $"{folder}/tls.key", StringComparison.Ordinal);
        File.WriteAllText(
            Path.Combine(folder, "nginx.conf"),
            $$"""
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            worker_processes 1;
            pid {{folder}}/pid;
            error_log {{folder}}/error.log;
            events { }
            http {
            access_log off;
            client_body_temp_path {{folder}}/body;
            proxy_temp_path {{folder}}/proxy;
            fastcgi_temp_path {{folder}}/fastcgi;
            uwsgi_temp_path {{folder}}/uwsgi;
            scgi_temp_path {{folder}}/scgi;
            {{server}}
            }
            """
        );
        return (folder, port);
    }

    private static Process Start(string folder, params IEnumerable<string> arguments)
    {
        var program = File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
        var start = new ProcessStartInfo(
            program,
            ["-p", folder, "-e", $"{folder}/error.log", "-c", $"{folder}/nginx.conf", .. arguments]
        )
        {
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static void WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(100)
        );
        File.WriteAllText(Path.Combine(folder, "tls.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "tls.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
