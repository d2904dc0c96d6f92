using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace UserReports.Server.Access.Passwords;

/// <summary>What came of comparing a password with a hash.</summary>
public enum PasswordMatch
{
    /// <summary>The password is right.</summary>
    Right,

    /// <summary>The password is wrong.</summary>
    Wrong,

    /// <summary>There is nothing to compare with: no usable password, or a mangled hash. None was made.</summary>
    Unreadable,

    /// <summary>The hash is of a kind that is not known here. No comparison was made.</summary>
    UnknownAlgorithm,
}

/// <summary>Compares passwords with hashes in Django's format: <c>algorithm$parameters…$hash</c>.</summary>
public static partial class DjangoPassword
{
    private const int IterationsMax = 20_000_000;
    private const int MemoryKibibytesMax = 1 << 20;

    /// <summary>Memory times passes over it, in KiB: about half a minute.</summary>
    private const long ArgonWorkMax = 1L << 24;
    private const int LanesMax = 64;
    private const int DigestMin = 16;
    private const int DigestMax = 64;

    /// <summary>Compares in a time that does not depend on how much of the password is right.</summary>
    public static PasswordMatch Verify(string hash, string password)
    {
        if (Read(hash, out var why) is not { } fits)
            return why;
        try
        {
            return fits(password) ? PasswordMatch.Right : PasswordMatch.Wrong;
        }
        catch (Exception e)
            when (e is FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            return PasswordMatch.Unreadable;
        }
    }

    /// <summary>True if passwords can be compared with the hash.</summary>
    public static bool IsReadable(string hash) => Read(hash, out _) is not null;

    /// <summary>
    /// The name before the first dollar sign; <c>none</c> if nothing stands there that could be one, for then it may be
    /// the hash itself or worse.
    /// </summary>
    public static string AlgorithmOf(string hash) =>
        AlgorithmName().Match(hash) is { Success: true } m ? m.Value : "none";

    [GeneratedRegex(@"^[a-z][a-z0-9_]{0,31}(?=\$)")]
    private static partial Regex AlgorithmName();

    [GeneratedRegex(@"^\$2[aby]\$(0[4-9]|1[0-8])\$[./A-Za-z0-9]{53}$")]
    private static partial Regex Bcrypt();

    /// <summary>The comparison that the hash asks for, read to its end before any time is spent; or null.</summary>
    private static Func<string, bool>? Read(string hash, out PasswordMatch why)
    {
        why = PasswordMatch.Unreadable;
        if (hash.Length == 0 || hash[0] == '!')
            return null;
        var parts = hash.Split('$');
        switch (AlgorithmOf(hash))
        {
            case "pbkdf2_sha256":
                return ReadPbkdf2(parts, HashAlgorithmName.SHA256);
            case "pbkdf2_sha1":
                return ReadPbkdf2(parts, HashAlgorithmName.SHA1);
            case "argon2":
                return ReadArgon2(parts, ref why);
            case "bcrypt_sha256":
                return ReadBcryptSha256(hash["bcrypt_sha256$".Length..]);
            case "scrypt":
                return ReadScrypt(parts, ref why);
            default:
                why = PasswordMatch.UnknownAlgorithm;
                return null;
        }
    }

    /// <summary><c>pbkdf2_sha256$1000000$salt$hash</c></summary>
    private static Func<string, bool>? ReadPbkdf2(string[] parts, HashAlgorithmName algorithm)
    {
        if (parts.Length != 4 || CostOf(parts[1]) is not { } cost || DigestOf(parts[3]) is not { } expected)
            return null;
        var salt = Encoding.UTF8.GetBytes(parts[2]);
        return password =>
            Same(
                expected,
                Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, cost, algorithm, expected.Length)
            );
    }

    /// <summary><c>argon2$argon2id$v=19$m=102400,t=2,p=8$salt$hash</c></summary>
    private static Func<string, bool>? ReadArgon2(string[] parts, ref PasswordMatch why)
    {
        if (parts.Length < 4)
            return null;
        int? kind = parts[1] switch
        {
            "argon2id" => Argon2Parameters.Argon2id,
            "argon2i" => Argon2Parameters.Argon2i,
            "argon2d" => Argon2Parameters.Argon2d,
            _ => null,
        };
        if (
            parts[3].Split(',') is not [['m', '=', .. var m], ['t', '=', .. var t], ['p', '=', .. var p]]
            || (CostOf(m), CostOf(t), CostOf(p)) is not ({ } memory, { } passes, { } lanes)
        )
            return null;
        if (kind is null || parts[2] != "v=19" || memory > MemoryKibibytesMax || (long)memory * passes > ArgonWorkMax)
        {
            why = PasswordMatch.UnknownAlgorithm;
            return null;
        }

        if (
            parts.Length != 6
            || lanes > LanesMax
            || memory < 8 * lanes
            || BytesOf(Padded(parts[4])) is not { Length: >= 8 } salt
            || DigestOf(Padded(parts[5])) is not { } expected
        )
            return null;
        return password =>
        {
            if (password.Length == 0)
                return false;
            var argon = new Argon2BytesGenerator();
            argon.Init(
                new Argon2Parameters.Builder(kind.Value)
                    .WithVersion(Argon2Parameters.Version13)
                    .WithSalt(salt)
                    .WithMemoryAsKB(memory)
                    .WithIterations(passes)
                    .WithParallelism(lanes)
                    .Build()
            );
            var digest = new byte[expected.Length];
            argon.GenerateBytes(Encoding.UTF8.GetBytes(password), digest);
            return Same(expected, digest);
        };
    }

    /// <summary><c>bcrypt_sha256$$2b$12$…</c>: bcrypt over the hexadecimal SHA-256 of the password.</summary>
    private static Func<string, bool>? ReadBcryptSha256(string hash) =>
        Bcrypt().IsMatch(hash)
            ? password =>
                OpenBsdBCrypt.CheckPassword(
                    hash,
                    Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password))).ToCharArray()
                )
            : null;

    /// <summary><c>scrypt$16384$salt$8$1$hash</c></summary>
    private static Func<string, bool>? ReadScrypt(string[] parts, ref PasswordMatch why)
    {
        if (
            parts.Length != 6
            || (CostOf(parts[1]), CostOf(parts[3]), CostOf(parts[4]))
                is not
                ({ } work and > 1, { } block, { } parallelism and <= LanesMax)
            || !int.IsPow2(work)
            || DigestOf(parts[5]) is not { } expected
        )
            return null;
        if ((long)work * block * parallelism / 8 > MemoryKibibytesMax)
        {
            why = PasswordMatch.UnknownAlgorithm;
            return null;
        }

        var salt = Encoding.UTF8.GetBytes(parts[2]);
        return password =>
            Same(
                expected,
                SCrypt.Generate(Encoding.UTF8.GetBytes(password), salt, work, block, parallelism, expected.Length)
            );
    }

    /// <summary>Argon2 writes base64 without the padding at its end.</summary>
    private static string Padded(string text) => text.PadRight((text.Length + 3) / 4 * 4, '=');

    private static byte[]? BytesOf(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>Null for one so short that it fits passwords by chance.</summary>
    private static byte[]? DigestOf(string base64) =>
        BytesOf(base64) is { Length: >= DigestMin and <= DigestMax } digest ? digest : null;

    private static int? CostOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var cost)
        && cost is > 0 and <= IterationsMax
            ? cost
            : null;

    private static bool Same(byte[] expected, byte[] actual) =>
        CryptographicOperations.FixedTimeEquals(expected, actual);
}
