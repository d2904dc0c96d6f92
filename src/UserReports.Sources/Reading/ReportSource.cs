using System.Runtime.InteropServices;
using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Sources.Reading;

/// <summary>Reads the two source databases, range by range.</summary>
public sealed class ReportSource : IReportSource
{
    /// <summary>After so long what was read ahead is read anew.</summary>
    private static readonly TimeSpan AheadFor = TimeSpan.FromMinutes(1);

    private readonly SourceSettings settings;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim inspecting = new(1);
    private Shape? shape;
    private Ahead? ahead;

    /// <summary>Makes the sources known; nothing is opened yet.</summary>
    /// <exception cref="SourceException">A connection string is not valid.</exception>
    public ReportSource(SourceSettings settings, TimeProvider time)
    {
        this.settings = settings;
        this.time = time;
        Platform = SourceDatabase.Create("platform", settings.Platform, settings);
        Usage = SourceDatabase.Create("usage", settings.Usage, settings);
    }

    /// <summary>The platform database.</summary>
    public SourceDatabase Platform { get; }

    /// <summary>The usage database.</summary>
    public SourceDatabase Usage { get; }

    /// <inheritdoc/>
    public async Task<SourceInspection> InspectAsync(CancellationToken cancellationToken) =>
        (await ShapeAsync(cancellationToken)).Inspection;

    /// <inheritdoc/>
    public async Task BeginPassAsync(CancellationToken cancellationToken)
    {
        var known = await ShapeAsync(cancellationToken);
        ahead = await Platform.ReadForPassAsync(
            async session => new Ahead(
                await OrganizationPlaces.CreateAsync(session, cancellationToken),
                new OrganizationsElsewhere(time, AheadFor),
                await StripeAheadAsync(session, known, cancellationToken),
                time.GetTimestamp()
            ),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<CutRange>> CutRangesAsync(int accountsPerRange, CancellationToken cancellationToken) =>
        CutAsync(new(int.MinValue, int.MaxValue), accountsPerRange, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CutRange>> CutAsync(
        AccountRange range,
        int accountsPerPart,
        CancellationToken cancellationToken
    )
    {
        await ShapeAsync(cancellationToken);
        var selection = AccountSelection.Of(range);
        List<(long LastId, long Accounts)> cuts = [];
        await Platform.ReadForPassAsync(
            async session =>
            {
                // Part by part: to number all accounts takes three times as long as to count those of a part.
                long read;
                do
                {
                    read = 0;
                    await session.ReadAsync(
                        $"""
                        select max(id), count(*) from (
                            select id from auth_user where id > $1 and id <> $2 and {selection.Where("id", 4)}
                            order by id limit $3) part
                        having count(*) > 0
                        """,
                        row =>
                        {
                            read = row.Integer(1);
                            cuts.Add((row.Integer(0), read));
                        },
                        cancellationToken,
                        [
                            cuts.Count == 0 ? int.MinValue : (int)cuts[^1].LastId,
                            settings.AnonymousUserId,
                            (long)accountsPerPart,
                            .. selection.Parameters(session),
                        ]
                    );
                } while (read == accountsPerPart);

                return true;
            },
            cancellationToken
        );

        List<CutRange> parts = [];
        var first = range.FirstId;
        for (var i = 0; i < cuts.Count; i++)
        {
            var last = i == cuts.Count - 1 ? range.LastId : cuts[i].LastId;
            parts.Add(new(new(first, last), cuts[i].Accounts));
            first = last + 1;
        }

        return parts.Count > 0 ? parts : [new(range, 0)];
    }

    /// <inheritdoc/>
    public async Task<SourceBatch> ReadRangeAsync(
        AccountRange range,
        Func<Organization, BillingPeriod> periodOf,
        CancellationToken cancellationToken
    )
    {
        if (ahead is { } known && time.GetElapsedTime(known.ReadAt) > AheadFor)
        {
            var shapes = await ShapeAsync(cancellationToken);
            var stripe = await Platform.ReadForPassAsync(
                session => StripeAheadAsync(session, shapes, cancellationToken),
                cancellationToken
            );
            ahead = known with { Stripe = stripe, ReadAt = time.GetTimestamp() };
        }

        return await ReadAsync(AccountSelection.Of(range), periodOf, ahead, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<SourceBatch> ReadAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        Func<Organization, BillingPeriod> periodOf,
        CancellationToken cancellationToken
    ) => ReadAsync(AccountSelection.Of(accountIds), periodOf, null, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await Usage.DisposeAsync();
        inspecting.Dispose();
    }

    private async Task<SourceBatch> ReadAsync(
        AccountSelection selection,
        Func<Organization, BillingPeriod> periodOf,
        Ahead? ahead,
        CancellationToken cancellationToken
    )
    {
        var known = await ShapeAsync(cancellationToken);
        List<DataWarning> warnings = [];
        var read = await Platform.ReadForPassAsync(
            session => ReadPlatformAsync(session, known, selection, periodOf, ahead, warnings, cancellationToken),
            cancellationToken
        );
        List<UsageWindow> windows =
        [
            .. read
                .Organizations.Values.Where(o => o.OwnerUserId is not null && !read.Elsewhere.ContainsKey(o.Id))
                .Select(o => new UsageWindow(o.Id, o.OwnerUserId!.Value, read.Periods[o.Id])),
        ];
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var usage =
            windows.Count == 0
                ? []
                : await Usage.ReadForPassAsync(
                    session =>
                        UsageReader.ReadOrganizationsAsync(
                            session,
                            known.Usage,
                            selection,
                            windows,
                            settings.RetentionDays,
                            today,
                            warnings.Add,
                            cancellationToken
                        ),
                    cancellationToken
                );
        // What was odd is told by each range that reads it, and by none that takes it over.
        if (ahead is not null && warnings.Count == read.WarningsOfAccounts)
        {
            foreach (var window in windows.Where(window => !selection.Contains(window.UserId)))
            {
                var organization = read.Organizations[window.Key];
                if (!Plans.HasRivals(organization) && !Plans.LacksPeriod(organization))
                    ahead.Elsewhere.Keep(new(organization, window.Period, usage[window.Key]));
            }
        }

        WarnOf(read.Organizations.Values.Where(o => !read.Elsewhere.ContainsKey(o.Id)), warnings.Add);
        foreach (var (id, elsewhere) in read.Elsewhere)
            usage[id] = elsewhere.Usage;
        return new()
        {
            Accounts = read.Accounts,
            Organizations = read.Organizations,
            OrganizationUsage = usage,
            DefaultPlan = read.DefaultPlan,
            HasStripe = known.Inspection.HasStripe,
            Warnings = warnings,
        };
    }

    private async Task<PlatformRead> ReadPlatformAsync(
        SourceSession session,
        Shape known,
        AccountSelection selection,
        Func<Organization, BillingPeriod> periodOf,
        Ahead? ahead,
        List<DataWarning> warnings,
        CancellationToken cancellationToken
    )
    {
        var accounts = new AccountReader(session, known.Platform, settings.AnonymousUserId, warnings.Add);
        var members = new MembershipReader(session, known.Platform, ahead?.Places, warnings.Add);
        Dictionary<long, MetricValues<long>> languageServices = [];
        List<SourceStatement> statements =
        [
            .. accounts.Statements(selection),
            members.MembersOf(selection),
            .. members.Nearby(selection),
        ];
        if (known.Platform.CanRead("trackers_nlpusagecounter"))
            statements.Add(
                UsageReader.LanguageServices(session, known.Platform, selection, languageServices, warnings.Add)
            );
        await session.ReadAsync(statements, cancellationToken);

        var stripe = ahead?.Stripe;
        StripeReader? buying = null;
        if (known.Inspection.HasStripe)
        {
            stripe ??= await StripeAhead.ReadAsync(session, known.Platform, withKeys: false, cancellationToken);
            warnings.AddRange(stripe.Warnings);
            buying = new(session, known.Platform, stripe, warnings.Add);
        }

        var warningsOfAccounts = warnings.Count;
        var elsewhere = members.Take(id =>
            ahead?.Elsewhere.Find(id) is { } found && found.Period == periodOf(found.Organization) ? found : null
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
        var organizations = Organizations(memberships, elsewhere);
        buying?.AddTo(organizations);

        var periods = organizations.Values.ToDictionary(
            o => o.Id,
            o => elsewhere.TryGetValue(o.Id, out var taken) ? taken.Period : periodOf(o),
            StringComparer.Ordinal
        );
        var within = await ReadWithinAsync(session, known, memberships, languageServices, periods, cancellationToken);
        return new(
            Together(accounts.Accounts, memberships, languageServices, within),
            organizations,
            elsewhere,
            periods,
            stripe?.DefaultPlan,
            warningsOfAccounts
        );
    }

    private static Dictionary<string, Organization> Organizations(
        List<MembershipRow> memberships,
        Dictionary<string, OrganizationElsewhere> elsewhere
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
                organization = elsewhere.TryGetValue(m.OrganizationId, out var known)
                    ? known.Organization
                    : new(m.OrganizationId, m.Name, m.Website, m.OwnerUserId, [], []);
        }

        return organizations;
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

    private static async Task<StripeAhead?> StripeAheadAsync(
        SourceSession session,
        Shape known,
        CancellationToken cancellationToken
    ) =>
        known.Inspection.HasStripe
            ? await StripeAhead.ReadAsync(session, known.Platform, withKeys: true, cancellationToken)
            : null;

    /// <summary>The use of the language services within the billing periods of memberships.</summary>
    private static async Task<Dictionary<MembershipRow, MetricValues<long>>> ReadWithinAsync(
        SourceSession session,
        Shape known,
        List<MembershipRow> memberships,
        Dictionary<long, MetricValues<long>> languageServices,
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
        var sums = await UsageReader.ReadLanguageServicesWithinAsync(
            session,
            known.Platform,
            windows,
            cancellationToken
        );
        foreach (var (slot, values) in sums)
            within[counted[slot]] = values;
        return within;
    }

    /// <summary>Puts memberships and language-service usage to their accounts.</summary>
    private static List<SourceAccount> Together(
        IReadOnlyList<Account> accounts,
        List<MembershipRow> memberships,
        Dictionary<long, MetricValues<long>> languageServices,
        Dictionary<MembershipRow, MetricValues<long>> within
    )
    {
        var none = new MetricValues<long>(Metric.LanguageServices);

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
                own[i] = new(m.OrganizationId, m.IsOwner, m.IsAdmin, within.GetValueOrDefault(m, none));
            }

            together.Add(new(account, own, languageServices.GetValueOrDefault(account.Id, none)));
        }

        return together;
    }

    private async Task<Shape> ShapeAsync(CancellationToken cancellationToken)
    {
        if (shape is not null)
            return shape;
        await inspecting.WaitAsync(cancellationToken);
        try
        {
            if (shape is not null)
                return shape;
            Task<SourceCatalogue> CatalogueOf(SourceDatabase database) =>
                database.ReadForPassAsync(
                    session => SourceCatalogue.ReadAsync(session, cancellationToken),
                    cancellationToken
                );
            var reading = (Platform: CatalogueOf(Platform), Usage: CatalogueOf(Usage));
            await Task.WhenAll(reading.Platform, reading.Usage);
            var (platform, usage) = (await reading.Platform, await reading.Usage);
            platform.Require("platform", SourceTables.Platform);
            usage.Require("usage", SourceTables.Usage);
            if (settings.StripeEnabled)
                platform.RequireStripeWholeOrNone();
            shape = new(platform, usage, new(platform.HasStripe && settings.StripeEnabled, platform.Notes()));
            return shape;
        }
        finally
        {
            inspecting.Release();
        }
    }

    /// <summary>What a pass has read before its ranges.</summary>
    /// <param name="ReadAt">Of <see cref="Stripe"/>.</param>
    private sealed record Ahead(
        OrganizationPlaces? Places,
        OrganizationsElsewhere Elsewhere,
        StripeAhead? Stripe,
        long ReadAt
    );

    private sealed record Shape(SourceCatalogue Platform, SourceCatalogue Usage, SourceInspection Inspection);

    /// <param name="Elsewhere">Those of the organisations that were not read, but known.</param>
    /// <param name="WarningsOfAccounts">How many warnings came before the first of the organisations.</param>
    private sealed record PlatformRead(
        List<SourceAccount> Accounts,
        Dictionary<string, Organization> Organizations,
        Dictionary<string, OrganizationElsewhere> Elsewhere,
        Dictionary<string, BillingPeriod> Periods,
        Product? DefaultPlan,
        int WarningsOfAccounts
    );
}
