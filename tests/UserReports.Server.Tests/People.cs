using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DuckDB.NET.Data;
using UserReports.Sources.Generating;
using UserReports.Testing;

namespace UserReports.Server.Tests;

/// <summary>Somebody on the platform.</summary>
public sealed record Person(
    int Id,
    string Name,
    bool IsSuperuser,
    bool IsStaff = false,
    bool IsActive = true,
    bool ValidatedPassword = true,
    string? Secret = null
)
{
    public string Token => $"token-of-{Name}-0123456789abcdef";

    public string Password => $"pass word:of {Name} ü";

    public string Email => $"{Name}@people.example.org";

    public string TokenHeader => $"Token {Token}";

    public string BasicHeader => Basic(Password);

    public string Basic(string password) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Name}:{password}"));
}

/// <summary>A platform with people of every kind that access has to tell apart.</summary>
public static class People
{
    /// <summary>The superuser's, on platforms that the generator makes.</summary>
    public const string GeneratedSuperuserToken = "explorer-tests-0123456789abcdef012345678";

    public static readonly Person Superuser = new(101, "root_person", true);
    public static readonly Person Ordinary = new(102, "ordinary_person", false);
    public static readonly Person Staff = new(103, "staff_person", false, IsStaff: true);
    public static readonly Person Inactive = new(104, "inactive_person", true, IsActive: false);
    public static readonly Person Unvalidated = new(105, "unvalidated_person", true, ValidatedPassword: false);
    public static readonly Person WithSecondFactor = new(
        106,
        "careful_person",
        true,
        Secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    );

    public static readonly IReadOnlyList<Person> All =
    [
        Superuser,
        Ordinary,
        Staff,
        Inactive,
        Unvalidated,
        WithSecondFactor,
    ];

    private static readonly Lazy<Task<(byte[] Platform, byte[] Usage)>> Template = new(MakeAsync);

    /// <summary>Writes the platform and its usage. They are made once, and copied.</summary>
    public static async Task WriteAsync(string platform, string usage)
    {
        var (platformBytes, usageBytes) = await Template.Value;
        await File.WriteAllBytesAsync(platform, platformBytes);
        await File.WriteAllBytesAsync(usage, usageBytes);
    }

    private static async Task<(byte[] Platform, byte[] Usage)> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-people-").FullName;
        try
        {
            var (platform, usage) = (Path.Combine(folder, "platform.db"), Path.Combine(folder, "usage.db"));
            await GenerateAsync(platform, usage);
            return (await File.ReadAllBytesAsync(platform), await File.ReadAllBytesAsync(usage));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task GenerateAsync(string platform, string usage)
    {
        await SourceGenerator.GenerateAsync(
            $"Data Source={platform}",
            $"Data Source={usage}",
            new(1, SampleReports.Now),
            null,
            default
        );
        Execute(platform, string.Join('\n', All.Select(Sql)));
    }

    public static void Execute(string file, string sql)
    {
        using var connection = new DuckDBConnection($"Data Source={file}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static string HashOf(string password) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"pbkdf2_sha256$1000$salt${Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(password, "salt"u8, 1000, HashAlgorithmName.SHA256, 32))}"
        );

    private static string Sql(Person p) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            insert into auth_user (id, username, first_name, last_name, email, is_superuser, is_staff, is_active, date_joined, password)
            values ({p.Id}, '{p.Name}', '', '', '{p.Email}', {p.IsSuperuser}, {p.IsStaff}, {p.IsActive}, '2025-01-01', '{HashOf(
                p.Password
            )}');
            insert into authtoken_token (key, user_id, created) values ('{p.Token}', {p.Id}, '2025-01-01');
            insert into hub_extrauserdetail (user_id, uid, data, private_data, validated_password)
            values ({p.Id}, 'u{p.Name}', '{"{}"}', '{"{}"}', {p.ValidatedPassword});
            """
        )
        + (
            p.Secret is null
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""

                    insert into accounts_mfa_mfamethodswrapper (user_id, name, is_active) values ({{p.Id}}, 'app', true);
                    insert into mfa_authenticator (user_id, type, data) values ({{p.Id}}, 'totp', '{"secret":"{{p.Secret}}"}');
                    """
                )
        );
}
