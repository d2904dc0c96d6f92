using System.Security.Cryptography;
using System.Text;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Secrets;

namespace UserReports.Server.Audit;

/// <summary>Marks by which a wrong token is recognised when it is tried again, without being kept.</summary>
/// <remarks>
/// Keyed, and short: people paste passwords where a token belongs, and whoever reads the log must not be able to try
/// guesses against it. The key belongs to the installation, so that marks of different days can be compared.
/// </remarks>
public sealed class TokenMarks(InstallationKeys keys)
{
    private const string KeyName = "token-marks";
    private const int MarkBytes = 6;

    private readonly Lock reading = new();
    private byte[]? key;

    /// <summary>The mark: twelve hexadecimal digits.</summary>
    /// <exception cref="AuditException">The key can neither be read nor made.</exception>
    public string Of(string token)
    {
        lock (reading)
            key ??= ReadOrMake();
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(token)).AsSpan(0, MarkBytes));
    }

    /// <summary>Once, and those who record do not wait for anything else either.</summary>
    private byte[] ReadOrMake()
    {
        try
        {
            return keys.ReadOrMake(KeyName);
        }
        catch (LedgerException e)
        {
            throw new AuditException($"The key of the audit log's marks can neither be read nor made: {e.Message}", e);
        }
    }
}
