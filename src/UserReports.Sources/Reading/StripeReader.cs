using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Sources.Reading;

/// <summary>Reads what organisations are subscribed to.</summary>
internal sealed class StripeReader(SourceCatalogue catalogue)
{
    private readonly StripeColumns columns = new(catalogue);

    /// <summary>
    /// Every price with its product, by the platform's id of the price, and the default plan; both tables are small.
    /// </summary>
    public async Task<(Dictionary<long, Price> Prices, Product? DefaultPlan)> ReadPricesAsync(
        SourceSession session,
        Action<DataWarning> warn,
        CancellationToken cancellationToken
    )
    {
        var products = new Dictionary<string, Product>(StringComparer.Ordinal);
        await session.ReadAsync(
            $"""
            select o.id, {T("djstripe_product", "o", "name")}, {T("djstripe_product", "o", "description")},
                {T("djstripe_product", "o", "type")}, {J("djstripe_product", "o", "metadata")}
            from djstripe_product o order by o.id
            """,
            row =>
            {
                WarnOfShape(row, 4, $"product {row.Text(0)}", warn);
                products[row.Text(0)] = new(
                    row.Text(0),
                    row.TextOrNull(1),
                    row.TextOrNull(2),
                    row.TextOrNull(3),
                    row.JsonOrNull(4)
                );
            },
            cancellationToken
        );

        var prices = new Dictionary<long, Price>();
        await session.ReadAsync(
            $"""
            select p.djstripe_id, p.id, {T("djstripe_price", "p", "nickname")}, {T("djstripe_price", "p", "currency")},
                {T("djstripe_price", "p", "type")}, {J("djstripe_price", "p", "recurring")},
                {columns.Integer("djstripe_price", "p", "unit_amount")}, {J("djstripe_price", "p", "metadata")},
                {columns.Boolean("djstripe_price", "p", "active")}, {columns.Id("djstripe_price", "p", "product_id")},
                {J("djstripe_price", "p", "transform_quantity")}
            from djstripe_price p
            """,
            row =>
            {
                WarnOfShape(row, 7, $"price {row.Text(1)}", warn);
                prices[row.Integer(0)] = new(
                    row.Text(1),
                    row.TextOrNull(2),
                    row.TextOrNull(3),
                    row.TextOrNull(4),
                    row.JsonOrNull(5),
                    row.IntegerOrNull(6),
                    row.JsonOrNull(7),
                    row.FlagOrNull(8),
                    row.TextOrNull(9) is { } product ? products.GetValueOrDefault(product) : null,
                    row.JsonOrNull(10)
                );
            },
            cancellationToken
        );

        var defaultPlan = products
            .Values.OrderBy(p => p.Id, StringComparer.Ordinal)
            .FirstOrDefault(p =>
                p.Metadata?.Member("default_free_plan") is { } flag && JsonText.StringOf(flag) == "true"
            );
        return (prices, defaultPlan);
    }

    /// <summary>The subscriptions of organisations, by organisation id.</summary>
    public async Task<Dictionary<string, List<Subscription>>> ReadSubscriptionsAsync(
        SourceSession session,
        IReadOnlyCollection<string> organizationIds,
        IReadOnlyDictionary<long, Price> prices,
        Action<DataWarning> warn,
        CancellationToken cancellationToken
    )
    {
        var rows = new Dictionary<string, SubscriptionRow>(StringComparer.Ordinal);
        var byPlatformId = new Dictionary<long, SubscriptionRow>();
        var byOrganization = new Dictionary<string, List<Subscription>>(StringComparer.Ordinal);
        await session.ReadAsync(
            SubscriptionRow.Select(columns),
            row =>
            {
                var read = SubscriptionRow.Read(row, warn);
                rows[read.Subscription.Id] = byPlatformId[row.Integer(1)] = read;
                Add(byOrganization, row.Text(0), read.Subscription);
            },
            cancellationToken,
            session.List(organizationIds)
        );
        if (rows.Count > 0)
        {
            await ReadItemsAsync(session, rows, prices, warn, cancellationToken);
            foreach (var (id, row) in rows.Where(row => row.Value.Items.Count == 0))
                warn(new($"subscription {id}", "It has no items; it counts for no limit."));
            await ReadTaxRatesAsync(session, byPlatformId, cancellationToken);
        }

        return byOrganization;
    }

    /// <summary>Tells customers that belong to no organisation: nothing that they pay for can be reported.</summary>
    public static Task WarnOfStrayCustomersAsync(
        SourceSession session,
        Action<DataWarning> warn,
        CancellationToken cancellationToken
    ) =>
        session.ReadAsync(
            "select id from djstripe_customer where subscriber_id is null order by id limit 1000",
            row => warn(new($"customer {row.Text(0)}", "It belongs to no organisation; it is not reported.")),
            cancellationToken
        );

    /// <summary>One-time add-ons that are paid and not refunded, by organisation id.</summary>
    public async Task<Dictionary<string, List<OneTimeAddOn>>> ReadOneTimeAddOnsAsync(
        SourceSession session,
        IReadOnlyCollection<string> organizationIds,
        Action<DataWarning> warn,
        CancellationToken cancellationToken
    )
    {
        var addOns = new Dictionary<string, List<OneTimeAddOn>>(StringComparer.Ordinal);
        if (!catalogue.Has("stripe_planaddon") || !catalogue.Has("djstripe_charge"))
            return addOns;
        await session.ReadAsync(
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
            cancellationToken,
            session.List(organizationIds)
        );
        return addOns;
    }

    private async Task ReadItemsAsync(
        SourceSession session,
        Dictionary<string, SubscriptionRow> rows,
        IReadOnlyDictionary<long, Price> prices,
        Action<DataWarning> warn,
        CancellationToken cancellationToken
    ) =>
        await session.ReadAsync(
            $"""
            select i.subscription_id, i.id, i.price_id, {columns.Integer("djstripe_subscriptionitem", "i", "quantity")}
            from djstripe_subscriptionitem i where i.subscription_id = any($1) order by i.id
            """,
            row =>
            {
                var price = row.IntegerOrNull(2) is { } id ? prices.GetValueOrDefault(id) : null;
                if (price is null)
                    warn(
                        new(
                            $"subscription item {row.Text(1)}",
                            "It has no price that is known; it counts for no limit."
                        )
                    );
                rows[row.Text(0)].Items.Add(new(row.Text(1), price, row.IntegerOrNull(3)));
            },
            cancellationToken,
            session.List(rows.Keys)
        );

    private async Task ReadTaxRatesAsync(
        SourceSession session,
        Dictionary<long, SubscriptionRow> rows,
        CancellationToken cancellationToken
    )
    {
        const string Table = "djstripe_taxrate";
        if (!catalogue.Has(Table) || !catalogue.Has("djstripe_djstripesubscriptiondefaulttaxrate"))
            return;
        await session.ReadAsync(
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
                rows[row.Integer(0)]
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
            cancellationToken,
            session.List(rows.Keys)
        );
    }

    /// <summary>Limits stand in objects: anything else holds none, which somebody did not mean.</summary>
    private static void WarnOfShape(SourceRow row, int column, string subject, Action<DataWarning> warn)
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

    private string J(string table, string alias, string column) => columns.Json(table, alias, column);
}
