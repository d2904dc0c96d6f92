using System.Globalization;
using System.Text;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Server.Tests.Concealment;

/// <summary>Reports in which everything that names or describes a person holds a mark, to look for it in
/// answers.</summary>
internal static class MarkedReports
{
    /// <summary>
    /// No word of the service and no other value holds it, and pseudonyms cannot: not all of its letters are theirs.
    /// </summary>
    public const string Mark = "quzux";

    public static string Username(long id) =>
        string.Create(CultureInfo.InvariantCulture, $"{Mark}user_{Scattered(id)}");

    public static string Email(long id) =>
        string.Create(CultureInfo.InvariantCulture, $"Mail.{Scattered(id)}@{Mark}.example");

    public static IReadOnlyList<Report> Make(int count)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(1, count).Select(id => Make(random, id))];
    }

    /// <summary>Where the mark stands in an answer, with what is around it; empty for nowhere.</summary>
    public static string FoundIn(ReadOnlySpan<byte> answer)
    {
        var text = Encoding.Latin1.GetString(answer);
        var at = text.IndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? "" : text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 40)];
    }

    /// <summary>Names in another order than ids.</summary>
    private static long Scattered(long id) => id * 37 % 101;

    private static Report Make(Random random, long id)
    {
        var sample = SampleReports.MakeOne(random, id);
        var n = Scattered(id).ToString(CultureInfo.InvariantCulture);
        var details = $$"""
            {"name":"{{Mark}} d\u00e9tail {{n}}","country":"{{Mark}}C{{id
                % 3}}","phone":{"{{Mark}}key":"{{Mark}}{{n}}"},
             "list":["{{Mark}}",7,null],"esc\"aped":"{{Mark}}\n{{n}}","age":4{{n}},"flag":true,"none":null,"empty":""}
            """;
        return new()
        {
            UserId = id,
            OrganizationId = $"org{id}",
            Account = new()
            {
                Id = id,
                Uid = id == 1 ? null : $"u{id}",
                Username = Username(id),
                FirstName = $"{Mark}First \"{n}\" ü",
                LastName = id % 4 == 0 ? "" : $"Last{Mark}{n}",
                Email = Email(id),
                IsSuperuser = false,
                IsStaff = id % 5 == 0,
                IsActive = true,
                DateJoined = SampleReports.Now,
                ValidatedEmail = true,
                MfaIsActive = false,
                AcceptedTos = true,
                SocialAccounts =
                [
                    new(id, "google", $"{Mark}-social-{n}"),
                    new(id + 1, "okta", $"{Mark}{n}@okta.example"),
                ],
                ExtraDetails = new(
                    id == 3 ? JsonText.Trusted($"\"{Mark} text\"") : JsonText.Trusted(details),
                    null,
                    true,
                    null,
                    null
                ),
                AssetCount = id,
                ActiveProjectCount = 1,
            },
            Organization = new($"{Mark} org {n}", $"org{id}", "owner", $"https://{Mark}{n}.example"),
            Subscriptions =
            [
                new Subscription
                {
                    Id = $"sub_{id}",
                    CustomerId = $"cus_{id}",
                    Status = "active",
                    Items = [],
                    Created = SampleReports.Now,
                    Metadata = JsonText.Trusted($$"""{"owner":"{{Mark}}{{n}}"}"""),
                    Description = $"for {Mark}{n}",
                },
            ],
            ServiceUsage = sample.ServiceUsage,
            AccountRestricted = false,
            LastUpdated = SampleReports.Now,
        };
    }
}
