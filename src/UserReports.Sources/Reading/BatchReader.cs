using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Counting;
using UserReports.Sources.Load;

namespace UserReports.Sources.Reading;

/// <summary>
/// Reads everything about some accounts: first the platform database, which says whose usage counts for which days,
/// then the usage database.
/// </summary>
/// <param name="prefetch">What the run has read before; null for single accounts.</param>
/// <param name="now">The instant that billing periods and retention are of.</param>
internal sealed class BatchReader(
    SourceDatabase platform,
    SourceDatabase usage,
    SourceShape shape,
    SourceSettings settings,
    RunPrefetch? prefetch,
    DateTimeOffset now
)
{
    private readonly List<DataWarning> warnings = [];

    private SourceWork Work => prefetch is null ? SourceWork.Accounts : SourceWork.Run;

    /// <summary>The batch of these accounts.</summary>
    public async Task<SourceBatch> ReadAsync(AccountSelection selection, CancellationToken cancellationToken)
    {
        var read = await platform.ReadForRunAsync(
            Work,
            session =>
                new PlatformReader(session, shape, settings.AnonymousUserId, prefetch, now, warnings).ReadAsync(
                    selection,
                    cancellationToken
                ),
            cancellationToken
        );
        List<UsageWindow> windows =
        [
            .. read
                .Organizations.Values.Where(o => o.OwnerUserId is not null && !read.Recent.ContainsKey(o.Id))
                .Select(o => new UsageWindow(o.Id, o.OwnerUserId!.Value, read.Periods[o.Id])),
        ];
        var used = await ReadUsageAsync(selection, windows, cancellationToken);
        KeepForOthers(selection, read, windows, used.Organizations);
        WarnOf(read.Organizations.Values.Where(o => !read.Recent.ContainsKey(o.Id)), warnings.Add);
        foreach (var (id, recent) in read.Recent)
            used.Organizations[id] = recent.Usage;
        return new()
        {
            ReadAt = now,
            Accounts =
            [
                .. read.Accounts.Select(account => account with { Activity = used.ActivityOf(account.Account.Id) }),
            ],
            Organizations = read.Organizations,
            Periods = read.Periods,
            OrganizationUsage = used.Organizations,
            DefaultPlan = read.DefaultPlan,
            HasStripe = shape.Inspection.HasStripe,
            Warnings = warnings,
        };
    }

    private Task<UsageFacts> ReadUsageAsync(
        AccountSelection selection,
        List<UsageWindow> windows,
        CancellationToken cancellationToken
    ) =>
        usage.ReadForRunAsync(
            Work,
            session =>
                new UsageReader(
                    session,
                    shape.Usage,
                    selection,
                    windows,
                    settings.RetentionDays,
                    DateOnly.FromDateTime(now.UtcDateTime),
                    warnings.Add
                ).ReadAsync(cancellationToken),
            cancellationToken
        );

    /// <summary>What was odd is told by each range that reads it, and by none that takes it over.</summary>
    private void KeepForOthers(
        AccountSelection selection,
        PlatformFacts read,
        List<UsageWindow> windows,
        Dictionary<string, OrganizationUsage> used
    )
    {
        if (prefetch is null || warnings.Count != read.WarningsOfAccounts)
            return;
        foreach (var window in windows.Where(window => !selection.Contains(window.UserId)))
        {
            var organization = read.Organizations[window.Key];
            if (!Plans.HasRivals(organization) && !Plans.LacksPeriod(organization))
                prefetch.Recent.Keep(new(organization, window.Period, used[window.Key]));
        }
    }

    private static void WarnOf(IEnumerable<Organization> organizations, Action<DataWarning> warn)
    {
        foreach (var organization in organizations)
        {
            var subject = $"organization {organization.Id}";
            if (organization.OwnerUserId is null)
                warn(new(subject, "It has no owner; its submissions and storage count as 0."));
            if (Plans.HasRivals(organization))
                warn(new(subject, "Several of its plans began at the same instant; the one with the last id counts."));
            if (Plans.LacksPeriod(organization))
                warn(new(subject, "Its plan says no period; the calendar month counts instead."));
        }
    }
}
