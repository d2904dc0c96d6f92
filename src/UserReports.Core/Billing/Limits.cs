using System.Globalization;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Core.Billing;

/// <summary>What an organisation may use of each metric.</summary>
public sealed class Limits
{
    private static readonly MetricValues<long?> Unlimited = new(Metric.All);

    private readonly Product? defaultPlan;
    private readonly Action<DataWarning> warn;
    private MetricValues<long?>? ofDefaultPlan;

    /// <summary>Limits under a default plan.</summary>
    /// <param name="defaultPlan">Whose limits apply where no plan has its own; null for unlimited.</param>
    /// <param name="warn">Told of every limit that is no number.</param>
    public Limits(Product? defaultPlan, Action<DataWarning> warn)
    {
        this.defaultPlan = defaultPlan;
        this.warn = warn;
    }

    /// <summary>No limit for any metric: the limits without an organisation, and without Stripe.</summary>
    public static MetricValues<long?> None => Unlimited;

    /// <summary>The organisation's limits; null for unlimited, 0 where its plan does not include the metric.</summary>
    public MetricValues<long?> Of(Organization organization) =>
        // Nearly all organisations have neither: their limits are read once.
        organization is { Subscriptions.Count: 0, OneTimeAddOns.Count: 0 }
            ? ofDefaultPlan ??= Read(organization)
            : Read(organization);

    private MetricValues<long?> Read(Organization organization)
    {
        var plan = Plans.CurrentPlan(organization)?.Price;
        var addOn = Plans.CurrentAddOn(organization)?.Price;
        var limits = new MetricValues<long?>(Metric.All);
        for (var index = 0; index < Metric.All.Count; index++)
        {
            var metric = Metric.All[index];
            var limit = OfPrice(plan, metric.LimitKey) ?? Read(defaultPlan, metric.LimitKey) ?? Limit.Unlimited;
            if (metric == Metric.StorageBytes && OfPrice(addOn, metric.LimitKey) is { } more)
                limit = Limit.Larger(limit, more);
            limits[index] = WithOneTimeAddOns(limit, organization, metric.LimitKey).Value;
        }

        return limits;
    }

    private Limit? OfPrice(Price? price, string key) =>
        price is null ? null : Read(price.Metadata, key, $"price {price.Id}") ?? Read(price.Product, key);

    private Limit? Read(Product? product, string key) =>
        product is null ? null : Read(product.Metadata, key, $"product {product.Id}");

    private Limit WithOneTimeAddOns(Limit limit, Organization organization, string key)
    {
        foreach (var addOn in organization.OneTimeAddOns)
        {
            if (Read(addOn.UsageLimits, key, $"one-time add-on {addOn.Id}") is { } more)
                limit = limit.Plus(more);
        }

        return limit;
    }

    private Limit? Read(JsonText? metadata, string key, string subject)
    {
        if (metadata?.Member(key) is not { } value)
            return null;
        var text = value.ValueKind is JsonValueKind.String ? JsonText.StringOf(value)?.Trim() : value.GetRawText();
        if (text == "unlimited")
            return Limit.Unlimited;
        if (
            value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= 0
        )
            return new(number >= long.MaxValue ? long.MaxValue : (long)decimal.Floor(number));
        if (
            value.ValueKind is JsonValueKind.Number or JsonValueKind.String
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var huge)
            && huge >= long.MaxValue
            // More than a double holds is a number still; the word infinity is none.
            && char.IsAsciiDigit(text[^1])
        )
            return new(long.MaxValue);
        warn(new(subject, $"{key} is neither a number of at least 0 nor \"unlimited\"; it counts as absent."));
        return null;
    }

    /// <summary>
    /// A limit that is known; null inside it means unlimited, which null around it (absent) must not be taken for.
    /// </summary>
    private readonly record struct Limit(long? Value)
    {
        public static readonly Limit Unlimited = new(null);

        public static Limit Larger(Limit a, Limit b) =>
            a.Value is null || b.Value is null ? Unlimited : new(Math.Max(a.Value.Value, b.Value.Value));

        public Limit Plus(Limit more) =>
            Value is null || more.Value is null
                ? Unlimited
                : new(Value > long.MaxValue - more.Value ? long.MaxValue : Value + more.Value);
    }
}
