using System.Text.Json;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Stripe;

/// <summary>
/// Reads the tax rates of subscriptions: up to dj-stripe 2.9 a table of its own links them, since then each
/// subscription's
/// <c>stripe_data</c> holds them, as whole objects or as ids.
/// </summary>
internal sealed class TaxRateReader(SourceSession session, SourceCatalogue catalogue, Action<DataWarning> warn)
{
    private const string Table = "djstripe_taxrate";
    private const string Link = "djstripe_djstripesubscriptiondefaulttaxrate";

    private readonly SourceColumns columns = new(catalogue);
    private readonly StripeTable table = new(catalogue, StripeColumns.TaxRate, "t");
    private readonly Dictionary<string, TaxRate> known = new(StringComparer.Ordinal);

    /// <summary>The statement that reads the rates of these subscriptions, if they have any.</summary>
    public IEnumerable<SourceStatement> Statements(
        IReadOnlyDictionary<string, SubscriptionRow> byId,
        IReadOnlyDictionary<string, SubscriptionRow> byPlatformId
    )
    {
        if (catalogue.LinksTaxRates)
            return [Linked(byId, byPlatformId)];
        List<string> named =
        [
            .. byId
                .Values.SelectMany(row => row.TaxRatesOfData())
                .Select(rate => StripeValues.TryId(rate, out var id) ? id : null)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal),
        ];
        return named.Count > 0 && catalogue.Has(Table, "id") ? [Named(named)] : [];
    }

    /// <summary>Adds the rates that a subscription's <c>stripe_data</c> names, in its order.</summary>
    public void AddTo(SubscriptionRow row)
    {
        if (catalogue.LinksTaxRates)
            return;
        foreach (var rate in row.TaxRatesOfData())
        {
            if (!StripeValues.TryId(rate, out var id) || id is null)
                row.Record.Unreadable<TaxRate>("default_tax_rates", ValueKind.Id);
            else if (rate.ValueKind == JsonValueKind.Object)
                row.TaxRates.Add(
                    Read(row.Record.Inner(StripeValues.Json(rate)!, "default_tax_rates.")) with
                    {
                        Id = id,
                        DjstripeId = known.GetValueOrDefault(id)?.DjstripeId,
                    }
                );
            else
                row.TaxRates.Add(known.GetValueOrDefault(id) ?? Unknown(id));
        }
    }

    private SourceStatement Linked(
        IReadOnlyDictionary<string, SubscriptionRow> byId,
        IReadOnlyDictionary<string, SubscriptionRow> byPlatformId
    )
    {
        var isById = columns.Referred(Link, "subscription_id", "djstripe_subscription") == "id";
        var subscription = columns.Key(Link, "l", "subscription_id");
        var rate = (Table, "t", columns.Referred(Link, "taxrate_id", Table));
        var found = isById ? byId : byPlatformId;
        return new(
            $"""
            select {subscription}, {table.Selected}
            from {Link} l join {Table} t on {columns.Same((Link, "l", "taxrate_id"), rate)}
            where {(isById ? subscription : "l.subscription_id")} = any($1) order by l.subscription_id, t.djstripe_id
            """,
            row =>
                found[row.Text(0)]
                    .TaxRates.Add(
                        Read(table.Read(new(row, "subscription", found[row.Text(0)].Subscription.Id, warn), 1))
                    ),
            isById
                ? session.List(byId.Keys)
                : session.List(
                    byPlatformId.Keys.Select(id => long.Parse(id, System.Globalization.CultureInfo.InvariantCulture))
                )
        );
    }

    private SourceStatement Named(List<string> ids) =>
        new(
            $"""
            select {columns.Key(Table, "t", "id")}, {table.Selected}
            from {Table} t where {columns.Key(Table, "t", "id")} = any($1)
            """,
            row => known[row.Text(0)] = Read(table.Read(new(row, "tax rate", row.Text(0), warn), 1)),
            session.List(ids)
        );

    private static TaxRate Read(StripeRecord r) =>
        new(
            r.Id("id"),
            r.Integer("djstripe_id"),
            r.Text("description"),
            r.Text("display_name"),
            r.Flag("inclusive"),
            r.Text("jurisdiction"),
            r.Decimal("percentage"),
            r.Text("tax_type"),
            r.Flag("active"),
            r.Text("country"),
            r.Text("state")
        );

    private static TaxRate Unknown(string id) => new(id, null, null, null, null, null, null, null, null, null, null);
}
