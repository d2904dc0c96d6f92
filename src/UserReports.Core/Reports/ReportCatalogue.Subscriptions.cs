using UserReports.Core.Billing;

namespace UserReports.Core.Reports;

/// <content>The fields of a subscription.</content>
public static partial class ReportCatalogue
{
    private static IReadOnlyList<Field> Subscription(FieldBuilder<Subscription> f) =>
        [
            f.List("items", s => s.Items, "What is paid for.", Item),
            f.Text("schedule", s => s.ScheduleId, "Identifier of the schedule that changes the subscription.")
                .Nullable(),
            f.Instant("djstripe_created", s => s.DjstripeCreated, "When the platform first stored it.").Nullable(),
            f.Instant("djstripe_updated", s => s.DjstripeUpdated, "When the platform last stored it.").Nullable(),
            f.Text("id", s => s.Id, "Stripe's identifier.").Collected(),
            f.Boolean("livemode", s => s.Livemode, "False for Stripe's test mode.").Nullable(),
            f.Instant("created", s => s.Created, "When it was made at Stripe.").Nullable(),
            f.Json("metadata", s => s.Metadata, "Free-form details at Stripe.").Nullable().Describes(),
            f.Text("description", s => s.Description, "Words for the customer.").Nullable().Describes(),
            f.Decimal("application_fee_percent", s => s.ApplicationFeePercent, "The application's fee, percent.")
                .Nullable(),
            f.Instant("billing_cycle_anchor", s => s.BillingCycleAnchor, "What the billing cycle is aligned to.")
                .Nullable(),
            f.Json("billing_thresholds", s => s.BillingThresholds, "Amounts at which an invoice is sent early.")
                .Nullable(),
            f.Instant("cancel_at", s => s.CancelAt, "When it will be canceled.").Nullable(),
            f.Boolean("cancel_at_period_end", s => s.CancelAtPeriodEnd, "Ends with the current period.").Nullable(),
            f.Instant("canceled_at", s => s.CanceledAt, "When it was canceled.").Nullable(),
            f.Text("collection_method", s => s.CollectionMethod, "charge_automatically or send_invoice.")
                .Nullable()
                .OneOf("charge_automatically", "send_invoice"),
            f.Instant("current_period_start", s => SubscriptionPeriods.Shown(s).Start, "When the paid period began.")
                .Nullable(),
            f.Instant("current_period_end", s => SubscriptionPeriods.Shown(s).End, "When the paid period ends.")
                .Nullable(),
            f.Integer("days_until_due", s => s.DaysUntilDue, "Days that an invoice may stay unpaid.").Nullable(),
            f.Json("discount", s => s.Discount, "The discount in force, or the list of several.").Nullable(),
            f.Instant("ended_at", s => s.EndedAt, "When it ended.").Nullable(),
            f.Instant(
                    "next_pending_invoice_item_invoice",
                    s => s.NextPendingInvoiceItemInvoice,
                    "When items are invoiced next."
                )
                .Nullable(),
            f.Json("pause_collection", s => s.PauseCollection, "How payment is paused.").Nullable(),
            f.Json("pending_invoice_item_interval", s => s.PendingInvoiceItemInterval, "How often items are invoiced.")
                .Nullable(),
            f.Json("pending_update", s => s.PendingUpdate, "A change that waits for payment.").Nullable(),
            f.Text("proration_behavior", s => s.ProrationBehavior, "How a change within a period is charged.")
                .Nullable()
                .OneOf("create_prorations", "always_invoice", "none"),
            f.Instant("proration_date", s => s.ProrationDate, "The instant that proration counts from.").Nullable(),
            f.Integer("quantity", s => s.Quantity, "How many are paid for.").Nullable(),
            f.Instant("start_date", s => s.StartDate, "When it first began.").Nullable(),
            f.Text(
                    "status",
                    s => s.Status,
                    "active, past_due, trialing, unpaid, canceled, incomplete, incomplete_expired or paused."
                )
                .Collected()
                .OneOf(
                    "active",
                    "past_due",
                    "trialing",
                    "unpaid",
                    "canceled",
                    "incomplete",
                    "incomplete_expired",
                    "paused"
                ),
            f.Instant("trial_end", s => s.TrialEnd, "When the trial ends.").Nullable(),
            f.Instant("trial_start", s => s.TrialStart, "When the trial began.").Nullable(),
            f.Text("djstripe_owner_account", s => s.OwnerAccountId, "The Stripe account that it belongs to.")
                .Nullable(),
            f.Text("customer", s => s.CustomerId, "Stripe's identifier of the customer.").Collected(),
            f.Text("default_payment_method", s => s.DefaultPaymentMethodId, "Identifier of the way to pay.").Nullable(),
            f.Text("default_source", s => s.DefaultSourceId, "Identifier of the payment source.").Nullable(),
            f.Text("latest_invoice", s => s.LatestInvoiceId, "Identifier of the latest invoice.").Nullable(),
            f.Text("pending_setup_intent", s => s.PendingSetupIntentId, "Identifier of a pending set-up.").Nullable(),
            f.Text("plan", s => s.PlanId, "Identifier of the plan.").Nullable(),
            f.List(
                "default_tax_rates",
                s => s.DefaultTaxRates,
                "Tax rates of items that have none.",
                t =>
                    [
                        t.Text("id", x => x.Id, "Stripe's identifier.").Nullable(),
                        t.Integer("djstripe_id", x => x.DjstripeId, "The platform's identifier.").Nullable(),
                        t.Text("description", x => x.Description, "Words for the platform's own use.").Nullable(),
                        t.Text("display_name", x => x.DisplayName, "The name on invoices.").Nullable(),
                        t.Boolean("inclusive", x => x.Inclusive, "The tax is part of the price.").Nullable(),
                        t.Text("jurisdiction", x => x.Jurisdiction, "Where it applies.").Nullable(),
                        t.Decimal("percentage", x => x.Percentage, "Percent.").Nullable(),
                        t.Text("tax_type", x => x.TaxType, "The kind of tax, for example vat.").Nullable(),
                        t.Boolean("active", x => x.Active, "Can be used for new invoices.").Nullable(),
                        t.Text("country", x => x.Country, "ISO 3166 code of two letters.").Nullable(),
                        t.Text("state", x => x.State, "ISO 3166-2 code without the country.").Nullable(),
                    ]
            ),
        ];

    private static IReadOnlyList<Field> Item(FieldBuilder<SubscriptionItem> f) =>
        [
            f.Text("id", i => i.Id, "Stripe's identifier."),
            f.Object(
                    "price",
                    i => i.Price,
                    "The price.",
                    p =>
                        [
                            p.Text("id", x => x.Id, "Stripe's identifier.").Collected(),
                            p.Text("nickname", x => x.Nickname, "What the platform's operators call it.").Nullable(),
                            p.Text("currency", x => x.Currency, "ISO 4217, lower case.").Nullable(),
                            p.Text("type", x => x.Type, "recurring or one_time.")
                                .Nullable()
                                .OneOf("recurring", "one_time"),
                            p.Json("recurring", x => x.Recurring, "How often it is charged.").Nullable(),
                            p.Integer("unit_amount", x => x.UnitAmount, "Amount in the currency's smallest unit.")
                                .Nullable(),
                            p.Text(
                                    "human_readable_price",
                                    x => HumanReadablePrice.Of(x),
                                    "The price as people write it."
                                )
                                .Nullable(),
                            p.Json("metadata", x => x.Metadata, "Free-form details at Stripe, limits among them.")
                                .Nullable(),
                            p.Boolean("active", x => x.Active, "Can be bought.").Nullable(),
                            p.Object(
                                    "product",
                                    x => x.Product,
                                    "What is sold.",
                                    o =>
                                        [
                                            o.Text("id", x => x.Id, "Stripe's identifier.").Collected(),
                                            o.Text("name", x => x.Name, "The product's name.").Nullable().Collected(),
                                            o.Text("description", x => x.Description, "Words for the customer.")
                                                .Nullable(),
                                            o.Text("type", x => x.Type, "service or good.")
                                                .Nullable()
                                                .OneOf("service", "good"),
                                            o.Json(
                                                    "metadata",
                                                    x => x.Metadata,
                                                    "Free-form details at Stripe, limits among them."
                                                )
                                                .Nullable(),
                                        ]
                                )
                                .Nullable(),
                            p.Json(
                                    "transform_quantity",
                                    x => x.TransformQuantity,
                                    "How a quantity becomes what is charged."
                                )
                                .Nullable(),
                        ]
                )
                .Nullable(),
            f.Integer("quantity", i => i.Quantity, "How many.").Nullable(),
        ];
}
