using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Stripe;

/// <summary>Reads what organisations are subscribed to.</summary>
internal sealed class StripeReader(
    SourceSession session,
    SourceCatalogue catalogue,
    StripePrefetch ahead,
    Action<DataWarning> warn
)
{
    private const string Item = "djstripe_subscriptionitem";

    /// <summary>
    /// Since Stripe's API of 2025-03-31 each item has a period of its own, and no version a column for it.
    /// </summary>
    private static readonly SourceTable ItemWithPeriod = SourceTable.Of(
        Item,
        "quantity:integer current_period_start:instant current_period_end:instant"
    );

    private readonly SourceColumns columns = new(catalogue);
    private readonly Dictionary<string, SubscriptionRow> rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SubscriptionRow> byPlatformId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Subscription>> subscriptions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<OneTimeAddOn>> addOns = new(StringComparer.Ordinal);
    private readonly TaxRateReader taxRates = new(session, catalogue, warn);

    /// <summary>Tells customers that belong to no organisation: nothing that they pay for can be reported.</summary>
    public SourceStatement StrayCustomers() =>
        new(
            $"""
            select {columns.Key("djstripe_customer", "k", "id")} from djstripe_customer k
            where k.subscriber_id is null order by k.id limit 1000
            """,
            row => warn(new($"customer {row.Text(0)}", "It belongs to no organisation; it is not reported."))
        );

    /// <summary>The first step: subscriptions, and one-time add-ons that are paid and not refunded.</summary>
    public IEnumerable<SourceStatement> Statements(IReadOnlyCollection<string> organizationIds)
    {
        var customers = Among(organizationIds, ahead.Customers);
        if (customers.Count > 0)
        {
            var table = new StripeTable(
                catalogue,
                StripeColumns.Subscription,
                "s",
                catalogue.LinksTaxRates ? "s.current_period_start is null or s.current_period_end is null" : "true"
            );
            yield return new(
                SubscriptionRow.Select(catalogue, table),
                row =>
                {
                    var read = SubscriptionRow.Read(table, row, warn);
                    rows[read.Subscription.Id] = byPlatformId[row.Text(1)] = read;
                    Add(subscriptions, row.Text(0), read.Subscription);
                },
                session.List(customers)
            );
        }

        var buyers = Among(organizationIds, ahead.AddOns);
        if (buyers.Count > 0 && catalogue.CanRead("stripe_planaddon") && catalogue.Has("djstripe_charge", "id"))
            yield return AddOns(buyers);
    }

    /// <summary>The second step, after the first was read: what subscriptions consist of.</summary>
    public IEnumerable<SourceStatement> StatementsOfSubscriptions()
    {
        if (rows.Count == 0)
            return [];
        return [Items(), .. taxRates.Statements(rows, byPlatformId)];
    }

    /// <summary>Puts what was read to the organisations; those that bought nothing stay as they are.</summary>
    public void AddTo(Dictionary<string, Organization> organizations)
    {
        foreach (var (id, row) in rows)
        {
            row.Items.Sort((a, b) => string.CompareOrdinal(a.Id, b.Id));
            taxRates.AddTo(row);
            if (row.Items.Count == 0)
                warn(new($"subscription {id}", "It has no items; it counts for no limit."));
            var (start, end) = SubscriptionPeriods.Shown(row.Subscription);
            if (start > end)
                warn(new($"subscription {id}", "Its period ends before it starts; the calendar month counts instead."));
        }

        foreach (var id in subscriptions.Keys.Union(addOns.Keys).Where(organizations.ContainsKey))
        {
            organizations[id] = organizations[id] with
            {
                Subscriptions = subscriptions.GetValueOrDefault(id) ?? [],
                OneTimeAddOns = addOns.GetValueOrDefault(id) ?? [],
            };
        }
    }

    private static List<string> Among(IReadOnlyCollection<string> organizationIds, BloomFilter? filter) =>
        [.. organizationIds.Where(id => filter?.MayContain(id) ?? true)];

    private SourceStatement AddOns(List<string> buyers)
    {
        const string Table = "stripe_planaddon";
        var charge = new StripeTable(catalogue, StripeColumns.Charge, "c");
        var buyer = columns.Key(Table, "a", "organization_id");
        var paid = ("djstripe_charge", "c", columns.Referred(Table, "charge_id", "djstripe_charge"));
        return new(
            $"""
            select {buyer}, {columns.Key(Table, "a", "id")}, {columns.Value(
                Table,
                "a",
                "usage_limits",
                ValueKind.Json
            )},
                {charge.Selected}
            from {Table} a join djstripe_charge c on {columns.Same((Table, "a", "charge_id"), paid)}
            where {buyer} = any($1) order by a.id
            """,
            row =>
            {
                var fields = new FieldReader(row, "one-time add-on", row.Text(1), warn);
                if (charge.Read(fields, 3).Flag("refunded") is true)
                    return;
                if (LimitsOf(fields, 2, "usage_limits") is { } limits)
                    Add(addOns, row.Text(0), new OneTimeAddOn(row.Text(1), limits));
            },
            session.List(buyers)
        );
    }

    private SourceStatement Items()
    {
        var ofItems = rows.Values.Any(row => row.LacksPeriod) && catalogue.Has(Item, "stripe_data");
        var table = new StripeTable(catalogue, ofItems ? ItemWithPeriod : StripeColumns.Item, "i");
        var byId = columns.Referred(Item, "subscription_id", "djstripe_subscription") == "id";
        var subscription = columns.Key(Item, "i", "subscription_id");
        return new(
            $"""
            select {subscription}, {columns.Key(Item, "i", "id")}, {columns.Key(
                Item,
                "i",
                "price_id"
            )}, {table.Selected}
            from {Item} i where {(byId ? subscription : "i.subscription_id")} = any($1)
            """,
            row =>
            {
                var of = (byId ? rows : byPlatformId)[row.Text(0)];
                var fields = new FieldReader(row, "subscription item", row.Text(1), warn);
                var price = row.TextOrNull(2) is { } id ? ahead.Prices.GetValueOrDefault(id) : null;
                if (price is null)
                    fields.Tell("It has no price that is known; it counts for no limit.");
                var record = table.Read(fields, 3);
                var (start, end) = of.LacksPeriod ? PeriodOf(record, of, row.Text(1)) : (null, null);
                of.Items.Add(
                    new(row.Text(1), price, record.Integer("quantity"))
                    {
                        CurrentPeriodStart = start,
                        CurrentPeriodEnd = end,
                    }
                );
            },
            byId ? session.List(rows.Keys) : session.List(byPlatformId.Keys.Select(ParseId))
        );
    }

    /// <summary>The period of an item: its own row says it, or the item within its subscription.</summary>
    private static (DateTimeOffset? Start, DateTimeOffset? End) PeriodOf(
        StripeRecord record,
        SubscriptionRow subscription,
        string id
    )
    {
        const string Start = "current_period_start";
        const string End = "current_period_end";
        var (start, end) = record.Data is null ? (null, null) : (record.Instant(Start), record.Instant(End));
        if ((start is null || end is null) && subscription.ItemOfData(id) is { } data)
        {
            var inner = subscription.Record.Inner(data, "items.");
            (start, end) = (start ?? inner.Instant(Start), end ?? inner.Instant(End));
        }

        return (start, end);
    }

    private static long ParseId(string id) => long.Parse(id, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Limits stand in objects: anything else holds none, which somebody did not mean.</summary>
    public static JsonText? LimitsOf(FieldReader fields, int column, string field) =>
        Told(fields, fields.Json(column, field));

    /// <inheritdoc cref="LimitsOf"/>
    public static JsonText? Told(FieldReader fields, JsonText? limits)
    {
        if (limits is { IsObject: false })
            fields.Tell("Where its limits should stand is no JSON object; it has none.");
        return limits;
    }

    private static void Add<TValue>(Dictionary<string, List<TValue>> lists, string key, TValue value)
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        list.Add(value);
    }
}
