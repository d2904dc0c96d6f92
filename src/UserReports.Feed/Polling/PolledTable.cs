using UserReports.Sources.Schema;

namespace UserReports.Feed.Polling;

/// <summary>By what changes of a table can be found without anybody telling.</summary>
/// <param name="Touch">Whose its rows are.</param>
/// <param name="Instants">Columns that change with the row, or that at least are later in a new one.</param>
/// <param name="Keys">Whole numbers that grow with each new row; the first that there is counts.</param>
/// <param name="Day">The day of a counter, whose figures grow while the day lasts; null for other tables.</param>
/// <param name="Counters">Figures of such a counter.</param>
internal sealed record PolledTable(
    TableTouch Touch,
    IReadOnlyList<string> Instants,
    IReadOnlyList<string> Keys,
    string? Day,
    IReadOnlyList<string> Counters
)
{
    private static readonly Dictionary<string, string> InstantsOf = new(StringComparer.Ordinal)
    {
        ["auth_user"] = "last_login",
        ["hub_extrauserdetail"] = "last_project_activity",
        ["organizations_organization"] = "modified",
        ["organizations_organizationuser"] = "modified",
        ["organizations_organizationowner"] = "modified",
        ["accounts_mfa_mfamethodswrapper"] = "date_modified",
        ["stripe_planaddon"] = "created",
        ["djstripe_charge"] = "djstripe_updated",
        ["djstripe_customer"] = "djstripe_updated",
        ["djstripe_subscription"] = "djstripe_updated",
        ["djstripe_subscriptionitem"] = "djstripe_updated",
        ["djstripe_price"] = "djstripe_updated",
        ["djstripe_product"] = "djstripe_updated",
        ["djstripe_taxrate"] = "djstripe_updated",
    };

    private static readonly Dictionary<string, string> KeysOf = new(StringComparer.Ordinal)
    {
        // A membership of one's own is made with each organisation.
        ["organizations_organizationowner"] = "id organization_user_id",
        ["djstripe_charge"] = "djstripe_id",
        ["djstripe_customer"] = "djstripe_id",
        ["djstripe_subscription"] = "djstripe_id",
        ["djstripe_subscriptionitem"] = "djstripe_id",
    };

    private static readonly Dictionary<string, IReadOnlyList<string>> CountersOf = new(StringComparer.Ordinal)
    {
        ["logger_dailyxformsubmissioncounter"] = ["counter"],
        [SourceTables.LanguageServices.Name] = [.. SourceTables.LanguageServices.Columns.Select(column => column.Name)],
    };

    /// <summary>Columns that say only what belongs together.</summary>
    public IReadOnlyList<string> Links =>
        Touch.Way is [{ IsBack: false } step, ..] ? [step.Column, .. LinksOf.GetValueOrDefault(Touch.Name, [])] : [];

    private static readonly Dictionary<string, IReadOnlyList<string>> LinksOf = new(StringComparer.Ordinal)
    {
        ["djstripe_djstripesubscriptiondefaulttaxrate"] = ["taxrate_id"],
    };

    /// <summary>The tables of a database.</summary>
    public static IReadOnlyList<PolledTable> Of(string database) =>
        [.. (database == "usage" ? SourceTouches.Usage : SourceTouches.Platform).Select(Of)];

    private static PolledTable Of(TableTouch touch) =>
        new(
            touch,
            Words(InstantsOf.GetValueOrDefault(touch.Name, "")),
            Words(KeysOf.GetValueOrDefault(touch.Name, "id")),
            CountersOf.ContainsKey(touch.Name) ? "date" : null,
            CountersOf.GetValueOrDefault(touch.Name, [])
        );

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
