using System.Globalization;

namespace UserReports.Server.Tests.Hostile;

/// <summary>A hostile text for every column of text, of JSON and of lists that no rule needs as it is.</summary>
internal static class HostilePlatform
{
    /// <summary>The administrator, who signs in, stays as generated.</summary>
    private const string Accounts = "between 2 and 13";

    private static readonly (string Table, string[] Columns)[] Texts =
    [
        ("auth_user", ["username", "first_name", "last_name", "email"]),
        ("hub_extrauserdetail", ["uid"]),
        ("socialaccount_socialaccount", ["provider", "uid"]),
        ("organizations_organization", ["name", "website", "organization_type"]),
        ("djstripe_product", ["name", "description", "type"]),
        ("djstripe_price", ["nickname", "currency", "type", "billing_scheme"]),
        (
            "djstripe_subscription",
            [
                "description",
                "collection_method",
                "proration_behavior",
                "djstripe_owner_account_id",
                "default_payment_method_id",
                "default_source_id",
                "latest_invoice_id",
                "pending_setup_intent_id",
            ]
        ),
        ("djstripe_subscriptionitem", ["id"]),
    ];

    private static readonly string[] Documents =
    [
        "hub_extrauserdetail.data",
        "djstripe_product.metadata",
        "djstripe_price.metadata",
        "djstripe_subscription.metadata",
    ];

    /// <summary>Statements for the platform, each of which changes something.</summary>
    public static IEnumerable<string> Changes()
    {
        yield return $"""
            insert into socialaccount_socialaccount (id, user_id, provider, uid)
            select 100000 + id, id, '', '' from auth_user where id {Accounts}
            """;
        var next = 0;
        string Next() =>
            HostileTexts.All[next++ % HostileTexts.All.Length].Replace("'", "''", StringComparison.Ordinal);

        foreach (var (table, columns) in Texts)
        {
            foreach (var column in columns)
            {
                var choices = Enumerable
                    .Range(0, HostileTexts.All.Length)
                    .Select(i => $"when {i.ToString(CultureInfo.InvariantCulture)} then '{Next()}'");
                var unique = column is "username" or "uid" or "id" ? " || rowid" : "";
                var row = $"rowid % {HostileTexts.All.Length.ToString(CultureInfo.InvariantCulture)}";
                yield return $"""
                    update {table} set "{column}" = (case {row} {string.Join(' ', choices)} end){unique}
                    where {Where(table)}
                    """;
                // Another text in the same row of the next column.
                next++;
            }
        }

        foreach (var document in Documents)
        {
            var (table, column) = (document.Split('.')[0], document.Split('.')[1]);
            var members = string.Join(", ", KnownKeys.Select(key => $"'{key}', '{Next()}'"));
            yield return $"""
                update {table} set "{column}" = json_object(
                    {members}, '{Next()}', '{Next()}', 'list', json_array('{Next()}')
                ) where {Where(table)}
                """;
        }
    }

    private static readonly string[] KnownKeys = ["name", "organization", "country", "bio", "sector"];

    private static string Where(string table) =>
        table switch
        {
            "auth_user" => $"id {Accounts}",
            "hub_extrauserdetail" or "socialaccount_socialaccount" => $"user_id {Accounts}",
            _ => "true",
        };
}
