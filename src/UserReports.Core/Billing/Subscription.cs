using UserReports.Core.Reports;

namespace UserReports.Core.Billing;

/// <summary>A subscription of a customer as dj-stripe keeps it. Instants are UTC; null where Stripe has none.</summary>
public sealed class Subscription
{
    /// <summary>Stripe's id, <c>sub_…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The customer's Stripe id, <c>cus_…</c>.</summary>
    public required string CustomerId { get; init; }

    /// <summary>
    /// Stripe's status: active, past_due, trialing, unpaid, canceled, incomplete, incomplete_expired or paused.
    /// </summary>
    public required string Status { get; init; }

    /// <summary>What is paid for; empty if the subscription has no items.</summary>
    public IReadOnlyList<SubscriptionItem> Items { get; init; } = [];

    /// <summary>The platform's number of the schedule, or Stripe's id: whatever the platform keeps.</summary>
    public string? ScheduleId { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? DjstripeCreated { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? DjstripeUpdated { get; init; }

    /// <summary>As in Stripe.</summary>
    public bool? Livemode { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>As in Stripe.</summary>
    public JsonText? Metadata { get; init; }

    /// <summary>As in Stripe.</summary>
    public string? Description { get; init; }

    /// <summary>As in Stripe.</summary>
    public decimal? ApplicationFeePercent { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? BillingCycleAnchor { get; init; }

    /// <summary>As in Stripe.</summary>
    public JsonText? BillingThresholds { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? CancelAt { get; init; }

    /// <summary>As in Stripe.</summary>
    public bool? CancelAtPeriodEnd { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? CanceledAt { get; init; }

    /// <summary>As in Stripe.</summary>
    public string? CollectionMethod { get; init; }

    /// <summary>
    /// The subscription's own, which it lacks since Stripe's API of 2025-03-31; see <see cref="SubscriptionPeriods"/>.
    /// </summary>
    public DateTimeOffset? CurrentPeriodStart { get; init; }

    /// <inheritdoc cref="CurrentPeriodStart"/>
    public DateTimeOffset? CurrentPeriodEnd { get; init; }

    /// <summary>As in Stripe.</summary>
    public long? DaysUntilDue { get; init; }

    /// <summary>The discount; where Stripe keeps several, the list of them, or of their ids.</summary>
    public JsonText? Discount { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? NextPendingInvoiceItemInvoice { get; init; }

    /// <summary>As in Stripe.</summary>
    public JsonText? PauseCollection { get; init; }

    /// <summary>As in Stripe.</summary>
    public JsonText? PendingInvoiceItemInterval { get; init; }

    /// <summary>As in Stripe.</summary>
    public JsonText? PendingUpdate { get; init; }

    /// <summary>As in Stripe.</summary>
    public string? ProrationBehavior { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? ProrationDate { get; init; }

    /// <summary>As in Stripe.</summary>
    public long? Quantity { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? StartDate { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? TrialEnd { get; init; }

    /// <summary>As in Stripe.</summary>
    public DateTimeOffset? TrialStart { get; init; }

    /// <summary>As in Stripe.</summary>
    public string? OwnerAccountId { get; init; }

    /// <summary>As in Stripe.</summary>
    public string? DefaultPaymentMethodId { get; init; }

    /// <summary>As in Stripe.</summary>
    public string? DefaultSourceId { get; init; }

    /// <summary>As in Stripe.</summary>
    public string? LatestInvoiceId { get; init; }

    /// <summary>As in Stripe.</summary>
    public string? PendingSetupIntentId { get; init; }

    /// <summary>The platform's number of the plan, or Stripe's id: whatever the platform keeps.</summary>
    public string? PlanId { get; init; }

    /// <summary>Tax rates that apply where an item has none of its own.</summary>
    public IReadOnlyList<TaxRate> DefaultTaxRates { get; init; } = [];
}

/// <summary>One line of a subscription.</summary>
/// <param name="Price">Null where the item's price is not in the platform's tables.</param>
public sealed record SubscriptionItem(string Id, Price? Price, long? Quantity)
{
    /// <summary>When the paid period of this item began; null where only the subscription says so.</summary>
    public DateTimeOffset? CurrentPeriodStart { get; init; }

    /// <summary>When the paid period of this item ends; null where only the subscription says so.</summary>
    public DateTimeOffset? CurrentPeriodEnd { get; init; }
}

/// <summary>A price of a product.</summary>
/// <param name="UnitAmount">In the currency's smallest unit (cents; yen for JPY), or null for a price without an
/// amount.</param>
/// <param name="Currency">ISO 4217, lower case as Stripe has it.</param>
/// <param name="Type"><c>recurring</c> or <c>one_time</c>.</param>
public sealed record Price(
    string Id,
    string? Nickname,
    string? Currency,
    string? Type,
    JsonText? Recurring,
    long? UnitAmount,
    JsonText? Metadata,
    bool? Active,
    Product? Product,
    JsonText? TransformQuantity
)
{
    /// <summary>
    /// The amount where it is no whole number of the currency's smallest unit, or the same as <see cref="UnitAmount"/>.
    /// </summary>
    public decimal? UnitAmountDecimal { get; init; }

    /// <summary><c>per_unit</c> or <c>tiered</c>.</summary>
    public string? BillingScheme { get; init; }

    /// <summary>A JSON list of what a tiered price costs from which quantity on; null where it is not known.</summary>
    public JsonText? Tiers { get; init; }
}

/// <summary>Something that is sold: a plan, a storage add-on, a one-time add-on.</summary>
public sealed record Product(string Id, string? Name, string? Description, string? Type, JsonText? Metadata);

/// <summary>A tax rate.</summary>
/// <param name="DjstripeId">The platform's own number of it, or null where the platform does not keep it.</param>
/// <param name="Percentage">In percent.</param>
public sealed record TaxRate(
    string? Id,
    long? DjstripeId,
    string? Description,
    string? DisplayName,
    bool? Inclusive,
    string? Jurisdiction,
    decimal? Percentage,
    string? TaxType,
    bool? Active,
    string? Country,
    string? State
);

/// <summary>A one-time add-on that is paid and not refunded.</summary>
/// <param name="UsageLimits">A JSON object of limit keys and what each adds.</param>
public sealed record OneTimeAddOn(string Id, JsonText UsageLimits);

/// <summary>An organisation with everything that its limits and its billing period depend on.</summary>
/// <param name="OwnerUserId">The effective user whose storage and submissions count, or null if the organisation has
/// no owner.</param>
public sealed record Organization(
    string Id,
    string Name,
    string Website,
    long? OwnerUserId,
    IReadOnlyList<Subscription> Subscriptions,
    IReadOnlyList<OneTimeAddOn> OneTimeAddOns
);
