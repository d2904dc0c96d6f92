using UserReports.Sources.Schema;

namespace UserReports.Sources.Stripe;

/// <summary>
/// What is read of dj-stripe's tables beside keys. A name that ends with <c>_id</c> is a reference to another object,
/// whose name in <c>stripe_data</c> is without it.
/// </summary>
internal static class StripeColumns
{
    public static readonly SourceTable Subscription = SourceTable.Of(
        "djstripe_subscription",
        "status:text schedule_id:id djstripe_created:instant djstripe_updated:instant livemode:flag created:instant "
            + "metadata:json description:text application_fee_percent:decimal billing_cycle_anchor:instant "
            + "billing_thresholds:json cancel_at:instant cancel_at_period_end:flag canceled_at:instant "
            + "collection_method:text current_period_start:instant current_period_end:instant days_until_due:integer "
            + "discount:json ended_at:instant next_pending_invoice_item_invoice:instant pause_collection:json "
            + "pending_invoice_item_interval:json pending_update:json proration_behavior:text proration_date:instant "
            + "quantity:integer start_date:instant trial_end:instant trial_start:instant djstripe_owner_account_id:id "
            + "default_payment_method_id:id default_source_id:id latest_invoice_id:id pending_setup_intent_id:id plan_id:id"
    );

    public static readonly SourceTable Item = SourceTable.Of("djstripe_subscriptionitem", "quantity:integer");

    public static readonly SourceTable Price = SourceTable.Of(
        "djstripe_price",
        "nickname:text currency:text type:text recurring:json unit_amount:integer unit_amount_decimal:decimal "
            + "billing_scheme:text tiers:json metadata:json active:flag product_id:id transform_quantity:json"
    );

    public static readonly SourceTable Product = SourceTable.Of(
        "djstripe_product",
        "name:text description:text type:text metadata:json"
    );

    public static readonly SourceTable TaxRate = SourceTable.Of(
        "djstripe_taxrate",
        "id:id djstripe_id:integer description:text display_name:text inclusive:flag jurisdiction:text "
            + "percentage:decimal tax_type:text active:flag country:text state:text"
    );

    public static readonly SourceTable Charge = SourceTable.Of("djstripe_charge", "refunded:flag");
}
