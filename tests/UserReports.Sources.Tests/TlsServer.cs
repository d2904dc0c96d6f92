using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace UserReports.Sources.Tests;

/// <summary>A PostgreSQL server of its own with TLS, whose certificate a test chooses.</summary>
public sealed class TlsServer : IAsyncLifetime
{
    public const string AuthorityName = "Authority of the tests";

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-tls-").FullName;
    private readonly X509Certificate2 authority = Authority();
    private Process? process;

    /// <summary>A superuser's, without a word about TLS.</summary>
    public string Connection { get; private set; } = "";

    /// <summary>The file with the certificate of the authority that signed the server's.</summary>
    public string AuthorityFile => Path.Combine(folder, "authority.pem");

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                folder,
                File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
            );
        }

        await File.WriteAllTextAsync(AuthorityFile, authority.ExportCertificatePem());
        Issue("localhost", TimeSpan.FromDays(10));
        // The same script as starts the server of all tests; this one ends with its input.
        const string Script = """
            set -euo pipefail
            . "$1/eng/postgres.sh"
            trap postgres_stop EXIT
            [ "$(id -u)" != 0 ] || chown postgres "$2/server.key"
            postgres_start ssl=on ssl_cert_file="$2/server.crt" ssl_key_file="$2/server.key"
            echo "$postgres_connection"
            cat >/dev/null
            """;
        process = Process.Start(
            new ProcessStartInfo("bash", ["-c", Script, "bash", Checkout(), folder])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        Connection =
            await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The server with TLS did not start.");
        Connection = new NpgsqlConnectionStringBuilder(Connection)
        {
            Host = "localhost",
            Pooling = false,
        }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Gives the server another certificate, and waits until it shows it.</summary>
    /// <param name="ends">From now; may be past.</param>
    public async Task ShowAsync(string name, TimeSpan ends)
    {
        Issue(name, ends);
        await using var connection = new NpgsqlConnection(Connection);
        await connection.OpenAsync();
        await using var reload = new NpgsqlCommand("select pg_conf_load_time() from pg_reload_conf()", connection);
        var before = (DateTime)(await reload.ExecuteScalarAsync())!;
        while (true)
        {
            await using var again = new NpgsqlConnection(Connection);
            await again.OpenAsync();
            await using var loaded = new NpgsqlCommand("select pg_conf_load_time()", again);
            if ((DateTime)(await loaded.ExecuteScalarAsync())! > before)
                return;
            await Task.Delay(10);
        }
    }

    private void Issue(string name, TimeSpan ends)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var end = TimeProvider.System.GetUtcNow() + ends;
        using var certificate = request.Create(authority, end.AddDays(-20), end, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(folder, "server.crt"), certificate.ExportCertificatePem());
        var keyFile = Path.Combine(folder, "server.key");
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={AuthorityName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-60),
            TimeProvider.System.GetUtcNow().AddDays(60)
        );
    }

    private static string Checkout([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
