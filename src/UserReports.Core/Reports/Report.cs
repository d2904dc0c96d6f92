using UserReports.Core.Billing;
using UserReports.Core.Forecasting;

namespace UserReports.Core.Reports;

/// <summary>
/// One row of the report: an account in one of its organisations, or an account without any. What each member becomes
/// in JSON, in filters and in storage is declared in <see cref="ReportCatalogue"/>.
/// </summary>
/// <remarks>All instants are UTC; text is never null unless said.</remarks>
public sealed class Report
{
    /// <summary>The account's id on the platform (<c>auth_user.id</c>).</summary>
    public required long UserId { get; init; }

    /// <summary>The organisation's id, or null for an account without one.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>
    /// The row's id, unique among all rows: <c>{user_id}-{organization_id}</c> or <c>{user_id}-orgnone</c>.
    /// </summary>
    public string Id => $"{UserId}-{OrganizationId ?? "orgnone"}";

    /// <summary>The account with its details, shared by all rows of the account.</summary>
    public required Account Account { get; init; }

    /// <summary>The organisation as this account sees it, or null.</summary>
    public ReportOrganization? Organization { get; init; }

    /// <summary>Every subscription of the organisation, each once, ordered by creation, then id.</summary>
    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    /// <summary>Usage, limits and what is left.</summary>
    public required ServiceUsage ServiceUsage { get; init; }

    /// <summary>True if any balance is exceeded.</summary>
    public required bool AccountRestricted { get; init; }

    /// <summary>When this row was computed.</summary>
    public required DateTimeOffset LastUpdated { get; init; }

    /// <summary>
    /// The organisation's limit of each metric of <see cref="Metric.All"/>, and where it comes from; null without an
    /// organisation.
    /// </summary>
    public MetricValues<EffectiveLimit>? Limits { get; init; }

    /// <summary>Whether anybody is still there: the account's own doing, not its organisation's.</summary>
    public Activity Activity { get; init; } = Activity.None;

    /// <summary>How the row's figures differ from those of some time ago.</summary>
    public Trend Trend { get; init; } = Trend.None;

    /// <summary>
    /// When each limit of <see cref="Metric.All"/> is reached; null where the plan does not include the metric (limit
    /// 0).
    /// </summary>
    public MetricValues<Forecast?> Forecasts { get; init; } = MetricForecasts.Unlimited;
}

/// <summary>The organisation of a row.</summary>
/// <param name="Role"><c>owner</c>, <c>admin</c> or <c>member</c>: the account's role in this organisation.</param>
public sealed record ReportOrganization(string Name, string Uid, string Role, string Website);

/// <summary>What the account and its organisation use, and how much of it the plan leaves.</summary>
public sealed class ServiceUsage
{
    /// <summary>
    /// The account's own use of the language services in this row's billing period; 0 without a period.
    /// </summary>
    public required MetricValues<long> LanguageServicesCurrentPeriod { get; init; }

    /// <summary>The account's own use of the language services since it exists.</summary>
    public required MetricValues<long> LanguageServicesAllTime { get; init; }

    /// <summary>Bytes stored by the organisation's effective user.</summary>
    public required long TotalStorageBytes { get; init; }

    /// <summary>How many days of submission counters the platform keeps.</summary>
    public required int RetentionDays { get; init; }

    /// <summary>Submissions of the organisation's effective user within retention.</summary>
    public required long SubmissionsCumulative { get; init; }

    /// <summary>Submissions of the organisation's effective user in the current billing period.</summary>
    public required long SubmissionsCurrentPeriod { get; init; }

    /// <summary>
    /// A balance per metric of <see cref="Metric.All"/>; null where the plan does not include the metric (limit 0).
    /// </summary>
    public required MetricValues<Balance?> Balances { get; init; }

    /// <summary>The organisation's current billing period, or null for an account without an organisation.</summary>
    public required BillingPeriod? CurrentPeriod { get; init; }
}

/// <summary>How much of a limit is left.</summary>
/// <param name="EffectiveLimit">The limit, or null for unlimited.</param>
/// <param name="Value">Limit less usage, negative when over it; null for unlimited.</param>
/// <param name="Percent">Usage in percent of the limit, halves rounded up; 0 for unlimited.</param>
/// <param name="Exceeded">True if usage is over the limit.</param>
public sealed record Balance(long? EffectiveLimit, long? Value, long Percent, bool Exceeded);
