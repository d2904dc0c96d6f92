using UserReports.Core.Billing;

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
    /// <param name="warn">Told of every value that breaks a rule, maybe more than once per subject.</param>
    public IReadOnlyList<Report> Compute(SourceBatch batch, Action<DataWarning> warn)
    {
        foreach (var warning in batch.Warnings)
            warn(warning);

        var organizations = new Dictionary<string, OrganizationFacts>(
            batch.Organizations.Count,
            StringComparer.Ordinal
        );
        var limits = new Limits(batch.DefaultPlan, warn);
        foreach (var (id, organization) in batch.Organizations)
        {
            organizations[id] = new(
                organization,
                batch.Periods[id],
                batch.HasStripe ? limits.Of(organization) : Limits.None,
                batch.OrganizationUsage.GetValueOrDefault(id, NoUsage),
                [.. organization.Subscriptions.OrderBy(s => s.Created).ThenBy(s => s.Id, StringComparer.Ordinal)]
            );
        }

        var reports = new List<Report>(batch.Accounts.Count);
        foreach (var source in batch.Accounts)
        {
            var account = source.Account;
            if (source.Memberships.Count == 0)
                reports.Add(Compose(source, account, null, null, batch.ReadAt));
            foreach (var membership in source.Memberships)
                reports.Add(
                    Compose(source, account, membership, organizations[membership.OrganizationId], batch.ReadAt)
                );
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
        Account account,
        Membership? membership,
        OrganizationFacts? facts,
        DateTimeOffset now
    )
    {
        var usage = facts?.Usage ?? NoUsage;
        var current = membership?.LanguageServicesCurrentPeriod ?? new(Metric.LanguageServices);
        var balances = new MetricValues<Balance?>(Metric.All);
        var restricted = false;
        for (var index = 0; index < Metric.All.Count; index++)
        {
            var balance = Balances.Of(UsageOf(index, usage, current), (facts?.Limits ?? Limits.None)[index]);
            balances[index] = balance;
            restricted |= balance is { Exceeded: true };
        }

        return new()
        {
            UserId = account.Id,
            OrganizationId = facts?.Organization.Id,
            Account = account,
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

    private sealed record OrganizationFacts(
        Organization Organization,
        BillingPeriod Period,
        MetricValues<long?> Limits,
        OrganizationUsage Usage,
        IReadOnlyList<Subscription> Subscriptions
    );
}
