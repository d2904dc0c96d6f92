using System.Runtime.InteropServices;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Counting;
using UserReports.Sources.Stripe;

namespace UserReports.Sources.Reading;

/// <summary>Reads what the platform database knows of some accounts, in as few rounds as its order allows.</summary>
/// <param name="prefetch">What the run has read before; null for single accounts.</param>
/// <param name="now">The instant that billing periods are of.</param>
/// <param name="warnings">Where to tell of values that could not be read.</param>
internal sealed class PlatformReader(
    SourceSession session,
    SourceShape shape,
    long anonymousUserId,
    RunPrefetch? prefetch,
    DateTimeOffset now,
    List<DataWarning> warnings
)
{
    private static readonly MetricValues<long> NoLanguageServices = new(Metric.LanguageServices);

    private readonly Dictionary<long, LanguageServiceUse> languageServices = [];

    /// <summary>The facts about these accounts and about every organisation that they belong to.</summary>
    public async Task<PlatformFacts> ReadAsync(AccountSelection selection, CancellationToken cancellationToken)
    {
        var accounts = new AccountReader(session, shape.Platform, anonymousUserId, warnings.Add);
        var members = new MembershipReader(session, shape.Platform, prefetch?.Blocks, warnings.Add);
        List<SourceStatement> statements =
        [
            .. accounts.Statements(selection),
            members.MembersOf(selection),
            .. members.Nearby(selection),
        ];
        if (shape.Platform.CanRead("trackers_nlpusagecounter"))
            statements.Add(
                LanguageServiceReader.AllTime(
                    session,
                    shape.Platform,
                    selection,
                    DateOnly.FromDateTime(now.UtcDateTime),
                    languageServices,
                    warnings.Add
                )
            );
        await session.ReadAsync(statements, cancellationToken);

        var stripe = prefetch?.Stripe;
        StripeReader? buying = null;
        if (shape.Inspection.HasStripe)
        {
            stripe ??= await StripePrefetch.ReadAsync(session, shape.Platform, withKeys: false, cancellationToken);
            warnings.AddRange(stripe.Warnings);
            buying = new(session, shape.Platform, stripe, warnings.Add);
        }

        var warningsOfAccounts = warnings.Count;
        var recent = members.Take(id =>
            prefetch?.Recent.Find(id) is { } found && found.Period == PeriodOf(found.Organization) ? found : null
        );
        await session.ReadAsync(
            [
                .. members.OrganizationsOfMembers(),
                .. buying?.Statements(members.OrganizationIds) ?? [],
                .. buying is not null && selection.IsFirstRange
                    ? [buying.StrayCustomers()]
                    : Array.Empty<SourceStatement>(),
            ],
            cancellationToken
        );
        await session.ReadAsync([.. buying?.StatementsOfSubscriptions() ?? []], cancellationToken);

        members.Learn(selection);
        var memberships = members.Memberships();
        var organizations = Organizations(memberships, recent);
        buying?.AddTo(organizations);
        var periods = organizations.Values.ToDictionary(
            o => o.Id,
            o => recent.TryGetValue(o.Id, out var taken) ? taken.Period : PeriodOf(o),
            StringComparer.Ordinal
        );
        var within = await ReadWithinAsync(memberships, periods, cancellationToken);
        return new(
            Together(accounts.Accounts, memberships, within),
            organizations,
            recent,
            periods,
            stripe?.DefaultPlan,
            warningsOfAccounts
        );
    }

    private BillingPeriod PeriodOf(Organization organization) =>
        BillingPeriods.Of(organization, shape.Inspection.HasStripe, now);

    private static Dictionary<string, Organization> Organizations(
        List<MembershipRow> memberships,
        Dictionary<string, RecentOrganization> recent
    )
    {
        var organizations = new Dictionary<string, Organization>(memberships.Count, StringComparer.Ordinal);
        foreach (var m in memberships)
        {
            ref var organization = ref CollectionsMarshal.GetValueRefOrAddDefault(
                organizations,
                m.OrganizationId,
                out var isKnown
            );
            if (!isKnown)
                organization = recent.TryGetValue(m.OrganizationId, out var known)
                    ? known.Organization
                    : new(m.OrganizationId, m.Name, m.Website, m.OwnerUserId, [], []);
        }

        return organizations;
    }

    /// <summary>The use of the language services within the billing periods of memberships.</summary>
    private async Task<Dictionary<MembershipRow, MetricValues<long>>> ReadWithinAsync(
        List<MembershipRow> memberships,
        Dictionary<string, BillingPeriod> periods,
        CancellationToken cancellationToken
    )
    {
        var within = new Dictionary<MembershipRow, MetricValues<long>>(ReferenceEqualityComparer.Instance);
        var counted = memberships.Where(m => languageServices.ContainsKey(m.UserId)).ToList();
        List<UsageWindow> windows =
        [
            .. counted.Select(m => new UsageWindow(m.OrganizationId, m.UserId, periods[m.OrganizationId])),
        ];
        var sums = await LanguageServiceReader.ReadWithinAsync(session, shape.Platform, windows, cancellationToken);
        foreach (var (slot, values) in sums)
            within[counted[slot]] = values;
        return within;
    }

    /// <summary>Puts memberships and language-service usage to their accounts.</summary>
    private List<SourceAccount> Together(
        IReadOnlyList<Account> accounts,
        List<MembershipRow> memberships,
        Dictionary<MembershipRow, MetricValues<long>> within
    )
    {
        // Both are ordered by account.
        List<SourceAccount> together = new(accounts.Count);
        var next = 0;
        foreach (var account in accounts)
        {
            while (next < memberships.Count && memberships[next].UserId < account.Id)
                next++;
            var first = next;
            while (next < memberships.Count && memberships[next].UserId == account.Id)
                next++;
            var own = next == first ? [] : new Membership[next - first];
            for (var i = 0; i < own.Length; i++)
            {
                var m = memberships[first + i];
                own[i] = new(m.OrganizationId, m.IsOwner, m.IsAdmin, within.GetValueOrDefault(m, NoLanguageServices));
            }

            var use = languageServices.GetValueOrDefault(account.Id);
            together.Add(
                new(account, own, use?.AllTime ?? NoLanguageServices) { LanguageServicesByWeek = use?.ByWeek }
            );
        }

        return together;
    }
}

/// <summary>What the platform database knows of some accounts.</summary>
/// <param name="Recent">Those of the organisations that were not read, but known from another range.</param>
/// <param name="Periods">The billing period of each organisation, by its id.</param>
/// <param name="DefaultPlan">The product whose limits apply where no plan says otherwise, or null.</param>
/// <param name="WarningsOfAccounts">How many warnings came before the first of the organisations.</param>
internal sealed record PlatformFacts(
    List<SourceAccount> Accounts,
    Dictionary<string, Organization> Organizations,
    Dictionary<string, RecentOrganization> Recent,
    Dictionary<string, BillingPeriod> Periods,
    Product? DefaultPlan,
    int WarningsOfAccounts
);
