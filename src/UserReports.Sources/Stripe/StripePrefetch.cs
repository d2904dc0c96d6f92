using System.Globalization;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Stripe;

/// <summary>What every range needs of Stripe's tables and what is the same for all of them.</summary>
/// <param name="Prices">Every price with its product, by what an item names it by.</param>
/// <param name="DefaultPlan">The product whose limits apply where no plan says otherwise, or null.</param>
/// <param name="Warnings">Values in these tables that could not be read.</param>
/// <param name="Customers">The organisations that are customers; null if they are not known.</param>
/// <param name="AddOns">The organisations that bought one-time add-ons; null if they are not known.</param>
internal sealed record StripePrefetch(
    IReadOnlyDictionary<string, Price> Prices,
    Product? DefaultPlan,
    IReadOnlyList<DataWarning> Warnings,
    BloomFilter? Customers,
    BloomFilter? AddOns
)
{
    /// <summary>So many rows of a statement are answered in a tenth of a second.</summary>
    private const int KeysAtOnce = 100_000;

    /// <summary>Reads prices, products and, where <paramref name="withKeys"/> says so, who buys at all.</summary>
    public static async Task<StripePrefetch> ReadAsync(
        SourceSession session,
        SourceCatalogue catalogue,
        bool withKeys,
        CancellationToken cancellationToken
    )
    {
        var columns = new SourceColumns(catalogue);
        List<DataWarning> warnings = [];
        var products = new Dictionary<string, Product>(StringComparer.Ordinal);
        var productsByNumber = new Dictionary<string, Product>(StringComparer.Ordinal);
        var product = new StripeTable(catalogue, StripeColumns.Product, "o");
        var readProducts = new SourceStatement(
            $"""
            select {columns.Key("djstripe_product", "o", "id")}, {columns.Key("djstripe_product", "o", "djstripe_id")},
                {product.Selected}
            from djstripe_product o order by o.id
            """,
            row =>
            {
                var fields = new FieldReader(row, "product", row.Text(0), warnings.Add);
                var r = product.Read(fields, 2);
                var read = new Product(
                    row.Text(0),
                    r.Text("name"),
                    r.Text("description"),
                    r.Text("type"),
                    StripeReader.Told(fields, r.Json("metadata"))
                );
                products[read.Id] = read;
                if (row.TextOrNull(1) is { } number)
                    productsByNumber[number] = read;
            }
        );

        var prices = new Dictionary<string, Price>(StringComparer.Ordinal);
        var price = new StripeTable(catalogue, StripeColumns.Price, "p");
        var numbersProducts = columns.Referred("djstripe_price", "product_id", "djstripe_product") == "djstripe_id";
        var readPrices = new SourceStatement(
            $"""
            select {columns.Key("djstripe_price", "p", columns.Referred(
                "djstripe_subscriptionitem",
                "price_id",
                "djstripe_price"
            ))}, {columns.Key("djstripe_price", "p", "id")}, {price.Selected}
            from djstripe_price p
            """,
            row =>
            {
                var fields = new FieldReader(row, "price", row.Text(1), warnings.Add);
                var r = price.Read(fields, 2);
                prices[row.Text(0)] = new(
                    row.Text(1),
                    r.Text("nickname"),
                    r.Text("currency"),
                    r.Text("type"),
                    r.Json("recurring"),
                    r.Integer("unit_amount"),
                    StripeReader.Told(fields, r.Json("metadata")),
                    r.Flag("active"),
                    r.Id("product_id") is { } of
                        ? (numbersProducts ? productsByNumber : products).GetValueOrDefault(of)
                        : null,
                    r.Json("transform_quantity")
                )
                {
                    UnitAmountDecimal = r.Decimal("unit_amount_decimal"),
                    BillingScheme = r.Text("billing_scheme"),
                    Tiers = r.Json("tiers"),
                };
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
            withKeys
                ? await ReadKeysAsync(session, columns, "djstripe_customer", "subscriber_id", cancellationToken)
                : null,
            withKeys && catalogue.CanRead("stripe_planaddon")
                ? await ReadKeysAsync(session, columns, "stripe_planaddon", "organization_id", cancellationToken)
                : null
        );
    }

    private static async Task<BloomFilter> ReadKeysAsync(
        SourceSession session,
        SourceColumns columns,
        string table,
        string key,
        CancellationToken cancellationToken
    )
    {
        var filter = new BloomFilter();
        var last = "";
        int read;
        do
        {
            read = 0;
            await session.ReadAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    select {columns.Key(table, "t", "id")}, {columns.Key(table, "t", key)} from {table} t
                    where {columns.Key(table, "t", "id")} > $1 order by 1 limit {KeysAtOnce}
                    """
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
