using UserReports.Core.Billing;

namespace UserReports.Core.Reports;

/// <summary>
/// A range of account ids, both ends included: the unit of work, of resumption and of progress of a run.
/// </summary>
public readonly record struct AccountRange(long FirstId, long LastId)
{
    /// <summary>True for the range that a run begins with.</summary>
    public bool IsFirst => FirstId == int.MinValue;

    /// <summary>True if the account belongs to the range.</summary>
    public bool Contains(long accountId) => accountId >= FirstId && accountId <= LastId;

    /// <summary>Cuts the range, without gaps, into ranges of at most so many ids.</summary>
    public IReadOnlyList<AccountRange> Cut(int idsMax)
    {
        List<AccountRange> parts = [];
        for (var first = FirstId; first <= LastId; first += idsMax)
            parts.Add(new(first, Math.Min(first + idsMax - 1, LastId)));
        return parts;
    }
}

/// <summary>
/// Everything that the reports of some accounts are computed from, read in one snapshot per database; within a run,
/// organisations that another range has just read may be up to a minute older.
/// </summary>
public sealed record SourceBatch
{
    /// <summary>The instant that all of this is of: periods, retention and the reports' <c>last_updated</c>.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>The accounts that exist, ordered by id; the anonymous user is never among them.</summary>
    public required IReadOnlyList<SourceAccount> Accounts { get; init; }

    /// <summary>Every organisation that a membership of these accounts names, by id.</summary>
    public required IReadOnlyDictionary<string, Organization> Organizations { get; init; }

    /// <summary>The billing period of each of them, by id: the one that their usage was summed for.</summary>
    public required IReadOnlyDictionary<string, BillingPeriod> Periods { get; init; }

    /// <summary>
    /// What the organisations' effective users use, by organisation id; none for an organisation without an owner.
    /// </summary>
    public required IReadOnlyDictionary<string, OrganizationUsage> OrganizationUsage { get; init; }

    /// <summary>The product whose limits apply where no plan says otherwise, or null.</summary>
    public Product? DefaultPlan { get; init; }

    /// <summary>False where the platform has no Stripe tables or Stripe is off: unlimited, calendar months.</summary>
    public required bool HasStripe { get; init; }

    /// <summary>Values that could not be read; each cost its field alone.</summary>
    public IReadOnlyList<DataWarning> Warnings { get; init; } = [];
}

/// <summary>An account with its memberships and its own usage.</summary>
/// <param name="Memberships">One per organisation, ordered by organisation id; empty for none.</param>
/// <param name="LanguageServicesAllTime">Own use of the language services, ever.</param>
public sealed record SourceAccount(
    Account Account,
    IReadOnlyList<Membership> Memberships,
    MetricValues<long> LanguageServicesAllTime
)
{
    /// <summary>What the account itself did.</summary>
    public AccountActivity Activity { get; init; } = AccountActivity.None;

    /// <summary>
    /// Own use of the language services in weeks, for each metric of them as <see cref="AccountActivity.ByWeek"/> has
    /// submissions; null for none at all.
    /// </summary>
    public MetricValues<long[]?>? LanguageServicesByWeek { get; init; }
}

/// <summary>An account's place in an organisation.</summary>
/// <param name="LanguageServicesCurrentPeriod">The account's own use within this organisation's billing period.</param>
public sealed record Membership(
    string OrganizationId,
    bool IsOwner,
    bool IsAdmin,
    MetricValues<long> LanguageServicesCurrentPeriod
);

/// <summary>What an organisation's effective user uses.</summary>
/// <param name="SubmissionsCumulative">Within retention.</param>
/// <param name="SubmissionsCurrentPeriod">In the organisation's billing period, both end days included.</param>
/// <param name="SubmissionsByWeek">As <see cref="AccountActivity.ByWeek"/>; null for none at all.</param>
public sealed record OrganizationUsage(
    long StorageBytes,
    long SubmissionsCumulative,
    long SubmissionsCurrentPeriod,
    IReadOnlyList<long>? SubmissionsByWeek = null
);

/// <summary>A value of a source that breaks a rule. It is reported once per run and subject.</summary>
/// <param name="Subject">What holds the value, by its id, never by personal details: <c>product prod_x</c>, <c>account
/// 17</c>.</param>
/// <param name="Problem">What is wrong and what was done instead, as a sentence without personal details.</param>
public readonly record struct DataWarning(string Subject, string Problem);
