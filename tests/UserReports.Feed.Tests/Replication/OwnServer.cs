using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace UserReports.Feed.Tests.Replication;

/// <summary>
/// A PostgreSQL server that a test may stop, restart, promote and put back: on a private port of loopback, in a
/// temporary folder, gone with the test.
/// </summary>
public sealed class OwnServer : IAsyncDisposable
{
    private static readonly string Programs = Path.GetDirectoryName(
        Directory
            .GetDirectories("/usr/lib/postgresql")
            .Select(folder => Path.Combine(folder, "bin", "initdb"))
            .Where(File.Exists)
            .OrderBy(path => int.Parse(path.Split('/')[4], CultureInfo.InvariantCulture))
            .Last()
    )!;

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-feed-").FullName;
    private bool isRunning;

    private OwnServer() => Port = FreePort();

    public int Port { get; }

    /// <summary>The cluster's folder, which may be copied while the server is stopped.</summary>
    public string Data => Path.Combine(folder, "data");

    /// <summary>A superuser's.</summary>
    public string Connection(string database = "postgres", string role = "postgres") =>
        $"Host=127.0.0.1;Port={Port.ToString(CultureInfo.InvariantCulture)};Username={role};Database={database};Pooling=false";

    public static Task<OwnServer> StartAsync(params string[] settings) => StartAsync(16, settings);

    /// <param name="segmentMegabytes">The size of the log's files: what is kept of it is whole files.</param>
    public static async Task<OwnServer> StartAsync(int segmentMegabytes, params string[] settings)
    {
        var server = new OwnServer();
        await server.GiveAsync(server.folder);
        await server.RunAsync(
            "initdb",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--auth=trust",
            "--no-sync",
            $"--wal-segsize={segmentMegabytes.ToString(CultureInfo.InvariantCulture)}",
            $"--pgdata={server.Data}"
        );
        await server.ConfigureAsync([
            "wal_level=logical",
            "max_wal_size=64MB",
            "min_wal_size=32MB",
            "shared_buffers=32MB",
            "max_connections=40",
            "max_slot_wal_keep_size=512MB",
            .. settings,
        ]);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A standby of this server, which it streams from.</summary>
    public async Task<OwnServer> StandbyAsync()
    {
        var standby = new OwnServer();
        await standby.GiveAsync(standby.folder);
        await standby.RunAsync(
            "pg_basebackup",
            "--no-sync",
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--wal-method=stream",
            $"--pgdata={standby.Data}",
            $"--dbname=host=127.0.0.1 port={Port.ToString(CultureInfo.InvariantCulture)} user=postgres"
        );
        await standby.ConfigureAsync([]);
        await standby.StartAgainAsync();
        return standby;
    }

    public async Task ConfigureAsync(IReadOnlyList<string> settings) =>
        await File.AppendAllLinesAsync(
            Path.Combine(Data, "postgresql.conf"),
            new[]
            {
                "listen_addresses=127.0.0.1",
                $"port={Port.ToString(CultureInfo.InvariantCulture)}",
                $"unix_socket_directories={folder}",
                "fsync=off",
                "full_page_writes=off",
            }
                .Concat(settings)
                .Select(setting => setting.Split('=', 2))
                .Select(setting => $"{setting[0]} = '{setting[1]}'")
        );

    public async Task StartAgainAsync()
    {
        await RunAsync("pg_ctl", $"--pgdata={Data}", "--wait", $"--log={Path.Combine(folder, "server.log")}", "start");
        isRunning = true;
    }

    public async Task StopAsync(string mode = "fast")
    {
        isRunning = false;
        await RunAsync("pg_ctl", $"--pgdata={Data}", "--wait", $"--mode={mode}", "stop");
    }

    public Task PromoteAsync() => RunAsync("pg_ctl", $"--pgdata={Data}", "--wait", "promote");

    /// <summary>Copies the cluster's folder, or puts the copy back.</summary>
    public async Task CopyAsync(bool back = false)
    {
        var (from, to) = back ? (Data + "-copy", Data) : (Data, Data + "-copy");
        if (Directory.Exists(to))
            Directory.Delete(to, recursive: true);
        await ExecuteProgramAsync("cp", "-a", from, to);
    }

    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(Connection(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(Connection(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        if (isRunning)
            await StopAsync("immediate");
        Directory.Delete(folder, recursive: true);
    }

    private Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs, program);
        // The server refuses to be root.
        return Environment.IsPrivilegedProcess
            ? ExecuteProgramAsync(
                "setpriv",
                ["--reuid=postgres", "--regid=postgres", "--init-groups", path, .. arguments]
            )
            : ExecuteProgramAsync(path, arguments);
    }

    private Task GiveAsync(string path) =>
        Environment.IsPrivilegedProcess ? ExecuteProgramAsync("chown", "postgres", path) : Task.CompletedTask;

    private async Task ExecuteProgramAsync(string program, params string[] arguments)
    {
        // Into a file: a server that was started would keep a pipe open.
        var log = Path.Combine(folder, Path.GetRandomFileName());
        using var process = Process.Start(
            new ProcessStartInfo(
                "sh",
                ["-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null", "sh", log, program, .. arguments]
            )
            {
                WorkingDirectory = "/",
            }
        )!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program}: {await File.ReadAllTextAsync(log)}");
        File.Delete(log);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
