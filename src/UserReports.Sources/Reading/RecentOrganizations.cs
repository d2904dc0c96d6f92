using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Sources.Reading;

/// <summary>
/// Organisations that accounts of a range belong to but do not own. Their other members lie in any range, and each
/// would have them looked up anew, one by one, with their owners, subscriptions and usage, which costs far more than
/// reading them with their owner's range. So they are known for a while, as what is read ahead is.
/// </summary>
internal sealed class RecentOrganizations(TimeProvider time, TimeSpan keptFor)
{
    /// <summary>Of two halves, of which the older one goes when the newer one is full.</summary>
    private const int HalfMax = 10_000;

    private readonly Lock gate = new();
    private Dictionary<string, Known> newer = new(StringComparer.Ordinal);
    private Dictionary<string, Known> older = new(StringComparer.Ordinal);

    /// <summary>What was read of an organisation lately, or null.</summary>
    public RecentOrganization? Find(string id)
    {
        Known? known;
        lock (gate)
        {
            if (!newer.TryGetValue(id, out known) && !older.TryGetValue(id, out known))
                return null;
        }

        return time.GetElapsedTime(known.ReadAt) <= keptFor ? known.Organization : null;
    }

    /// <summary>Takes note of an organisation that has just been read.</summary>
    public void Keep(RecentOrganization organization)
    {
        lock (gate)
        {
            if (newer.Count == HalfMax)
                (older, newer) = (newer, new(StringComparer.Ordinal));
            newer[organization.Organization.Id] = new(organization, time.GetTimestamp());
        }
    }

    private sealed record Known(RecentOrganization Organization, long ReadAt);
}

/// <summary>An organisation with all that its members' reports need of it.</summary>
/// <param name="Period">The billing period that <paramref name="Usage"/> is of.</param>
internal sealed record RecentOrganization(Organization Organization, BillingPeriod Period, OrganizationUsage Usage);
