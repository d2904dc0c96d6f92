using System.Globalization;
using System.Text.Json;

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
    /// For example <c>$89.00 USD/month</c>, <c>€1,000.00 EUR every 3 months</c> or, for a one-time price, <c>$50.00
    /// USD</c>; null for a price without an amount.
    /// </summary>
    public static string? Of(Price price)
    {
        if (price.UnitAmount is not { } amount)
            return null;
        var currency = (price.Currency ?? "").ToUpperInvariant();
        var decimals = Decimals.GetValueOrDefault(currency, 2);
        var scale = decimals switch
        {
            0 => 1m,
            2 => 100m,
            _ => 1000m,
        };
        var number = (Math.Abs((decimal)amount) / scale).ToString($"N{decimals}", CultureInfo.InvariantCulture);
        var sign = amount < 0 ? "-" : "";
        return $"{sign}{Symbols.GetValueOrDefault(currency, "")}{number} {currency}".TrimEnd() + Interval(price);
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
