namespace UserReports.Sources.Schema;

/// <summary>For each table that reports are read from, whose reports its rows touch.</summary>
public static class SourceTouches
{
    private static readonly TouchStep[] FromSubscription = [To("djstripe_customer", "customer_id")];

    private static readonly TouchStep[] FromItem =
    [
        To("djstripe_subscription", "subscription_id"),
        .. FromSubscription,
    ];

    private static readonly TouchStep[] FromPrice = [Back("djstripe_subscriptionitem", "price_id"), .. FromItem];

    /// <summary>Tables of the platform database.</summary>
    public static readonly IReadOnlyList<TableTouch> Platform =
    [
        Account("auth_user", "id", DeletedRow.Keyed) with
        {
            IsPrivate = true,
        },
        // It goes with its account.
        Account("hub_extrauserdetail", "user_id", DeletedRow.Unpublished) with
        {
            IsPrivate = true,
        },
        Organization("organizations_organization", "id", DeletedRow.Keyed) with
        {
            IsPrivate = true,
        },
        // Who owns an organisation is told by a membership, too.
        new(
            "organizations_organizationuser",
            [new("user_id", Touched.Account), new("organization_id", Touched.Organization)],
            DeletedRow.Remembered
        ),
        Organization("organizations_organizationowner", "organization_id", DeletedRow.Remembered),
        Account("account_emailaddress", "user_id", DeletedRow.Remembered) with
        {
            IsPrivate = true,
        },
        // One that is to be deleted is marked so first, and does not count from then on.
        Account("kpi_asset", "owner_id", DeletedRow.Unpublished) with
        {
            IsPrivate = true,
        },
        Account("accounts_mfa_mfamethodswrapper", "user_id", DeletedRow.Remembered) with
        {
            IsPrivate = true,
        },
        Account("socialaccount_socialaccount", "user_id", DeletedRow.Remembered) with
        {
            IsPrivate = true,
        },
        Owner("trackers_nlpusagecounter", DeletedRow.Unpublished),
        Organization("stripe_planaddon", "organization_id", DeletedRow.Remembered),
        // A charge that is deleted takes its add-on along.
        Through(
            "djstripe_charge",
            "organization_id",
            DeletedRow.Unpublished,
            Back("stripe_planaddon", "charge_id")
        ) with
        {
            IsPrivate = true,
        },
        Organization("djstripe_customer", "subscriber_id", DeletedRow.Remembered) with
        {
            IsPrivate = true,
        },
        Through("djstripe_subscription", "subscriber_id", DeletedRow.Remembered, FromSubscription),
        Through("djstripe_subscriptionitem", "subscriber_id", DeletedRow.Remembered, FromItem),
        Through("djstripe_price", "subscriber_id", DeletedRow.Unpublished, FromPrice),
        // One of them is the plan of all who have none.
        new("djstripe_product", [], DeletedRow.Unpublished) { TouchesEverybody = true },
        Through(
            "djstripe_taxrate",
            "subscriber_id",
            DeletedRow.Unpublished,
            [Back("djstripe_djstripesubscriptiondefaulttaxrate", "taxrate_id"), .. FromItem]
        ),
        Through("djstripe_djstripesubscriptiondefaulttaxrate", "subscriber_id", DeletedRow.Remembered, FromItem),
    ];

    /// <summary>Tables of the usage database.</summary>
    public static readonly IReadOnlyList<TableTouch> Usage =
    [
        // At night the platform deletes those that are older than its retention.
        Owner("logger_dailyxformsubmissioncounter", DeletedRow.Unpublished),
        // It goes with its account, which the platform database tells.
        new(
            "main_userprofile",
            [new("user_id", Touched.Owner), new("user_id", Touched.Account)],
            DeletedRow.Unpublished
        )
        {
            IsPrivate = true,
        },
    ];

    /// <summary>The columns of a followed table that reports are read from, its keys among them.</summary>
    public static IReadOnlySet<string> ReadColumns(string table) =>
        SourceTables
            .Platform.Concat(SourceTables.Usage)
            .Concat(SourceTables.Optional.Select(optional => optional.Table))
            .Concat(SourceTables.OptionalColumns.Select(optional => optional.Table))
            .Append(SourceTables.LanguageServices)
            .Concat(SourceTables.Stripe)
            .Concat(SourceTables.StripeDetails)
            .Where(read => read.Name == table)
            .SelectMany(read => read.Columns.Select(column => column.Name))
            .Concat(Platform.Concat(Usage).Where(touch => touch.Name == table).SelectMany(Needed))
            .Concat(table.StartsWith("djstripe_", StringComparison.Ordinal) ? ["stripe_data"] : Array.Empty<string>())
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The columns of the table that must be published beside its key.</summary>
    internal static IEnumerable<string> Needed(TableTouch touch) =>
        touch.Columns.Select(column => column.Column).Distinct(StringComparer.Ordinal);

    private static TableTouch Account(string table, string column, DeletedRow deletion) =>
        new(table, [new(column, Touched.Account)], deletion);

    private static TableTouch Owner(string table, DeletedRow deletion) =>
        new(table, [new("user_id", Touched.Owner)], deletion);

    private static TableTouch Organization(string table, string column, DeletedRow deletion) =>
        new(table, [new(column, Touched.Organization)], deletion);

    private static TableTouch Through(
        string table,
        string target,
        DeletedRow deletion,
        params IReadOnlyList<TouchStep> way
    ) => new(table, [], deletion) { Way = way, Target = target };

    private static TouchStep To(string table, string column) => new(table, column, IsBack: false);

    private static TouchStep Back(string table, string column) => new(table, column, IsBack: true);
}
