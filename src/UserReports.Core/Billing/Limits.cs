using System.Globalization;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Core.Billing;

/// <summary>What an organisation may use of each metric, and who says so.</summary>
public sealed class Limits
{
    private readonly bool hasStripe;
    private readonly Product? defaultPlan;
    private readonly OperatorLimits own;
    private readonly Action<DataWarning> warn;
    private MetricValues<EffectiveLimit>? usual;

    /// <summary>Limits under a default plan and the operator's own.</summary>
    /// <param name="hasStripe">False leaves plans and add-ons out.</param>
    /// <param name="defaultPlan">Whose limits apply where no plan has its own; null for unlimited.</param>
    /// <param name="warn">Told of every limit that is no number.</param>
    public Limits(bool hasStripe, Product? defaultPlan, OperatorLimits own, Action<DataWarning> warn)
    {
        this.hasStripe = hasStripe;
        this.defaultPlan = hasStripe ? defaultPlan : null;
        this.own = own;
        this.warn = warn;
    }

    /// <summary>No limit for any metric: the limits without an organisation.</summary>
    public static MetricValues<EffectiveLimit> None { get; } = new(Metric.All);

    /// <summary>
    /// The organisation's limits: for each metric by itself the operator's for it, or for its owner, those of its plan
    /// and add-on, the operator's for everybody, the default plan's, or none; and one-time add-ons on top.
    /// </summary>
    public MetricValues<EffectiveLimit> Of(Organization organization) =>
        // Nearly all organisations have nothing of their own: their limits are read once.
        (!hasStripe || organization is { Subscriptions.Count: 0, OneTimeAddOns.Count: 0 }) && !own.Names(organization)
            ? usual ??= Read(organization)
            : Read(organization);

    private MetricValues<EffectiveLimit> Read(Organization organization)
    {
        var plan = hasStripe ? Plans.CurrentPlan(organization)?.Price : null;
        var addOn = hasStripe ? Plans.CurrentAddOn(organization)?.Price : null;
        var limits = new MetricValues<EffectiveLimit>(Metric.All);
        for (var index = 0; index < Metric.All.Count; index++)
        {
            var limit = own.Of(organization, index) ?? OfPlans(plan, addOn, index);
            limits[index] = hasStripe ? WithOneTimeAddOns(limit, organization, Metric.All[index].LimitKey) : limit;
        }

        return limits;
    }

    private EffectiveLimit OfPlans(Price? plan, Price? addOn, int index)
    {
        var metric = Metric.All[index];
        var limit =
            Told(OfPrice(plan, metric.LimitKey), LimitSource.Plan)
            ?? own.Default(index)
            ?? Told(Read(defaultPlan, metric.LimitKey), LimitSource.DefaultPlan)
            ?? default;
        return
            metric == Metric.StorageBytes
            && OfPrice(addOn, metric.LimitKey) is { } more
            && more.IsLargerThan(new(limit.Value))
            ? new(more.Value, LimitSource.PlanAndAddOn)
            : limit;
    }

    private static EffectiveLimit? Told(Limit? limit, LimitSource source) =>
        limit is { } known ? new(known.Value, source) : null;

    private Limit? OfPrice(Price? price, string key) =>
        price is null ? null : Read(price.Metadata, key, $"price {price.Id}") ?? Read(price.Product, key);

    private Limit? Read(Product? product, string key) =>
        product is null ? null : Read(product.Metadata, key, $"product {product.Id}");

    private EffectiveLimit WithOneTimeAddOns(EffectiveLimit limit, Organization organization, string key)
    {
        foreach (var addOn in organization.OneTimeAddOns)
        {
            // What has no bound gets no larger, and what adds nothing explains nothing.
            if (
                Read(addOn.UsageLimits, key, $"one-time add-on {addOn.Id}") is { } more
                && limit.Value is not null
                && more.Value != 0
            )
                limit = new(new Limit(limit.Value).Plus(more).Value, LimitSource.OneTime);
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
}
