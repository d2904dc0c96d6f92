using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Sources.Reading;

/// <summary>Reads what organisations are subscribed to.</summary>
internal sealed class StripeReader(
    SourceSession session,
    SourceCatalogue catalogue,
    StripeAhead ahead,
    Action<DataWarning> warn
)
{
    private readonly StripeColumns columns = new(catalogue);
    private readonly Dictionary<string, SubscriptionRow> rows = new(StringComparer.Ordinal);
    private readonly Dictionary<long, SubscriptionRow> byPlatformId = [];
    private readonly Dictionary<string, List<Subscription>> subscriptions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<OneTimeAddOn>> addOns = new(StringComparer.Ordinal);

    /// <summary>Tells customers that belong to no organisation: nothing that they pay for can be reported.</summary>
    public SourceStatement StrayCustomers() =>
        new(
            "select id from djstripe_customer where subscriber_id is null order by id limit 1000",
            row => warn(new($"customer {row.Text(0)}", "It belongs to no organisation; it is not reported."))
        );

    /// <summary>The first step: subscriptions, and one-time add-ons that are paid and not refunded.</summary>
    public IEnumerable<SourceStatement> Statements(IReadOnlyCollection<string> organizationIds)
    {
        var customers = Among(organizationIds, ahead.Customers);
        if (customers.Count > 0)
        {
            yield return new(
                SubscriptionRow.Select(columns),
                row =>
                {
                    var read = SubscriptionRow.Read(row, warn);
                    rows[read.Subscription.Id] = byPlatformId[row.Integer(1)] = read;
                    Add(subscriptions, row.Text(0), read.Subscription);
                },
                session.List(customers)
            );
        }

        var buyers = Among(organizationIds, ahead.AddOns);
        if (buyers.Count == 0 || !catalogue.Has("stripe_planaddon") || !catalogue.Has("djstripe_charge"))
            yield break;
        yield return new(
            $"""
            select a.organization_id, a.id, a.usage_limits
            from stripe_planaddon a join djstripe_charge c on c.id = a.charge_id
            where a.organization_id = any($1) and not coalesce({columns.Boolean(
                "djstripe_charge",
                "c",
                "refunded"
            )}, false)
            order by a.id
            """,
            row =>
            {
                WarnOfShape(row, 2, $"one-time add-on {row.Text(1)}", warn);
                if (row.JsonOrNull(2) is { } limits)
                    Add(addOns, row.Text(0), new OneTimeAddOn(row.Text(1), limits));
            },
            session.List(buyers)
        );
    }

    /// <summary>The second step, after the first was read: what subscriptions consist of.</summary>
    public IEnumerable<SourceStatement> StatementsOfSubscriptions()
    {
        if (rows.Count == 0)
            yield break;
        yield return Items();
        if (catalogue.Has("djstripe_taxrate") && catalogue.Has("djstripe_djstripesubscriptiondefaulttaxrate"))
            yield return TaxRates();
    }

    /// <summary>Puts what was read to the organisations; those that bought nothing stay as they are.</summary>
    public void AddTo(Dictionary<string, Organization> organizations)
    {
        foreach (var (id, row) in rows.Where(row => row.Value.Items.Count == 0))
            warn(new($"subscription {id}", "It has no items; it counts for no limit."));
        foreach (var id in subscriptions.Keys.Union(addOns.Keys).Where(organizations.ContainsKey))
        {
            organizations[id] = organizations[id] with
            {
                Subscriptions = subscriptions.GetValueOrDefault(id) ?? [],
                OneTimeAddOns = addOns.GetValueOrDefault(id) ?? [],
            };
        }
    }

    private static List<string> Among(IReadOnlyCollection<string> organizationIds, KeyFilter? filter) =>
        [.. organizationIds.Where(id => filter?.MayContain(id) ?? true)];

    private SourceStatement Items() =>
        new(
            $"""
            select i.subscription_id, i.id, i.price_id, {columns.Integer("djstripe_subscriptionitem", "i", "quantity")}
            from djstripe_subscriptionitem i where i.subscription_id = any($1) order by i.id
            """,
            row =>
            {
                var price = row.IntegerOrNull(2) is { } id ? ahead.Prices.GetValueOrDefault(id) : null;
                if (price is null)
                    warn(
                        new(
                            $"subscription item {row.Text(1)}",
                            "It has no price that is known; it counts for no limit."
                        )
                    );
                rows[row.Text(0)].Items.Add(new(row.Text(1), price, row.IntegerOrNull(3)));
            },
            session.List(rows.Keys)
        );

    private SourceStatement TaxRates()
    {
        const string Table = "djstripe_taxrate";
        return new(
            $"""
            select l.subscription_id, t.id, t.djstripe_id, {T(Table, "t", "description")}, {T(
                Table,
                "t",
                "display_name"
            )},
                {columns.Boolean(Table, "t", "inclusive")}, {T(Table, "t", "jurisdiction")},
                {columns.Decimal(Table, "t", "percentage")}, {T(Table, "t", "tax_type")},
                {columns.Boolean(Table, "t", "active")}, {T(Table, "t", "country")}, {T(Table, "t", "state")}
            from djstripe_djstripesubscriptiondefaulttaxrate l join {Table} t on t.djstripe_id = l.taxrate_id
            where l.subscription_id = any($1) order by l.subscription_id, t.djstripe_id
            """,
            row =>
                byPlatformId[row.Integer(0)]
                    .TaxRates.Add(
                        new(
                            row.TextOrNull(1),
                            row.Integer(2),
                            row.TextOrNull(3),
                            row.TextOrNull(4),
                            row.FlagOrNull(5),
                            row.TextOrNull(6),
                            row.DecimalOrNull(7),
                            row.TextOrNull(8),
                            row.FlagOrNull(9),
                            row.TextOrNull(10),
                            row.TextOrNull(11)
                        )
                    ),
            session.List(byPlatformId.Keys)
        );
    }

    /// <summary>Limits stand in objects: anything else holds none, which somebody did not mean.</summary>
    public static void WarnOfShape(SourceRow row, int column, string subject, Action<DataWarning> warn)
    {
        if (row.JsonOrNull(column) is { IsObject: false })
            warn(new(subject, "Where its limits should stand is no JSON object; it has none."));
    }

    private static void Add<TKey, TValue>(Dictionary<TKey, List<TValue>> lists, TKey key, TValue value)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        list.Add(value);
    }

    private string T(string table, string alias, string column) => columns.Text(table, alias, column);
}
