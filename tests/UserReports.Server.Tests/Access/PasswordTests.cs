using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Konscious.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;
using UserReports.Server.Access.Passwords;

namespace UserReports.Server.Tests.Access;

/// <summary>Hashes made by each algorithm's own definition.</summary>
public sealed class PasswordTests
{
    private const string Password = "pass word ü 😀";
    private const string BcryptTail = ".....................................................";

    /// <summary>
    /// The first is written down by hand: PBKDF2 of RFC 6070, "password", "salt", 4096 rounds of SHA-1.
    /// </summary>
    public static TheoryData<string, string> Hashes =>
        new()
        {
            { "pbkdf2_sha1$4096$salt$SwB5AbdlSJq+rUnZJvch0GWkKcE=", "password" },
            { $"pbkdf2_sha256$1000$salt${Pbkdf2(HashAlgorithmName.SHA256, 32)}", Password },
            { $"pbkdf2_sha1$1000$salt${Pbkdf2(HashAlgorithmName.SHA1, 20)}", Password },
            { Argon2(), Password },
            { BcryptSha256(), Password },
            { Scrypt(), Password },
        };

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Verify_KnownHash_FitsItsPasswordAlone(string hash, string password)
    {
        Assert.Equal(PasswordMatch.Right, DjangoPassword.Verify(hash, password));
        Assert.Equal(PasswordMatch.Wrong, DjangoPassword.Verify(hash, password + " "));
        Assert.Equal(PasswordMatch.Wrong, DjangoPassword.Verify(hash, ""));
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Verify_AlteredHash_FitsNoMore(string hash, string password)
    {
        // Not the last character: of base64 it may hold bits that say nothing.
        var at = hash.Length - 6;
        var altered = hash[..at] + (hash[at] == 'A' ? 'B' : 'A') + hash[(at + 1)..];
        Assert.Equal(PasswordMatch.Wrong, DjangoPassword.Verify(altered, password));
    }

    [Theory]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("!unusable0123456789")]
    [InlineData("pbkdf2_sha256$$$")]
    [InlineData("pbkdf2_sha256$-1$salt$AAAA")]
    [InlineData("pbkdf2_sha256$999999999999$salt$AAAA")]
    [InlineData("pbkdf2_sha256$1000$salt$")]
    [InlineData("pbkdf2_sha256$1000$salt$not base64")]
    [InlineData("argon2$argon2id$v=19$m=8,t=1$c2FsdHNhbHQ")]
    [InlineData("bcrypt_sha256$short")]
    [InlineData("scrypt$3$salt$8$1$AAAA")]
    [InlineData("pbkdf2_sha256$1000$salt$YQ==")]
    [InlineData("bcrypt_sha256$$2b$31$" + BcryptTail)]
    [InlineData("argon2$argon2id$v=19$m=8,t=1,p=2$c2FsdHNhbHQ$MDEyMzQ1Njc4OWFiY2RlZg")]
    public void Verify_MangledHash_IsComparedWithNothing(string hash)
    {
        Assert.False(DjangoPassword.IsReadable(hash));
        Assert.Equal(PasswordMatch.Unreadable, DjangoPassword.Verify(hash, Password));
    }

    [Theory]
    [InlineData("md5$salt$0123")]
    [InlineData("plain text")]
    [InlineData("pbkdf2_sha256")]
    [InlineData("argon2$argon2id$v=16$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA")]
    public void Verify_UnknownAlgorithm_IsSaidSo(string hash) =>
        Assert.Equal(PasswordMatch.UnknownAlgorithm, DjangoPassword.Verify(hash, Password));

    /// <summary>What stands before the first dollar sign may be a password that somebody stored as it is.</summary>
    [Theory]
    [InlineData("pbkdf2_sha256$1000$salt$AAAA", "pbkdf2_sha256")]
    [InlineData("plain text", "none")]
    [InlineData("5f4dcc3b5aa765d61d8327deb882cf99", "none")]
    [InlineData("Secret$1", "none")]
    [InlineData("", "none")]
    public void AlgorithmOf_WhatIsNoName_IsNone(string hash, string name) =>
        Assert.Equal(name, DjangoPassword.AlgorithmOf(hash));

    [Theory]
    [MemberData(nameof(Hashes))]
    public void UsualPassword_AfterAHashWasMet_CostsTheSameAndFitsNothing(string hash, string password)
    {
        var usual = new TimingDecoyHash();
        usual.Observe(hash);
        // No comparison could be made with any of these, so none of them may stand in for one.
        foreach (
            var odd in (string[])["md5$salt$0123", "pbkdf2_sha256$-1$salt$AAAA", "scrypt$3$salt$8$1$AAAA", "!", ""]
        )
            usual.Observe(odd);
        var alike = usual.HashFor("nobody");
        Assert.Equal(DjangoPassword.AlgorithmOf(hash), DjangoPassword.AlgorithmOf(alike));
        Assert.Equal(hash.Length, alike.Length, 20.0);
        Assert.Equal(PasswordMatch.Wrong, DjangoPassword.Verify(alike, password));
    }

    [Fact]
    public void UsualPassword_OfAPlatformWithOldAndNewHashes_IsOfOneKindForEachName()
    {
        var usual = new TimingDecoyHash();
        usual.Observe($"pbkdf2_sha256$1000$salt${Pbkdf2(HashAlgorithmName.SHA256, 32)}");
        usual.Observe($"pbkdf2_sha256$2000$salt${Pbkdf2(HashAlgorithmName.SHA256, 32)}");
        string[] names = [.. Enumerable.Range(0, 100).Select(i => $"nobody{i}")];
        string[] kinds = [.. names.Select(KindOf)];
        Assert.Equal(["pbkdf2_sha256$1000", "pbkdf2_sha256$2000"], kinds.Distinct().Order());
        for (var again = 0; again < 3; again++)
        {
            usual.Observe($"pbkdf2_sha256${again % 2 + 1}000$pepper${Pbkdf2(HashAlgorithmName.SHA256, 32)}");
            Assert.Equal(kinds, names.Select(KindOf));
        }

        string KindOf(string name) => string.Join('$', usual.HashFor(name).Split('$')[..2]);
    }

    private static string Pbkdf2(HashAlgorithmName algorithm, int length) =>
        Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(Password, "salt"u8, 1000, algorithm, length));

    private static string Argon2()
    {
        using var argon = new Argon2id(Encoding.UTF8.GetBytes(Password))
        {
            Salt = "saltsaltsalt"u8.ToArray(),
            MemorySize = 64,
            Iterations = 2,
            DegreeOfParallelism = 2,
        };
        return "argon2$argon2id$v=19$m=64,t=2,p=2$" + Unpadded("saltsaltsalt"u8) + "$" + Unpadded(argon.GetBytes(32));
    }

    private static string Unpadded(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static string BcryptSha256() =>
        "bcrypt_sha256$"
        + BCrypt.Net.BCrypt.HashPassword(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Password))),
            BCrypt.Net.BCrypt.GenerateSalt(4)
        );

    private static string Scrypt() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"scrypt$1024$salt$8$1${Convert.ToBase64String(SCrypt.Generate(Encoding.UTF8.GetBytes(Password), "salt"u8.ToArray(), 1024, 8, 1, 64))}"
        );
}
