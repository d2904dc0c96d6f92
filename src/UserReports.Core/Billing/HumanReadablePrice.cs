using System.Globalization;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Core.Billing;

/// <summary>A price as people write it.</summary>
public static class HumanReadablePrice
{
    /// <summary>Currencies whose smallest unit is not a hundredth, as Stripe charges them.</summary>
    private static readonly Dictionary<string, int> Decimals = new(StringComparer.Ordinal)
    {
        ["BIF"] = 0,
        ["CLP"] = 0,
        ["DJF"] = 0,
        ["GNF"] = 0,
        ["JPY"] = 0,
        ["KMF"] = 0,
        ["KRW"] = 0,
        ["MGA"] = 0,
        ["PYG"] = 0,
        ["RWF"] = 0,
        ["UGX"] = 0,
        ["VND"] = 0,
        ["VUV"] = 0,
        ["XAF"] = 0,
        ["XOF"] = 0,
        ["XPF"] = 0,
        ["BHD"] = 3,
        ["JOD"] = 3,
        ["KWD"] = 3,
        ["OMR"] = 3,
        ["TND"] = 3,
    };

    private static readonly Dictionary<string, string> Symbols = new(StringComparer.Ordinal)
    {
        ["USD"] = "$",
        ["CAD"] = "$",
        ["AUD"] = "$",
        ["NZD"] = "$",
        ["MXN"] = "$",
        ["EUR"] = "€",
        ["GBP"] = "£",
        ["JPY"] = "¥",
        ["CNY"] = "¥",
        ["INR"] = "₹",
        ["BRL"] = "R$",
        ["KRW"] = "₩",
        ["NGN"] = "₦",
        ["PHP"] = "₱",
        ["VND"] = "₫",
        ["ILS"] = "₪",
        ["UAH"] = "₴",
        ["TRY"] = "₺",
    };

    /// <summary>
    /// Of the numbers of decimals that currencies have: at least so many, and all that an amount has.
    /// </summary>
    private static readonly string[] Formats =
    [
        .. Enumerable
            .Range(0, 4)
            .Select(decimals => $"#,##0.{new string('0', decimals)}{new string('#', 28 - decimals)}"),
    ];

    /// <summary>
    /// For example <c>$89.00 USD/month</c>, <c>€1,000.00 EUR every 3 months</c>, for a one-time price <c>$50.00 USD</c>
    /// or, for a tiered one, <c>Starts at $15.00 USD per unit/month</c>; null for a price whose amount is not known.
    /// </summary>
    public static string? Of(Price price)
    {
        if (price.BillingScheme == "tiered")
        {
            return OfFirstTier(price.Tiers) is { } first
                ? $"Starts at {Words(first, price.Currency)} per unit{Interval(price)}"
                : null;
        }

        return (price.UnitAmount ?? price.UnitAmountDecimal) is { } amount
            ? Words(amount, price.Currency) + Interval(price)
            : null;
    }

    private static string Words(decimal amount, string? code)
    {
        var currency = (code ?? "").ToUpperInvariant();
        var decimals = Decimals.GetValueOrDefault(currency, 2);
        var scale = decimals switch
        {
            0 => 1m,
            2 => 100m,
            _ => 1000m,
        };
        var number = (Math.Abs(amount) / scale).ToString(Formats[decimals], CultureInfo.InvariantCulture);
        var sign = amount < 0 ? "-" : "";
        return $"{sign}{Symbols.GetValueOrDefault(currency, "")}{number} {currency}".TrimEnd();
    }

    /// <summary>What a unit costs in the first tier, in the currency's smallest unit.</summary>
    private static decimal? OfFirstTier(JsonText? tiers)
    {
        if (tiers?.Root is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
            return null;
        return list[0] is { ValueKind: JsonValueKind.Object } first
            ? Number("unit_amount") ?? Number("unit_amount_decimal")
            : null;

        decimal? Number(string name) =>
            first.TryGetProperty(name, out var value)
            && decimal.TryParse(
                JsonText.StringOf(value) ?? value.GetRawText(),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? number
                : null;
    }

    private static string Interval(Price price)
    {
        if (price.Recurring?.Member("interval") is not { ValueKind: JsonValueKind.String } interval)
            return "";
        var count =
            price.Recurring.Member("interval_count") is { ValueKind: JsonValueKind.Number } value
            && value.TryGetInt64(out var number)
                ? number
                : 1;
        return count > 1 ? $" every {count.ToString(CultureInfo.InvariantCulture)} {interval}s" : $"/{interval}";
    }
}
