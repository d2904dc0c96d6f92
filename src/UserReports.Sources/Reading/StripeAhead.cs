using System.Globalization;
using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Sources.Reading;

/// <summary>What every range needs of Stripe's tables and what is the same for all of them.</summary>
/// <param name="Prices">Every price with its product, by the platform's id of the price.</param>
/// <param name="DefaultPlan">The product whose limits apply where no plan says otherwise, or null.</param>
/// <param name="Warnings">Values in these tables that could not be read.</param>
/// <param name="Customers">The organisations that are customers; null if they are not known.</param>
/// <param name="AddOns">The organisations that bought one-time add-ons; null if they are not known.</param>
internal sealed record StripeAhead(
    IReadOnlyDictionary<long, Price> Prices,
    Product? DefaultPlan,
    IReadOnlyList<DataWarning> Warnings,
    KeyFilter? Customers,
    KeyFilter? AddOns
)
{
    /// <summary>So many rows of a statement are answered in a tenth of a second.</summary>
    private const int KeysAtOnce = 100_000;

    /// <summary>Reads prices, products and, where <paramref name="withKeys"/> says so, who buys at all.</summary>
    public static async Task<StripeAhead> ReadAsync(
        SourceSession session,
        SourceCatalogue catalogue,
        bool withKeys,
        CancellationToken cancellationToken
    )
    {
        var columns = new StripeColumns(catalogue);
        List<DataWarning> warnings = [];
        var products = new Dictionary<string, Product>(StringComparer.Ordinal);
        var readProducts = new SourceStatement(
            $"""
            select o.id, {T("djstripe_product", "o", "name")}, {T("djstripe_product", "o", "description")},
                {T("djstripe_product", "o", "type")}, {J("djstripe_product", "o", "metadata")}
            from djstripe_product o order by o.id
            """,
            row =>
            {
                StripeReader.WarnOfShape(row, 4, $"product {row.Text(0)}", warnings.Add);
                products[row.Text(0)] = new(
                    row.Text(0),
                    row.TextOrNull(1),
                    row.TextOrNull(2),
                    row.TextOrNull(3),
                    row.JsonOrNull(4)
                );
            }
        );

        var prices = new Dictionary<long, Price>();
        var readPrices = new SourceStatement(
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
                StripeReader.WarnOfShape(row, 7, $"price {row.Text(1)}", warnings.Add);
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
            }
        );
        await session.ReadAsync([readProducts, readPrices], cancellationToken);

        var defaultPlan = products
            .Values.OrderBy(p => p.Id, StringComparer.Ordinal)
            .FirstOrDefault(p =>
                p.Metadata?.Member("default_free_plan") is { } flag && JsonText.StringOf(flag) == "true"
            );
        return new(
            prices,
            defaultPlan,
            warnings,
            withKeys ? await ReadKeysAsync(session, "djstripe_customer", "subscriber_id", cancellationToken) : null,
            withKeys && catalogue.Has("stripe_planaddon")
                ? await ReadKeysAsync(session, "stripe_planaddon", "organization_id", cancellationToken)
                : null
        );

        string T(string table, string alias, string column) => columns.Text(table, alias, column);

        string J(string table, string alias, string column) => columns.Json(table, alias, column);
    }

    private static async Task<KeyFilter> ReadKeysAsync(
        SourceSession session,
        string table,
        string key,
        CancellationToken cancellationToken
    )
    {
        var filter = new KeyFilter();
        var last = "";
        int read;
        do
        {
            read = 0;
            await session.ReadAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"select id, {key} from {table} where id > $1 order by id limit {KeysAtOnce}"
                ),
                row =>
                {
                    read++;
                    last = row.Text(0);
                    if (row.TextOrNull(1) is { } found)
                        filter.Add(found);
                },
                cancellationToken,
                last
            );
        } while (read == KeysAtOnce);

        filter.Shrink();
        return filter;
    }
}
