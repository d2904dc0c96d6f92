using UserReports.Core.Billing;
using UserReports.Core.Forecasting;

namespace UserReports.Core.Reports;

/// <summary>Turns what the sources hold into reports. Pure: the same batch gives the same reports.</summary>
/// <param name="retentionDays">How many days of submission counters the platform keeps.</param>
public sealed class ReportComputation(int retentionDays)
{
    /// <summary>The platform's own bookkeeping among an account's details, which is nobody's business.</summary>
    private const string BookkeepingKey = "done_storage_limits_check";

    private static readonly OrganizationUsage NoUsage = new(0, 0, 0);

    /// <summary>
    /// The reports of a batch: one per membership, or one for an account without any, in the batch's order.
    /// </summary>
    /// <param name="own">The operator's own limits.</param>
    /// <param name="warn">Told of every value that breaks a rule, maybe more than once per subject.</param>
    /// <param name="trends">How the rows' stored bytes have gone on; null where nothing is known of it.</param>
    public IReadOnlyList<Report> Compute(
        SourceBatch batch,
        OperatorLimits own,
        Action<DataWarning> warn,
        IStorageTrends? trends = null
    )
    {
        foreach (var warning in batch.Warnings)
            warn(warning);

        var organizations = new Dictionary<string, OrganizationFacts>(
            batch.Organizations.Count,
            StringComparer.Ordinal
        );
        var limits = new Limits(batch.HasStripe, batch.DefaultPlan, own, warn);
        foreach (var (id, organization) in batch.Organizations)
        {
            organizations[id] = new(
                organization,
                batch.Periods[id],
                limits.Of(organization),
                batch.OrganizationUsage.GetValueOrDefault(id, NoUsage),
                [.. organization.Subscriptions.OrderBy(s => s.Created).ThenBy(s => s.Id, StringComparer.Ordinal)]
            );
        }

        var reports = new List<Report>(batch.Accounts.Count);
        foreach (var source in batch.Accounts)
        {
            var activity = ActivityRules.Of(source.Account, source.Activity, batch.ReadAt);
            if (source.Memberships.Count == 0)
                reports.Add(Compose(source, activity, null, null, trends, batch.ReadAt));
            foreach (var membership in source.Memberships)
            {
                var facts = organizations[membership.OrganizationId];
                reports.Add(Compose(source, activity, membership, facts, trends, batch.ReadAt));
            }
        }

        return reports;
    }

    /// <summary>An account's free-form details without the platform's own bookkeeping.</summary>
    public static JsonText WithoutBookkeeping(JsonText data) => data.Without(BookkeepingKey);

    private static string RoleOf(Membership membership) =>
        membership.IsOwner ? "owner"
        : membership.IsAdmin ? "admin"
        : "member";

    private Report Compose(
        SourceAccount source,
        Activity activity,
        Membership? membership,
        OrganizationFacts? facts,
        IStorageTrends? trends,
        DateTimeOffset now
    )
    {
        var usage = facts?.Usage ?? NoUsage;
        var current = membership?.LanguageServicesCurrentPeriod ?? new(Metric.LanguageServices);
        var balances = new MetricValues<Balance?>(Metric.All);
        var restricted = false;
        var storage = trends?.Find(source.Account.Id, facts?.Organization.Id) ?? default;
        var forecasts = MetricForecasts.Unlimited;
        for (var index = 0; index < Metric.All.Count; index++)
        {
            var used = UsageOf(index, usage, current);
            var limit = (facts?.Limits ?? Limits.None)[index].Value;
            var balance = Balances.Of(used, limit);
            balances[index] = balance;
            restricted |= balance is { Exceeded: true };
            if (limit is null)
                continue;
            if (ReferenceEquals(forecasts, MetricForecasts.Unlimited))
                forecasts = MetricForecasts.NewUnlimited();
            forecasts[index] =
                Metric.All[index] == Metric.StorageBytes
                    ? StorageForecast.Of(limit, used, storage, now)
                    : PeriodForecast.Of(limit, used, WeeksOf(index, usage, source), facts!.Period.End, now);
        }

        return new()
        {
            UserId = source.Account.Id,
            OrganizationId = facts?.Organization.Id,
            Account = source.Account,
            Organization = facts is null
                ? null
                : new(facts.Organization.Name, facts.Organization.Id, RoleOf(membership!), facts.Organization.Website),
            Subscriptions = facts?.Subscriptions ?? [],
            ServiceUsage = new()
            {
                LanguageServicesCurrentPeriod = current,
                LanguageServicesAllTime = source.LanguageServicesAllTime,
                TotalStorageBytes = usage.StorageBytes,
                RetentionDays = retentionDays,
                SubmissionsCumulative = usage.SubmissionsCumulative,
                SubmissionsCurrentPeriod = usage.SubmissionsCurrentPeriod,
                Balances = balances,
                CurrentPeriod = facts?.Period,
            },
            AccountRestricted = restricted,
            LastUpdated = now,
            Limits = facts?.Limits,
            Activity = activity,
            Trend = TrendRules.Of(source.Activity, usage.StorageBytes, storage, now),
            Forecasts = forecasts,
        };
    }

    /// <summary>
    /// What is compared with the limit of the metric at <paramref name="index"/> of <see cref="Metric.All"/>.
    /// </summary>
    private static long UsageOf(int index, OrganizationUsage usage, MetricValues<long> languageServices)
    {
        var metric = Metric.All[index];
        return metric == Metric.Submission ? usage.SubmissionsCurrentPeriod
            : metric == Metric.StorageBytes ? usage.StorageBytes
            : languageServices[index - (Metric.All.Count - Metric.LanguageServices.Count)];
    }

    /// <summary>What the usage of <see cref="UsageOf"/> was in each of the last weeks.</summary>
    private static IReadOnlyList<long>? WeeksOf(int index, OrganizationUsage usage, SourceAccount source) =>
        Metric.All[index] == Metric.Submission
            ? usage.SubmissionsByWeek
            : source.LanguageServicesByWeek?[index - (Metric.All.Count - Metric.LanguageServices.Count)];

    private sealed record OrganizationFacts(
        Organization Organization,
        BillingPeriod Period,
        MetricValues<EffectiveLimit> Limits,
        OrganizationUsage Usage,
        IReadOnlyList<Subscription> Subscriptions
    );
}
