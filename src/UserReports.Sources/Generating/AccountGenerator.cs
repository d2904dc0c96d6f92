using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Sources.Generating;

/// <summary>
/// Makes one account after the other, skewed as real platforms are: most small and free, a few percent with
/// subscriptions, some in shared organisations, some in two or in none.
/// </summary>
internal sealed class AccountGenerator(GeneratorSettings settings, GeneratedRows rows)
{
    /// <summary>Every account of this stride owns an organisation that others may join.</summary>
    private const int TeamOwnerStride = 100;

    private static KnownHash? lastHash;

    private static readonly string[] Usernames =
    [
        "amina",
        "raj",
        "maria",
        "kofi",
        "li",
        "fatou",
        "jean",
        "ana",
        "omar",
        "sofia",
        "demo",
        "survey",
        "field",
        "data",
        "health",
        "søren",
        "łukasz",
        "mónica",
        "per%cent",
        "under_score",
        "back\\slash",
        "o'brien",
        "quo\"te",
    ];

    private static readonly string[] FirstNames =
    [
        "Amina",
        "Raj",
        "María",
        "Kofi",
        "Li",
        "Fatou",
        "Jean",
        "Ana",
        "Omar",
        "Sofía",
        "Søren",
        "محمد",
        "名前",
        "Zoë",
        "",
    ];

    private static readonly string[] LastNames =
    [
        "Diallo",
        "Patel",
        "García",
        "Mensah",
        "Wang",
        "Ba",
        "O'Neill",
        "Silva",
        "حسن",
        "Rossi",
        "田中",
        "100% \"Real\"",
        "D\\B",
        "",
    ];

    private static readonly string[] Countries = ["KEN", "IND", "BRA", "FRA", "USA", "SEN", "COL", "PHL", "UGA", "COD"];
    private static readonly string[] Sectors = ["Humanitarian", "Health", "Education", "Environment", "Agriculture"];
    private static readonly string[] Kinds = ["non-profit", "government", "educational", "commercial", "none"];
    private static readonly string[] Providers = ["google", "microsoft", "okta"];

    private readonly SubscriptionGenerator subscriptions = new(settings.Now, rows);
    private readonly string adminHash = DjangoHash(settings.AdminPassword);

    public void Generate(int id)
    {
        var random = new Random(unchecked((settings.Seed * 1_000_003) + (id * 7919)));
        var username =
            id == 1
                ? settings.AdminUsername
                : $"{Pick(random, Usernames)}_{((uint)id * 2_654_435_761u).ToString("x", CultureInfo.InvariantCulture)}";
        WriteAccount(random, id, username);
        if (random.Next(200) != 0 || id == 1)
            WriteDetails(random, id, username);
        WriteSignIn(random, id);
        WriteMemberships(random, id, username);
        WriteProjects(random, id);
        WriteUsage(random, id);
    }

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private static string OrganizationOf(int accountId) =>
        "org"
        + ((ulong)(uint)accountId * 2_654_435_761UL % 1_099_511_627_776UL).ToString(
            "x19",
            CultureInfo.InvariantCulture
        );

    /// <summary>Costs half a second, and whoever generates one platform after another has the same password each
    /// time.</summary>
    private static string DjangoHash(string password)
    {
        if (lastHash is { } last && last.Password == password)
            return last.Hash;
        var hash = MakeDjangoHash(password);
        lastHash = new(password, hash);
        return hash;
    }

    private static string MakeDjangoHash(string password)
    {
        const int Iterations = 870_000;
        const string Salt = "generatedsalt1";
        var hash = Rfc2898DeriveBytes.Pbkdf2(
            password,
            Encoding.UTF8.GetBytes(Salt),
            Iterations,
            HashAlgorithmName.SHA256,
            outputLength: 32
        );
        return $"pbkdf2_sha256${Iterations.ToString(CultureInfo.InvariantCulture)}${Salt}${Convert.ToBase64String(hash)}";
    }

    private sealed record KnownHash(string Password, string Hash);

    private DateTime Ago(Random random, int daysMax) =>
        settings.Now.UtcDateTime.AddSeconds(-random.NextInt64(daysMax * 86_400L));

    private void WriteAccount(Random random, int id, string username)
    {
        var email = random.Next(60) == 0 && id != 1 ? "" : $"u{id.ToString(CultureInfo.InvariantCulture)}@example.org";
        rows.Add(
            "auth_user",
            id,
            username,
            Pick(random, FirstNames),
            Pick(random, LastNames),
            email,
            id == 1,
            id == 1 || random.Next(5000) == 0,
            id == 1 || random.Next(20) != 0,
            Ago(random, 2900),
            random.Next(5) == 0 ? null : Ago(random, 700),
            id == 1 ? adminHash : "!"
        );
        if (email.Length > 0)
            rows.Add("account_emailaddress", id, email, random.Next(10) != 0, true);
    }

    private void WriteDetails(Random random, int id, string username)
    {
        var data = new Dictionary<string, object?>
        {
            ["name"] = $"{Pick(random, FirstNames)} {Pick(random, LastNames)}",
            ["country"] = random.Next(40) == 0 ? "" : Pick(random, Countries),
            ["sector"] = Pick(random, Sectors),
            ["organization"] = "Org of " + username,
            ["organization_type"] = Pick(random, Kinds),
            ["organization_website"] = $"https://{id.ToString(CultureInfo.InvariantCulture)}.example.org",
            ["last_ui_language"] = Pick(random, ["en", "fr", "es", "ar"]),
            ["newsletter_subscription"] = random.Next(3) == 0,
            ["done_storage_limits_check"] = true,
        };
        var removal = random.Next(500) == 0 ? Ago(random, 90) : (DateTime?)null;
        rows.Add(
            "hub_extrauserdetail",
            id,
            "u" + id.ToString("x21", CultureInfo.InvariantCulture),
            JsonSerializer.Serialize(data),
            random.Next(3) != 0 ? """{"last_tos_accept_time": "2025-01-01T00:00:00Z"}""" : "{}",
            removal,
            removal is not null && random.Next(2) == 0 ? removal.Value.AddDays(4) : null,
            random.Next(4) == 0 ? Ago(random, 1000) : null,
            id == 1 || random.Next(50) != 0,
            LastProjectActivity(id)
        );
    }

    /// <summary>By the number alone: what is made by chance for the others stays what it was before there was
    /// this.</summary>
    private DateTime? LastProjectActivity(int id)
    {
        var random = new Random(id);
        return random.Next(4) == 0 ? null : Ago(random, random.Next(3) == 0 ? 1500 : 60);
    }

    private void WriteSignIn(Random random, int id)
    {
        if (id == 1)
            rows.Add("authtoken_token", settings.AdminToken, id, Ago(random, 300));
        else if (random.Next(20) == 0)
            rows.Add(
                "authtoken_token",
                Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(id)))[..40],
                id,
                Ago(random, 300)
            );
        if (id != 1 && random.Next(20) == 0)
        {
            var active = random.Next(40) != 0;
            rows.Add("accounts_mfa_mfamethodswrapper", id, "app", active);
            if (active)
                rows.Add("mfa_authenticator", id, "totp", $$"""{"secret": "{{Base32(random)}}"}""");
        }

        for (var i = 0; i < 2 && random.Next(i == 0 ? 33 : 10) == 0; i++)
            rows.Add(
                "socialaccount_socialaccount",
                (id * 2) + i,
                id,
                Pick(random, Providers),
                $"ext-{id.ToString(CultureInfo.InvariantCulture)}-{i.ToString(CultureInfo.InvariantCulture)}"
            );
    }

    private static string Base32(Random random) =>
        new([.. Enumerable.Range(0, 32).Select(_ => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[random.Next(32)])]);

    private void WriteMemberships(Random random, int id, string username)
    {
        var fate = random.Next(1000);
        var isTeamOwner = id % TeamOwnerStride == 1;
        if (isTeamOwner || fate >= 45)
        {
            var organization = OrganizationOf(id);
            rows.Add(
                "organizations_organization",
                organization,
                $"{username}'s organization",
                random.Next(7) == 0 ? $"https://{id.ToString(CultureInfo.InvariantCulture)}.example.org" : "",
                Pick(random, Kinds),
                isTeamOwner,
                true
            );
            rows.Add("organizations_organizationuser", id * 2, id, organization, true);
            if (random.Next(5000) != 0 || id == 1)
                rows.Add("organizations_organizationowner", organization, id * 2);
            subscriptions.Generate(random, id, organization, isTeamOwner);
        }

        // Five in a thousand belong to no organisation at all; forty joined somebody's, and five more joined one
        // beside their own.
        if (!isTeamOwner && fate is >= 5 and < 50)
        {
            var team = (random.Next((int)((settings.Accounts - 1) / TeamOwnerStride) + 1) * TeamOwnerStride) + 1;
            rows.Add("organizations_organizationuser", (id * 2) + 1, id, OrganizationOf(team), random.Next(7) == 0);
        }
    }

    private void WriteProjects(Random random, int id)
    {
        for (var i = random.Next(9); i > 0; i--)
            rows.Add("kpi_asset", id, Pick(random, ["deployed", "draft", "archived"]), random.Next(17) == 0);
    }

    private void WriteUsage(Random random, int id)
    {
        var today = DateOnly.FromDateTime(settings.Now.UtcDateTime);
        if (random.Next(20) == 1)
        {
            for (var i = random.Next(40); i >= 0; i--)
            {
                rows.Add(
                    "trackers_nlpusagecounter",
                    [
                        id,
                        today.AddDays(-random.Next(600)),
                        .. Metric.LanguageServices.Select((_, m) => (object?)random.Next(m == 1 ? 5000 : 600)),
                    ]
                );
            }
        }

        if (random.Next(50) != 0)
        {
            var bytes =
                random.Next(3) == 0 ? 0
                : random.Next(40) == 0 ? random.NextInt64(30_000_000_000)
                : random.NextInt64(800_000_000) / (1 + random.Next(50));
            rows.Add("main_userprofile", id, bytes, id % 211 == 0);
        }

        if (random.Next(3) != 0)
            return;
        var busy = random.Next(25) == 0 ? 40 : 1;
        var day = today;
        for (var i = random.Next(70); i >= 0; i--)
        {
            rows.Add("logger_dailyxformsubmissioncounter", id, day, (1 + random.Next(50)) * busy, null);
            day = day.AddDays(-1 - random.Next(9));
        }
    }
}
