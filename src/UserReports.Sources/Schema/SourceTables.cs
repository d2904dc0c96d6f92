using UserReports.Core.Reports;
using UserReports.Sources.Stripe;

namespace UserReports.Sources.Schema;

/// <summary>The tables and columns that are read, and what each column is read as.</summary>
public static class SourceTables
{
    /// <summary>What the report cannot do without.</summary>
    public static readonly IReadOnlyList<SourceTable> Platform =
    [
        SourceTable.Of(
            "auth_user",
            "id:account username:text first_name:text last_name:text email:text is_superuser:condition is_staff:condition "
                + "is_active:condition date_joined:instant last_login:instant"
        ),
        SourceTable.Of(
            "hub_extrauserdetail",
            "user_id:account uid:text data:json private_data:json date_removal_requested:instant date_removed:instant "
                + "password_date_changed:instant validated_password:condition"
        ),
        SourceTable.Of("organizations_organization", "id:text name:text website:text"),
        SourceTable.Of(
            "organizations_organizationuser",
            "id:text user_id:account organization_id:text is_admin:condition"
        ),
        SourceTable.Of("organizations_organizationowner", "organization_id:text organization_user_id:text"),
        SourceTable.Of("account_emailaddress", "user_id:account verified:condition primary:condition"),
        SourceTable.Of("kpi_asset", "owner_id:account _deployment_status:text pending_delete:condition"),
    ];

    /// <inheritdoc cref="Platform"/>
    public static readonly IReadOnlyList<SourceTable> Usage =
    [
        SourceTable.Of("logger_dailyxformsubmissioncounter", "user_id:account date:day counter:counter"),
        SourceTable.Of("main_userprofile", "user_id:account attachment_storage_bytes:integer"),
    ];

    /// <summary>
    /// Tables of the platform without which, or without one of whose columns, the report lacks something.
    /// </summary>
    public static readonly IReadOnlyList<(SourceTable Table, string Lack)> Optional =
    [
        (
            SourceTable.Of("accounts_mfa_mfamethodswrapper", "user_id:account is_active:condition"),
            "mfa_is_active is false for everyone"
        ),
        (
            SourceTable.Of("socialaccount_socialaccount", "user_id:account id:integer provider:text uid:text"),
            "social_accounts are empty"
        ),
        (SourceTable.Of("trackers_nlpusagecounter", "user_id:account date:day"), "language-service usage is 0"),
        (
            SourceTable.Of("stripe_planaddon", "id:text organization_id:text usage_limits:json charge_id:text"),
            "one-time add-ons do not count"
        ),
    ];

    /// <summary>Columns of the language services' counters, each of which a platform may lack.</summary>
    public static readonly SourceTable LanguageServices = SourceTable.Of(
        "trackers_nlpusagecounter",
        string.Join(' ', Metric.LanguageServices.Select(metric => $"{metric.SourceColumn}:counter"))
    );

    /// <summary>Tables of the platform that subscriptions need; a platform has all of them or none.</summary>
    public static readonly IReadOnlyList<SourceTable> Stripe =
    [
        SourceTable.Of("djstripe_customer", "id:text subscriber_id:text"),
        SourceTable.Of("djstripe_subscription", "djstripe_id:text id:text customer_id:text"),
        SourceTable.Of("djstripe_subscriptionitem", "id:text subscription_id:text price_id:text"),
        SourceTable.Of("djstripe_price", "djstripe_id:text id:text"),
        SourceTable.Of("djstripe_product", "id:text"),
    ];

    /// <summary>
    /// What else is read of Stripe's tables: in columns of their own up to dj-stripe 2.9, since then mostly in
    /// <c>stripe_data</c>.
    /// </summary>
    public static readonly IReadOnlyList<SourceTable> StripeDetails =
    [
        StripeColumns.Subscription,
        StripeColumns.Item,
        StripeColumns.Price,
        StripeColumns.Product,
        StripeColumns.TaxRate,
        StripeColumns.Charge,
    ];
}

/// <summary>A table with the columns that are read of it.</summary>
public sealed record SourceTable(string Name, IReadOnlyList<(string Name, ValueKind Kind)> Columns)
{
    /// <summary>The table with one of its columns alone.</summary>
    internal SourceTable Only(string column) => this with { Columns = [.. Columns.Where(c => c.Name == column)] };

    /// <summary>A table from a short text: <c>id:account name:text …</c>.</summary>
    internal static SourceTable Of(string name, string columns) =>
        new(
            name,
            [
                .. columns
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(column => column.Split(':'))
                    .Select(column => (column[0], KindOf(column[1]))),
            ]
        );

    private static ValueKind KindOf(string word) =>
        word switch
        {
            "account" => ValueKind.AccountId,
            _ => Enum.Parse<ValueKind>(word, ignoreCase: true),
        };
}
