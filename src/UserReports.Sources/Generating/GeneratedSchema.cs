using UserReports.Core.Reports;

namespace UserReports.Sources.Generating;

/// <summary>
/// The tables of a generated platform: those that a report is read from, with the columns that matter to it.
/// </summary>
public static class GeneratedSchema
{
    /// <summary>Tables of the platform database, by name.</summary>
    public static readonly IReadOnlyDictionary<string, GeneratedTable> Platform = ByName(
        GeneratedTable.Of(
            "auth_user",
            "id:int username:text first_name:text last_name:text email:text is_superuser:bool is_staff:bool is_active:bool "
                + "date_joined:instant last_login:instant password:text",
            "unique id",
            "unique username"
        ),
        GeneratedTable.Of("authtoken_token", "key:text user_id:int created:instant", "unique key", "unique user_id"),
        GeneratedTable.Of(
            "hub_extrauserdetail",
            "user_id:int uid:text data:json private_data:json date_removal_requested:instant date_removed:instant "
                + "password_date_changed:instant validated_password:bool last_project_activity:instant",
            "unique user_id",
            "last_project_activity"
        ),
        GeneratedTable.Of("account_emailaddress", "user_id:int email:text verified:bool primary:bool", "user_id"),
        GeneratedTable.Of("accounts_mfa_mfamethodswrapper", "user_id:int name:text is_active:bool", "user_id"),
        GeneratedTable.Of("mfa_authenticator", "user_id:int type:text data:json", "user_id"),
        GeneratedTable.Of(
            "socialaccount_socialaccount",
            "id:int user_id:int provider:text uid:text",
            "unique id",
            "user_id"
        ),
        GeneratedTable.Of(
            "organizations_organization",
            "id:text name:text website:text organization_type:text mmo_override:bool is_active:bool",
            "unique id"
        ),
        GeneratedTable.Of(
            "organizations_organizationuser",
            "id:int user_id:int organization_id:text is_admin:bool",
            "unique id",
            "unique user_id, organization_id",
            "organization_id"
        ),
        GeneratedTable.Of(
            "organizations_organizationowner",
            "organization_id:text organization_user_id:int",
            "unique organization_id",
            "unique organization_user_id"
        ),
        GeneratedTable.Of("kpi_asset", "owner_id:int _deployment_status:text pending_delete:bool", "owner_id"),
        GeneratedTable.Of(
            "trackers_nlpusagecounter",
            "user_id:int date:date " + string.Join(" ", Metric.LanguageServices.Select(m => $"{m.SourceColumn}:int")),
            "user_id, date",
            "date, user_id"
        ),
        GeneratedTable.Of("djstripe_customer", "id:text subscriber_id:text", "unique id", "subscriber_id"),
        GeneratedTable.Of(
            "djstripe_product",
            "id:text name:text description:text type:text metadata:json",
            "unique id"
        ),
        GeneratedTable.Of(
            "djstripe_price",
            "djstripe_id:bigint id:text product_id:text nickname:text currency:text type:text recurring:json unit_amount:bigint "
                + "metadata:json active:bool transform_quantity:json unit_amount_decimal:decimal(24,12) "
                + "billing_scheme:text tiers:json",
            "unique djstripe_id"
        ),
        GeneratedTable.Of(
            "djstripe_subscription",
            "djstripe_id:bigint id:text customer_id:text status:text schedule_id:bigint djstripe_created:instant "
                + "djstripe_updated:instant livemode:bool created:instant metadata:json description:text "
                + "application_fee_percent:decimal(5,2) billing_cycle_anchor:instant billing_thresholds:json cancel_at:instant "
                + "cancel_at_period_end:bool canceled_at:instant collection_method:text current_period_start:instant "
                + "current_period_end:instant days_until_due:int discount:json ended_at:instant "
                + "next_pending_invoice_item_invoice:instant pause_collection:json pending_invoice_item_interval:json "
                + "pending_update:json proration_behavior:text proration_date:instant quantity:int start_date:instant "
                + "trial_end:instant trial_start:instant djstripe_owner_account_id:text default_payment_method_id:text "
                + "default_source_id:text latest_invoice_id:text pending_setup_intent_id:text plan_id:bigint",
            "unique djstripe_id",
            "unique id",
            "customer_id"
        ),
        GeneratedTable.Of(
            "djstripe_subscriptionitem",
            "id:text subscription_id:text price_id:bigint quantity:int",
            "unique id",
            "subscription_id"
        ),
        GeneratedTable.Of(
            "djstripe_taxrate",
            "djstripe_id:bigint id:text description:text display_name:text inclusive:bool jurisdiction:text percentage:decimal(7,4) "
                + "tax_type:text active:bool country:text state:text",
            "unique djstripe_id"
        ),
        GeneratedTable.Of(
            "djstripe_djstripesubscriptiondefaulttaxrate",
            "subscription_id:bigint taxrate_id:bigint",
            "subscription_id"
        ),
        GeneratedTable.Of("djstripe_charge", "id:text refunded:bool", "unique id"),
        GeneratedTable.Of(
            "stripe_planaddon",
            "id:text organization_id:text usage_limits:json charge_id:text",
            "unique id",
            "organization_id"
        )
    );

    /// <summary>Tables of the usage database, by name.</summary>
    public static readonly IReadOnlyDictionary<string, GeneratedTable> Usage = ByName(
        GeneratedTable.Of(
            "main_userprofile",
            "user_id:int attachment_storage_bytes:bigint submissions_suspended:bool",
            "unique user_id"
        ),
        GeneratedTable.Of(
            "logger_dailyxformsubmissioncounter",
            "user_id:int date:date counter:int xform_id:int",
            "user_id, date",
            "date, user_id"
        )
    );

    private static Dictionary<string, GeneratedTable> ByName(params IEnumerable<GeneratedTable> tables) =>
        tables.ToDictionary(t => t.Name, StringComparer.Ordinal);
}
