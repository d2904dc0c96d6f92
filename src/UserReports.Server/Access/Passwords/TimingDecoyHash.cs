using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace UserReports.Server.Access.Passwords;

/// <summary>
/// A hash to compare with where there is no account, so that an unknown name takes as long as a wrong password.
/// </summary>
/// <remarks>
/// Its algorithm and cost are those of the platform's hashes as they are met; until then Django's current ones. A
/// platform has hashes of several kinds when its settings have changed, so an unknown name gets one of them, always the
/// same: else an account with an old hash could be told by its speed.
/// </remarks>
public sealed class TimingDecoyHash
{
    private const int KindsMax = 8;

    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private ImmutableArray<string> hashes = [];
    private readonly string standard = Pbkdf2("pbkdf2_sha256", "1000000", 32);

    /// <summary>A hash that no password fits, for a name that no account has.</summary>
    public string HashFor(string username) =>
        hashes is { Length: > 0 } met ? met.MaxBy(hash => RankOf(username, hash))! : standard;

    /// <summary>Takes over algorithm and cost of a hash of the platform, if it can be compared with at all.</summary>
    public void Observe(string platformHash)
    {
        if (!DjangoPassword.IsReadable(platformHash))
            return;
        var parts = platformHash.Split('$');
        var alike = parts switch
        {
            ["pbkdf2_sha256" or "pbkdf2_sha1", var cost, _, var digest] => Pbkdf2(parts[0], cost, DigestLength(digest)),
            ["argon2", var kind, var version, var costs, _, _] =>
                $"argon2${kind}${version}${costs}${Unpadded(16)}${Unpadded(32)}",
            ["bcrypt_sha256", "", var kind, var cost, _] => $"bcrypt_sha256$${kind}${cost}${new string('.', 53)}",
            ["scrypt", var work, _, var block, var parallelism, _] =>
                $"scrypt${work}${Salt()}${block}${parallelism}${Convert.ToBase64String(RandomNumberGenerator.GetBytes(64))}",
            _ => null,
        };
        if (alike is null)
            return;
        var costAlike = CostOf(alike);
        ImmutableInterlocked.Update(
            ref hashes,
            met =>
                met.Any(hash => CostOf(hash) == costAlike) ? met
                : met.Length < KindsMax ? met.Add(alike)
                : met.RemoveAt(0).Add(alike)
        );
    }

    /// <summary>The kind with the highest rank is the name's, so that one more kind leaves most names theirs.</summary>
    private ulong RankOf(string username, string hash) =>
        MemoryMarshal.Read<ulong>(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{CostOf(hash)}\0{username}")));

    /// <summary>Everything of a hash but salt and digest, as far as it decides the time.</summary>
    internal static string CostOf(string hash) =>
        string.Join(
            '$',
            hash.Split('$') switch
            {
                ["scrypt", var work, _, var block, var parallelism, _] => ["scrypt", work, block, parallelism],
                ["pbkdf2_sha256" or "pbkdf2_sha1", ..] and var parts => parts[..2],
                var parts => parts[..Math.Min(4, parts.Length)],
            }
        );

    private static string Pbkdf2(string algorithm, string cost, int length) =>
        $"{algorithm}${cost}${Salt()}${Convert.ToBase64String(RandomNumberGenerator.GetBytes(length))}";

    private static int DigestLength(string digest) => Math.Clamp(digest.TrimEnd('=').Length * 3 / 4, 16, 64);

    private static string Salt() => RandomNumberGenerator.GetHexString(22, lowercase: true);

    private static string Unpadded(int length) =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(length)).TrimEnd('=');
}
