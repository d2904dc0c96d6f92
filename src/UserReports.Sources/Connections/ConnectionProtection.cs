using System.Net;
using Npgsql;

namespace UserReports.Sources.Connections;

/// <summary>What protects a connection to PostgreSQL on its way, as far as the client's side knows.</summary>
/// <param name="settings">The connection string.</param>
/// <param name="hasShakenHands">True once the server has agreed to TLS.</param>
public sealed class ConnectionProtection(NpgsqlConnectionStringBuilder settings, bool hasShakenHands = false)
{
    private const string Subject = "encryption";

    private const string Advice =
        "Add SSL Mode=VerifyFull to the connection string, and Root Certificate=FILE for an authority of your own.";

    /// <summary>True for a socket file or an address that never leaves the machine.</summary>
    public bool IsLocal { get; } = (settings.Host ?? "").Split(',').All(IsLocalHost);

    /// <summary>True if the certificate is held against trusted authorities, and the host's name against it.</summary>
    private bool IsVerified => settings.SslMode == SslMode.VerifyFull;

    /// <summary>Of an authority of one's own it is enough that the certificate is its.</summary>
    private bool IsVerifiedByOwnAuthority =>
        settings.SslMode == SslMode.VerifyCA && !string.IsNullOrEmpty(settings.RootCertificate);

    /// <summary>
    /// What should be said once at the start of a connection to another machine that anybody on the way could read or
    /// answer; null if all is well. Nothing is asked of the network.
    /// </summary>
    /// <param name="connectionString">A valid one, or that of an embedded file, which needs no protection.</param>
    public static string? WarningOf(string connectionString)
    {
        if (SourceDatabase.EmbeddedPath(connectionString) is not null)
            return null;
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var protection = new ConnectionProtection(settings);
        if (
            protection.IsLocal
            || protection.IsVerified
            || protection.IsVerifiedByOwnAuthority
            || settings.GssEncryptionMode == GssEncryptionMode.Require
        )
            return null;
        var lack = settings.SslMode switch
        {
            SslMode.Disable => "is not encrypted: personal data crosses the network in the clear",
            SslMode.Require =>
                "is encrypted, but the server's certificate is not verified: who stands between can read it",
            SslMode.VerifyCA => "is encrypted, but it is not verified that the certificate is this host's",
            _ => "need not be encrypted, and the server's certificate is not verified",
        };
        return $"The connection to {settings.Host} {lack}. {Advice}";
    }

    /// <summary>What an open connection turned out to be.</summary>
    /// <param name="isEncrypted">True if the server says that this connection has TLS; a pooler's own counts not.</param>
    /// <param name="isByGss">True if it is encrypted by GSSAPI instead.</param>
    /// <param name="isWithinMachine">True if the server sees that its client is on the same machine.</param>
    internal SourceFinding Of(bool isEncrypted, bool isByGss, bool isWithinMachine)
    {
        var isLocal = IsLocal || isWithinMachine;
        if (isByGss)
            return new(FindingKind.Good, Subject, "GSSAPI");
        if (!isEncrypted || !hasShakenHands)
            return isLocal
                ? new(FindingKind.Good, Subject, "none, within this machine")
                : new(FindingKind.Warning, Subject, $"none: personal data crosses the network in the clear. {Advice}");
        if (IsVerified)
            return new(FindingKind.Good, Subject, "TLS, the server's certificate verified");
        if (IsVerifiedByOwnAuthority)
            return new(FindingKind.Good, Subject, "TLS, the certificate verified to be of the given authority");
        // Nobody asked for it, and nobody can stand between.
        if (isLocal && settings.SslMode is SslMode.Allow or SslMode.Prefer)
            return new(FindingKind.Good, Subject, "TLS, not verified, within this machine");
        var lack =
            settings.SslMode == SslMode.VerifyCA
                ? "it is not verified that the certificate is this host's"
                : "the server's certificate is not verified: who stands between can read all";
        return new(FindingKind.Warning, Subject, $"TLS, but {lack}. {Advice}");
    }

    private static bool IsLocalHost(string host)
    {
        var name = host.Trim();
        if (name.StartsWith('/') || name.StartsWith('@'))
            return true;
        if (IPAddress.TryParse(name, out var address) || IPEndPoint.TryParse(name, out _))
            return IPAddress.IsLoopback(address ?? IPEndPoint.Parse(name).Address);
        name = name.Split(':')[0];
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
