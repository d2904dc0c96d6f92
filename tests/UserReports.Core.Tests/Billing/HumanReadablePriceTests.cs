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
}
