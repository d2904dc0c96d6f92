using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace UserReports.Sources.Connections;

/// <summary>
/// Says in words why TLS to a server failed. The driver verifies, and says only that it did not accept: what it met is
/// looked at once more, on a connection that ends with the handshake.
/// </summary>
internal static class TlsDiagnosis
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(5);

    /// <summary>How a client of PostgreSQL asks for TLS: a length and a code.</summary>
    private static readonly byte[] Request = [0, 0, 0, 8, 4, 210, 22, 47];

    /// <returns>Whole sentences, with what to do; null if the failure was another.</returns>
    public static async Task<string?> FindAsync(NpgsqlConnectionStringBuilder settings, Exception failure)
    {
        // Whoever did not ask for TLS has not failed by it, and these failures alone are the driver's own refusal.
        if (
            settings.SslMode is SslMode.Disable or SslMode.Allow or SslMode.Prefer
            || failure is not NpgsqlException
            || failure.GetBaseException() is not (AuthenticationException or NpgsqlException and not PostgresException)
        )
            return null;
        try
        {
            using var timeout = new CancellationTokenSource(TimeMax);
            return await AskAsync(settings, timeout.Token);
        }
        catch (Exception e)
            when (e
                    is SocketException
                        or IOException
                        or AuthenticationException
                        or CryptographicException
                        or OperationCanceledException
            )
        {
            return null;
        }
    }

    private static async Task<string?> AskAsync(
        NpgsqlConnectionStringBuilder settings,
        CancellationToken cancellationToken
    )
    {
        var (host, port) = FirstOf(settings);
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, cancellationToken);
        await using var stream = client.GetStream();
        var isDirect = settings.SslNegotiation == SslNegotiation.Direct;
        if (!isDirect)
        {
            await stream.WriteAsync(Request, cancellationToken);
            var answer = new byte[1];
            await stream.ReadExactlyAsync(answer, cancellationToken);
            if (answer[0] != 'S')
                return $"{host} offers no TLS. Switch it on there (ssl = on); what stands between may need it as well.";
        }

        string? found = null;
        await using var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new()
                {
                    TargetHost = host,
                    ApplicationProtocols = isDirect ? [new("postgresql")] : null,
                    CertificateChainPolicy = PolicyOf(settings),
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    {
                        found = Describe(certificate as X509Certificate2, chain, errors, host, settings.SslMode);
                        return errors == SslPolicyErrors.None;
                    },
                },
                cancellationToken
            );
        }
        catch (AuthenticationException)
        {
            // As it failed before; by now it is known why.
        }

        return found;
    }

    private static (string Host, int Port) FirstOf(NpgsqlConnectionStringBuilder settings)
    {
        var first = settings.Host!.Split(',')[0].Trim();
        var colon = first.LastIndexOf(':');
        return
            colon > 0
            && first.IndexOf(':', StringComparison.Ordinal) == colon
            && int.TryParse(first[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (first[..colon], port)
            : (first, settings.Port);
    }

    /// <summary>The authorities that the driver trusts: those of a file if one is named, else the machine's.</summary>
    private static X509ChainPolicy PolicyOf(NpgsqlConnectionStringBuilder settings)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        var file = settings.RootCertificate is { Length: > 0 } given
            ? given
            : Environment.GetEnvironmentVariable("PGSSLROOTCERT");
        if (string.IsNullOrEmpty(file))
            return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }

    private static string? Describe(
        X509Certificate2? certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        string host,
        SslMode mode
    )
    {
        if (certificate is null || chain is null)
            return "The server shows no certificate.";
        List<string> found = [];
        if (mode == SslMode.VerifyFull && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            found.Add(
                $"The server's certificate is for {NamesOf(certificate)}, not for {host}. Write the name that it is for as "
                    + "Host, or give the server a certificate for this one."
            );
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            found.Add(WhenOf(certificate, chain.ChainPolicy.VerificationTime));
        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
            found.Add(
                $"The server's certificate is not trusted: {certificate.GetNameInfo(X509NameType.SimpleName, true)}, who "
                    + "signed it, is no authority known here. Name its own certificate with Root Certificate=FILE."
            );
        if (found.Count == 0 && status != X509ChainStatusFlags.NoError)
            found.AddRange(
                chain.ChainStatus.Select(one => $"The server's certificate: {one.StatusInformation.Trim()}.")
            );
        return found.Count > 0 ? string.Join(' ', found) : null;
    }

    private static string WhenOf(X509Certificate2 certificate, DateTime now)
    {
        var (from, to) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        var at = now.ToUniversalTime();
        if (to < at)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The server's certificate expired on {to:yyyy-MM-dd}. Give the server a new one."
            );
        return from > at
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The server's certificate is only good from {from:yyyy-MM-dd} on. Look at the clocks of both machines."
            )
            : "A certificate between the server's and its authority is out of date. Renew it.";
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        List<string> names =
        [
            .. alternatives.SelectMany(alternative => alternative.EnumerateDnsNames()),
            .. alternatives.SelectMany(alternative => alternative.EnumerateIPAddresses()).Select(ip => ip.ToString()),
        ];
        if (names.Count == 0)
            names.Add(certificate.GetNameInfo(X509NameType.SimpleName, false));
        return string.Join(", ", names);
    }
}
