using UserReports.Core.Reports;
using UserReports.Server.Explorer.Table;

namespace UserReports.Server.Explorer.Query;

/// <summary>A question that operators ask every day.</summary>
/// <param name="Label">What the chip says.</param>
/// <param name="Q">The query behind it.</param>
/// <param name="Ordering">The order that shows the worst first; empty for the default.</param>
public sealed record ReadyQuestion(string Label, string Q, string Ordering = "")
{
    private const string Activity = "activity__";
    private const string Forecast = "forecast__";
    private const string Used = "service_usage__balances__";

    /// <summary>All of them, in the order of the chips.</summary>
    public static readonly IReadOnlyList<ReadyQuestion> All =
    [
        new("Over a limit", "account_restricted:true", "-service_usage__balances__submission__balance_percent"),
        new(
            $"Near a limit (≥ {BalanceValue.NearPercent} %)",
            "("
                + string.Join(
                    " OR ",
                    Metric.All.Select(m => $"{Used}{m.Key}__balance_percent__gte:{BalanceValue.NearPercent}")
                )
                + ")"
                + " AND account_restricted:false",
            "-service_usage__balances__submission__balance_percent"
        ),
        new(
            "Over a limit within a week",
            string.Join(" OR ", Metric.All.Select(m => $"{Forecast}{m.Key}__days_to_limit__lte:7")),
            $"{Forecast}{Metric.Submission.Key}__days_to_limit"
        ),
        new("Storage grew most in 30 days", "trend__storage_bytes_30_days__gt:0", "-trend__storage_bytes_30_days"),
        new(
            "Large and free",
            "service_usage__total_storage_bytes__gte:1000000000"
                + " AND NOT subscriptions[]__status__in:active,past_due,trialing,unpaid",
            "-service_usage__total_storage_bytes"
        ),
        new(
            "Removal requested",
            "extra_details__date_removal_requested__isnull:false",
            "extra_details__date_removal_requested"
        ),
        new(
            "Inactive for a year and free",
            $"{Activity}inactive_days__gte:365 AND NOT subscriptions[]__status__in:active,past_due,trialing,unpaid",
            $"-{Activity}inactive_days"
        ),
        new(
            "Inactive for two years with data",
            $"{Activity}inactive_days__gte:730 AND service_usage__total_storage_bytes__gt:0",
            "-service_usage__total_storage_bytes"
        ),
        new("Suspended", $"{Activity}submissions_suspended:true"),
        new("No organisation", "organization__isnull:true"),
        new("Staff without MFA", "mfa_is_active:false AND (is_staff:true OR is_superuser:true)"),
    ];
}
