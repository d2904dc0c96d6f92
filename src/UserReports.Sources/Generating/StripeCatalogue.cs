namespace UserReports.Sources.Generating;

/// <summary>What a generated platform sells.</summary>
internal static class StripeCatalogue
{
    public const long ProMonthly = 1;
    public const long ProYearly = 2;
    public const long TeamYearly = 3;
    public const long StorageMonthly = 4;
    public const long SmallMonthly = 5;

    private const string Monthly = """{"interval": "month", "interval_count": 1, "usage_type": "licensed"}""";
    private const string Yearly = """{"interval": "year", "interval_count": 1, "usage_type": "licensed"}""";

    public static void Write(GeneratedRows rows)
    {
        rows.Add(
            "djstripe_product",
            "prod_community",
            "Community",
            "For everyone",
            "service",
            """
            {"product_type": "plan", "default_free_plan": "true", "submission_limit": "5000",
             "storage_bytes_limit": "1073741824", "asr_seconds_limit": "600", "mt_characters_limit": "6000",
             "llm_requests_limit": "0"}
            """
        );
        rows.Add(
            "djstripe_product",
            "prod_professional",
            "Professional",
            null,
            "service",
            """
            {"product_type": "plan", "submission_limit": "30000", "storage_bytes_limit": "10737418240",
             "asr_seconds_limit": "6000", "mt_characters_limit": "72000", "llm_requests_limit": "200"}
            """
        );
        rows.Add(
            "djstripe_product",
            "prod_teams",
            "Teams",
            "For organisations",
            "service",
            """
            {"product_type": "plan", "submission_limit": "unlimited", "storage_bytes_limit": "unlimited",
             "asr_seconds_limit": "unlimited", "mt_characters_limit": "unlimited"}
            """
        );
        rows.Add(
            "djstripe_product",
            "prod_storage",
            "Storage 50 GB",
            "Storage add-on",
            "service",
            """{"product_type": "addon", "storage_bytes_limit": "53687091200"}"""
        );
        rows.Add(
            "djstripe_price",
            ProMonthly,
            "price_pro_month",
            "prod_professional",
            "pro monthly",
            "usd",
            "recurring",
            Monthly,
            8900L,
            "{}",
            true,
            null,
            8900m,
            "per_unit",
            null
        );
        rows.Add(
            "djstripe_price",
            ProYearly,
            "price_pro_year",
            "prod_professional",
            "pro yearly",
            "usd",
            "recurring",
            Yearly,
            89000L,
            """{"submission_limit": "360000"}""",
            true,
            null,
            89000m,
            "per_unit",
            null
        );
        rows.Add(
            "djstripe_price",
            TeamYearly,
            "price_team_year",
            "prod_teams",
            "",
            "eur",
            "recurring",
            Yearly,
            299900L,
            "{}",
            true,
            null,
            299900m,
            "per_unit",
            null
        );
        rows.Add(
            "djstripe_price",
            StorageMonthly,
            "price_storage_month",
            "prod_storage",
            "",
            "usd",
            "recurring",
            Monthly,
            2000L,
            "{}",
            true,
            """{"round": "up", "divide_by": 10}""",
            2000m,
            "per_unit",
            null
        );
        rows.Add(
            "djstripe_price",
            SmallMonthly,
            "price_small_quarter",
            "prod_professional",
            "small",
            "jpy",
            "recurring",
            """{"interval": "month", "interval_count": 3}""",
            9000L,
            """{"submission_limit": "1200"}""",
            true,
            null,
            9000m,
            "per_unit",
            null
        );
        rows.Add(
            "djstripe_taxrate",
            1L,
            "txr_vat_de",
            "VAT",
            "Mehrwertsteuer",
            true,
            "DE",
            19.0m,
            "vat",
            true,
            "DE",
            null
        );
    }
}
