using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace UserReports.Testing;

/// <summary>A real PgBouncer on a private port of loopback, between a test and its PostgreSQL server.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"];

    private readonly string folder;
    private readonly Process process;

    private PgBouncer(string folder, Process process, int port) =>
        (this.folder, this.process, Port) = (folder, process, port);

    public int Port { get; }

    /// <param name="mode"><c>session</c> or <c>transaction</c>.</param>
    /// <param name="poolSize">Connections of the server for each database.</param>
    public static async Task<PgBouncer> StartAsync(
        string mode,
        int poolSize,
        string host,
        int port,
        string user,
        string password,
        CancellationToken cancellationToken
    )
    {
        var program =
            Places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no pgbouncer: run ./test, which installs it.");
        var folder = Directory.CreateTempSubdirectory("user-reports-pgbouncer-").FullName;
        // It refuses to be root, and whom it becomes instead must be able to read.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                folder,
                File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
            );
        }

        var own = FreePort();
        var users = Path.Combine(folder, "users.txt");
        await File.WriteAllTextAsync(users, $"\"{user}\" \"{password}\"\n", cancellationToken);
        var settings = Path.Combine(folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            settings,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                [databases]
                * = host={host} port={port}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {own}
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = {users}
                pool_mode = {mode}
                default_pool_size = {poolSize}
                max_client_conn = 100

                """
            ),
            cancellationToken
        );
        var start = new ProcessStartInfo(program, ["--quiet", settings])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        if (Environment.IsPrivilegedProcess)
        {
            start.ArgumentList.Add("--user");
            start.ArgumentList.Add("postgres");
        }

        var bouncer = new PgBouncer(folder, Process.Start(start)!, own);
        await bouncer.ReadyAsync(cancellationToken);
        return bouncer;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (process.HasExited)
                throw new InvalidOperationException(
                    "PgBouncer ended: " + await process.StandardError.ReadToEndAsync(cancellationToken)
                );
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, cancellationToken);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
