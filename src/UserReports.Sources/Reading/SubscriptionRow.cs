using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Sources.Reading;

/// <summary>
/// A subscription as one row of its table; its items and tax rates stand in tables of their own and are added to the
/// lists.
/// </summary>
internal sealed record SubscriptionRow(Subscription Subscription, List<SubscriptionItem> Items, List<TaxRate> TaxRates)
{
    private const string Table = "djstripe_subscription";

    /// <summary>
    /// The statement for the organisations <c>$1</c>: organisation, the platform's id, then what <see cref="Read"/>
    /// reads.
    /// </summary>
    public static string Select(StripeColumns c)
    {
        string Text(string column) => c.Text(Table, "s", column);
        string Instant(string column) => c.Instant(Table, "s", column);
        string Json(string column) => c.Json(Table, "s", column);
        string Id(string column) => c.Id(Table, "s", column);
        string Flag(string column) => c.Boolean(Table, "s", column);
        string Number(string column) => c.Integer(Table, "s", column);
        IEnumerable<string> selected =
        [
            "k.subscriber_id",
            "s.djstripe_id",
            "s.id",
            "s.customer_id",
            Text("status"),
            Id("schedule_id"),
            "s.djstripe_created",
            "s.djstripe_updated",
            Flag("livemode"),
            Instant("created"),
            Json("metadata"),
            Text("description"),
            c.Decimal(Table, "s", "application_fee_percent"),
            Instant("billing_cycle_anchor"),
            Json("billing_thresholds"),
            Instant("cancel_at"),
            Flag("cancel_at_period_end"),
            Instant("canceled_at"),
            Text("collection_method"),
            Instant("current_period_start"),
            Instant("current_period_end"),
            Number("days_until_due"),
            Json("discount"),
            Instant("ended_at"),
            Instant("next_pending_invoice_item_invoice"),
            Json("pause_collection"),
            Json("pending_invoice_item_interval"),
            Json("pending_update"),
            Text("proration_behavior"),
            Instant("proration_date"),
            Number("quantity"),
            Instant("start_date"),
            Instant("trial_end"),
            Instant("trial_start"),
            Id("djstripe_owner_account_id"),
            Id("default_payment_method_id"),
            Id("default_source_id"),
            Id("latest_invoice_id"),
            Id("pending_setup_intent_id"),
            Number("plan_id"),
        ];
        return $"""
            select {string.Join(", ", selected)}
            from djstripe_customer k join djstripe_subscription s on s.customer_id = k.id
            where k.subscriber_id = any($1) order by s.id
            """;
    }

    public static SubscriptionRow Read(SourceRow row, Action<DataWarning> warn)
    {
        var id = row.Text(2);
        DateTimeOffset? Instant(int column)
        {
            if (!row.TryInstant(column, out var instant))
                warn(new($"subscription {id}", "It holds an instant that no calendar has; it counts as absent."));
            return instant;
        }

        List<SubscriptionItem> items = [];
        List<TaxRate> taxRates = [];
        var read = new Subscription
        {
            Items = items,
            DefaultTaxRates = taxRates,
            Id = id,
            CustomerId = row.Text(3),
            Status = row.TextOrNull(4) ?? "",
            ScheduleId = row.TextOrNull(5),
            DjstripeCreated = Instant(6),
            DjstripeUpdated = Instant(7),
            Livemode = row.FlagOrNull(8),
            Created = Instant(9),
            Metadata = row.JsonOrNull(10),
            Description = row.TextOrNull(11),
            ApplicationFeePercent = row.DecimalOrNull(12),
            BillingCycleAnchor = Instant(13),
            BillingThresholds = row.JsonOrNull(14),
            CancelAt = Instant(15),
            CancelAtPeriodEnd = row.FlagOrNull(16),
            CanceledAt = Instant(17),
            CollectionMethod = row.TextOrNull(18),
            CurrentPeriodStart = Instant(19),
            CurrentPeriodEnd = Instant(20),
            DaysUntilDue = row.IntegerOrNull(21),
            Discount = row.JsonOrNull(22),
            EndedAt = Instant(23),
            NextPendingInvoiceItemInvoice = Instant(24),
            PauseCollection = row.JsonOrNull(25),
            PendingInvoiceItemInterval = row.JsonOrNull(26),
            PendingUpdate = row.JsonOrNull(27),
            ProrationBehavior = row.TextOrNull(28),
            ProrationDate = Instant(29),
            Quantity = row.IntegerOrNull(30),
            StartDate = Instant(31),
            TrialEnd = Instant(32),
            TrialStart = Instant(33),
            OwnerAccountId = row.TextOrNull(34),
            DefaultPaymentMethodId = row.TextOrNull(35),
            DefaultSourceId = row.TextOrNull(36),
            LatestInvoiceId = row.TextOrNull(37),
            PendingSetupIntentId = row.TextOrNull(38),
            PlanId = row.IntegerOrNull(39),
        };
        if (read.CurrentPeriodStart > read.CurrentPeriodEnd)
            warn(new($"subscription {id}", "Its period ends before it starts; the calendar month counts instead."));
        return new(read, items, taxRates);
    }
}
