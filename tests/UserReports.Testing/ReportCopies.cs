using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Testing;

/// <summary>Reports that differ from others in what a test is about.</summary>
public static class ReportCopies
{
    /// <summary>The same in an organisation, with other figures if wanted.</summary>
    public static Report InOrganization(
        this Report report,
        string uid,
        long? storageBytes = null,
        IReadOnlyList<Subscription>? subscriptions = null
    ) =>
        new()
        {
            UserId = report.UserId,
            OrganizationId = uid,
            Account = report.Account,
            Organization = new($"Name of {uid}", uid, "member", ""),
            Subscriptions = subscriptions ?? report.Subscriptions,
            ServiceUsage = new()
            {
                LanguageServicesCurrentPeriod = report.ServiceUsage.LanguageServicesCurrentPeriod,
                LanguageServicesAllTime = report.ServiceUsage.LanguageServicesAllTime,
                TotalStorageBytes = storageBytes ?? report.ServiceUsage.TotalStorageBytes,
                RetentionDays = report.ServiceUsage.RetentionDays,
                SubmissionsCumulative = report.ServiceUsage.SubmissionsCumulative,
                SubmissionsCurrentPeriod = report.ServiceUsage.SubmissionsCurrentPeriod,
                Balances = report.ServiceUsage.Balances,
                CurrentPeriod = report.ServiceUsage.CurrentPeriod,
            },
            AccountRestricted = report.AccountRestricted,
            LastUpdated = report.LastUpdated,
            Limits = report.Limits,
            Activity = report.Activity,
            Trend = report.Trend,
            Forecasts = report.Forecasts,
        };
}
