using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Core.Tests.Billing;

public sealed class HumanReadablePriceTests
{
    private const string Month = """{"interval":"month","interval_count":1}""";

    [Theory]
    [InlineData(8900L, "usd", Month, "$89.00 USD/month")]
    [InlineData(123_456_700L, "usd", """{"interval":"year","interval_count":1}""", "$1,234,567.00 USD/year")]
    [InlineData(5000L, "usd", null, "$50.00 USD")]
    [InlineData(9000L, "jpy", """{"interval":"month","interval_count":3}""", "¥9,000 JPY every 3 months")]
    [InlineData(12_345L, "eur", Month, "€123.45 EUR/month")]
    [InlineData(12_345L, "kwd", Month, "12.345 KWD/month")]
    [InlineData(100L, "chf", """{"interval":"week","interval_count":2}""", "1.00 CHF every 2 weeks")]
    [InlineData(0L, "usd", """{"interval":"month"}""", "$0.00 USD/month")]
    [InlineData(-150L, "usd", null, "-$1.50 USD")]
    [InlineData(null, "usd", Month, null)]
    [InlineData(100L, null, "[1]", "1.00")]
    public void Of_Price_ReadsAsPeopleWriteIt(long? amount, string? currency, string? recurring, string? expected)
    {
        var price = new Price(
            "p",
            null,
            currency,
            "recurring",
            recurring is null ? null : JsonText.Trusted(recurring),
            amount,
            null,
            true,
            null,
            null
        );
        Assert.Equal(expected, HumanReadablePrice.Of(price));
    }

    [Theory]
    [InlineData(null, "10.5", "usd", "$0.105 USD/month")]
    [InlineData(null, "0.050000000000", "usd", "$0.0005 USD/month")]
    [InlineData(null, "0.000000000001", "usd", "$0.00000000000001 USD/month")]
    [InlineData(null, "123450.000000000000", "eur", "€1,234.50 EUR/month")]
    [InlineData(null, "0.5", "jpy", "¥0.5 JPY/month")]
    [InlineData(null, "12345.6", "kwd", "12.3456 KWD/month")]
    [InlineData(700L, "10.5", "usd", "$7.00 USD/month")]
    public void Of_AmountBelowTheSmallestUnit_HasAsManyDecimalsAsItHas(
        long? amount,
        string exact,
        string currency,
        string expected
    )
    {
        var price = PriceOf(amount, currency) with
        {
            UnitAmountDecimal = decimal.Parse(exact, System.Globalization.CultureInfo.InvariantCulture),
        };
        Assert.Equal(expected, HumanReadablePrice.Of(price));
    }

    [Theory]
    [InlineData(
        """[{"unit_amount": 1500, "flat_amount": 5}, {"unit_amount": 1}]""",
        "Starts at $15.00 USD per unit/month"
    )]
    [InlineData("""[{"unit_amount": null, "unit_amount_decimal": "0.25"}]""", "Starts at $0.0025 USD per unit/month")]
    [InlineData("""[{"flat_amount": 500}]""", null)]
    [InlineData("""["text"]""", null)]
    [InlineData("[]", null)]
    [InlineData("{}", null)]
    [InlineData(null, null)]
    public void Of_TieredPrice_BeginsWithItsFirstTierWhereThatIsKnown(string? tiers, string? expected)
    {
        var price = PriceOf(null, "usd") with
        {
            BillingScheme = "tiered",
            Tiers = tiers is null ? null : JsonText.Trusted(tiers),
        };
        Assert.Equal(expected, HumanReadablePrice.Of(price));
    }

    private static Price PriceOf(long? amount, string? currency) =>
        new("p", null, currency, "recurring", JsonText.Trusted(Month), amount, null, true, null, null);
}
