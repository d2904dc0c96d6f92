using System.Text.Json;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Stripe;

/// <summary>
/// A subscription as one row of its table; its items and tax rates stand in tables of their own, or in
/// <c>stripe_data</c>, and are added to the lists.
/// </summary>
internal sealed record SubscriptionRow(
    Subscription Subscription,
    StripeRecord Record,
    List<SubscriptionItem> Items,
    List<TaxRate> TaxRates
)
{
    private const string Table = "djstripe_subscription";

    /// <summary>True if the subscription says no period itself.</summary>
    public bool LacksPeriod => Subscription is { CurrentPeriodStart: null } or { CurrentPeriodEnd: null };

    /// <summary>The tax rates that <c>stripe_data</c> names: whole objects, or ids.</summary>
    public IEnumerable<JsonElement> TaxRatesOfData() => ListOf("default_tax_rates");

    /// <summary>An item as <c>stripe_data</c> has it within the subscription, or null.</summary>
    public JsonText? ItemOfData(string id)
    {
        if (Record.Data?.Member("items") is not { ValueKind: JsonValueKind.Object } items)
            return null;
        return StripeValues.Json(items) is { } list && list.Member("data") is { ValueKind: JsonValueKind.Array } data
            ? data.EnumerateArray().Select(item => StripeValues.Json(item)).FirstOrDefault(item => IdOf(item) == id)
            : null;
    }

    /// <summary>
    /// The statement for the organisations <c>$1</c>: organisation, the platform's id, then what <see cref="Read"/>
    /// reads.
    /// </summary>
    public static string Select(SourceCatalogue catalogue, StripeTable table)
    {
        var columns = new SourceColumns(catalogue);
        var customer = ("djstripe_customer", "k", columns.Referred(Table, "customer_id", "djstripe_customer"));
        var organization = columns.Key("djstripe_customer", "k", "subscriber_id");
        return $"""
            select {organization}, {columns.Key(Table, "s", "djstripe_id")}, {columns.Key(Table, "s", "id")},
                {columns.Key("djstripe_customer", "k", "id")}, {table.Selected}
            from djstripe_customer k join {Table} s on {columns.Same((Table, "s", "customer_id"), customer)}
            where {organization} = any($1) order by s.id
            """;
    }

    /// <summary>Reads a row of <see cref="Select"/>.</summary>
    public static SubscriptionRow Read(StripeTable table, SourceRow row, Action<DataWarning> warn)
    {
        var id = row.Text(2);
        var r = table.Read(new(row, "subscription", id, warn), 4);
        List<SubscriptionItem> items = [];
        List<TaxRate> taxRates = [];
        var read = new Subscription
        {
            Items = items,
            DefaultTaxRates = taxRates,
            Id = id,
            CustomerId = row.Text(3),
            Status = r.Text("status") ?? "",
            ScheduleId = r.Id("schedule_id"),
            DjstripeCreated = r.Instant("djstripe_created"),
            DjstripeUpdated = r.Instant("djstripe_updated"),
            Livemode = r.Flag("livemode"),
            Created = r.Instant("created"),
            Metadata = r.Json("metadata"),
            Description = r.Text("description"),
            ApplicationFeePercent = r.Decimal("application_fee_percent"),
            BillingCycleAnchor = r.Instant("billing_cycle_anchor"),
            BillingThresholds = r.Json("billing_thresholds"),
            CancelAt = r.Instant("cancel_at"),
            CancelAtPeriodEnd = r.Flag("cancel_at_period_end"),
            CanceledAt = r.Instant("canceled_at"),
            CollectionMethod = r.Text("collection_method"),
            CurrentPeriodStart = r.Instant("current_period_start"),
            CurrentPeriodEnd = r.Instant("current_period_end"),
            DaysUntilDue = r.Integer("days_until_due"),
            Discount = DiscountOf(r),
            EndedAt = r.Instant("ended_at"),
            NextPendingInvoiceItemInvoice = r.Instant("next_pending_invoice_item_invoice"),
            PauseCollection = r.Json("pause_collection"),
            PendingInvoiceItemInterval = r.Json("pending_invoice_item_interval"),
            PendingUpdate = r.Json("pending_update"),
            ProrationBehavior = r.Text("proration_behavior"),
            ProrationDate = r.Instant("proration_date"),
            Quantity = r.Integer("quantity"),
            StartDate = r.Instant("start_date"),
            TrialEnd = r.Instant("trial_end"),
            TrialStart = r.Instant("trial_start"),
            OwnerAccountId = r.Id("djstripe_owner_account_id"),
            DefaultPaymentMethodId = r.Id("default_payment_method_id"),
            DefaultSourceId = r.Id("default_source_id"),
            LatestInvoiceId = r.Id("latest_invoice_id"),
            PendingSetupIntentId = r.Id("pending_setup_intent_id"),
            PlanId = r.Id("plan_id"),
        };
        return new(read, r, items, taxRates);
    }

    /// <summary>The id of one of Stripe's objects, or null.</summary>
    public static string? IdOf(JsonText? data) => StripeValues.TryId(data?.Member("id"), out var id) ? id : null;

    /// <summary>Stripe kept one discount up to its API of 2024, and keeps a list of them since.</summary>
    private static JsonText? DiscountOf(StripeRecord r) =>
        r.PlaceOf("discount") is not null ? r.Json("discount")
        : r.Json("discount") is { } one ? one
        : r.Json("discounts") is { } several
        && several.Root is { ValueKind: JsonValueKind.Array } list
        && list.GetArrayLength() > 0
            ? several
        : null;

    private IEnumerable<JsonElement> ListOf(string key)
    {
        if (Record.Data?.Member(key) is not { } value)
            return [];
        return value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : Record.Unreadable<IEnumerable<JsonElement>>(key, ValueKind.Json) ?? [];
    }
}
