using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Konscious.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;

namespace UserReports.Server.Access.Passwords;

/// <summary>What came of comparing a password with a hash.</summary>
public enum PasswordMatch
{
    /// <summary>The password is right.</summary>
    Right,

    /// <summary>The password is wrong, or the account has none that could be used.</summary>
    Wrong,

    /// <summary>The hash is of a kind that is not known here.</summary>
    UnknownAlgorithm,
}

/// <summary>Compares passwords with hashes in Django's format: <c>algorithm$parameters…$hash</c>.</summary>
public static class DjangoPassword
{
    private const int IterationsMax = 20_000_000;
    private const int MemoryKibibytesMax = 1 << 20;

    /// <summary>Compares in a time that does not depend on how much of the password is right.</summary>
    public static PasswordMatch Verify(string hash, string password)
    {
        if (hash.Length == 0 || hash[0] == '!')
            return PasswordMatch.Wrong;
        try
        {
            return AlgorithmOf(hash) switch
            {
                "pbkdf2_sha256" => Compare(hash, password, HashAlgorithmName.SHA256),
                "pbkdf2_sha1" => Compare(hash, password, HashAlgorithmName.SHA1),
                "argon2" => Argon2(hash, password),
                "bcrypt_sha256" => BcryptSha256(hash, password),
                "scrypt" => Scrypt(hash, password),
                _ => PasswordMatch.UnknownAlgorithm,
            };
        }
        catch (Exception e)
            when (e
                    is FormatException
                        or IndexOutOfRangeException
                        or OverflowException
                        or ArgumentException
                        or BCrypt.Net.SaltParseException
            )
        {
            // A mangled hash fits no password.
            return PasswordMatch.Wrong;
        }
    }

    /// <summary>The name before the first dollar sign.</summary>
    public static string AlgorithmOf(string hash) => hash.Split('$', 2)[0];

    private static PasswordMatch Compare(string hash, string password, HashAlgorithmName algorithm)
    {
        var parts = hash.Split('$');
        var expected = Convert.FromBase64String(parts[3]);
        var actual = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password),
            Encoding.UTF8.GetBytes(parts[2]),
            Cost(parts[1]),
            algorithm,
            expected.Length
        );
        return Same(expected, actual);
    }

    /// <summary><c>argon2$argon2id$v=19$m=102400,t=2,p=8$salt$hash</c></summary>
    private static PasswordMatch Argon2(string hash, string password)
    {
        var parts = hash.Split('$');
        var costs = parts[3]
            .Split(',')
            .Select(part => part.Split('='))
            .ToDictionary(pair => pair[0], pair => Cost(pair[1]));
        var secret = Encoding.UTF8.GetBytes(password);
        Argon2? argon = parts[1] switch
        {
            "argon2id" => new Argon2id(secret),
            "argon2i" => new Argon2i(secret),
            "argon2d" => new Argon2d(secret),
            _ => null,
        };
        if (
            argon is null
            || parts[2] != "v=19"
            || costs.GetValueOrDefault("m") is var memory && memory > MemoryKibibytesMax
        )
            return PasswordMatch.UnknownAlgorithm;
        var expected = FromUnpadded(parts[5]);
        using (argon)
        {
            argon.Salt = FromUnpadded(parts[4]);
            argon.MemorySize = memory;
            argon.Iterations = costs.GetValueOrDefault("t");
            argon.DegreeOfParallelism = costs.GetValueOrDefault("p");
            return Same(expected, argon.GetBytes(expected.Length));
        }
    }

    /// <summary><c>bcrypt_sha256$$2b$12$…</c>: bcrypt over the hexadecimal SHA-256 of the password.</summary>
    private static PasswordMatch BcryptSha256(string hash, string password)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password)));
        return BCrypt.Net.BCrypt.Verify(digest, hash["bcrypt_sha256$".Length..])
            ? PasswordMatch.Right
            : PasswordMatch.Wrong;
    }

    /// <summary><c>scrypt$16384$salt$8$1$hash</c></summary>
    private static PasswordMatch Scrypt(string hash, string password)
    {
        var parts = hash.Split('$');
        var (work, block, parallelism) = (Cost(parts[1]), Cost(parts[3]), Cost(parts[4]));
        if ((long)work * block / 8 > MemoryKibibytesMax)
            return PasswordMatch.UnknownAlgorithm;
        var expected = Convert.FromBase64String(parts[5]);
        return Same(
            expected,
            SCrypt.Generate(
                Encoding.UTF8.GetBytes(password),
                Encoding.UTF8.GetBytes(parts[2]),
                work,
                block,
                parallelism,
                expected.Length
            )
        );
    }

    /// <summary>Base64 as argon2 writes it, without the padding at its end.</summary>
    private static byte[] FromUnpadded(string text) =>
        Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));

    private static int Cost(string text) =>
        int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) is var cost and > 0 and <= IterationsMax
            ? cost
            : throw new FormatException("a cost out of bounds");

    private static PasswordMatch Same(byte[] expected, byte[] actual) =>
        expected.Length > 0 && CryptographicOperations.FixedTimeEquals(expected, actual)
            ? PasswordMatch.Right
            : PasswordMatch.Wrong;
}
