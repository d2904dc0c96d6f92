using System.Collections.Frozen;
using UserReports.Core.Reports;

namespace UserReports.Core.Billing;

/// <summary>
/// The operator's own limits, beside Stripe's or instead of them: for organisations, for all organisations that an
/// account owns, and for everybody. Each says something of some metrics and nothing of the others.
/// </summary>
public sealed class OperatorLimits
{
    /// <summary>No limits at all.</summary>
    public static readonly OperatorLimits None = new(null, [], []);

    private readonly MetricValues<Limit?>? standard;
    private readonly FrozenDictionary<long, MetricValues<Limit?>> byOwner;
    private readonly FrozenDictionary<string, MetricValues<Limit?>> byOrganization;

    /// <summary>Limits by whom they are for.</summary>
    /// <param name="standard">For everybody, or null.</param>
    /// <param name="byOwner">By the number of the account that owns the organisation.</param>
    /// <param name="byOrganization">By the organisation's identifier.</param>
    public OperatorLimits(
        MetricValues<Limit?>? standard,
        IEnumerable<KeyValuePair<long, MetricValues<Limit?>>> byOwner,
        IEnumerable<KeyValuePair<string, MetricValues<Limit?>>> byOrganization
    )
    {
        this.standard = standard;
        this.byOwner = byOwner.ToFrozenDictionary();
        this.byOrganization = byOrganization.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>What the file says of this organisation by its name, or of its owner; null for nothing.</summary>
    /// <param name="index">The metric's place in <see cref="Metric.All"/>.</param>
    public EffectiveLimit? Of(Organization organization, int index)
    {
        if (byOrganization.TryGetValue(organization.Id, out var own) && own[index] is { } limit)
            return new(limit.Value, LimitSource.Organization);
        return
            organization.OwnerUserId is { } owner
            && byOwner.TryGetValue(owner, out var owned)
            && owned[index] is { } ofOwner
            ? new(ofOwner.Value, LimitSource.Account)
            : null;
    }

    /// <summary>What counts where nothing else does; null for nothing.</summary>
    /// <inheritdoc cref="Of"/>
    public EffectiveLimit? Default(int index) =>
        standard?[index] is { } limit ? new(limit.Value, LimitSource.Default) : null;

    /// <summary>True if the file says something of just this organisation or of its owner.</summary>
    public bool Names(Organization organization) =>
        byOrganization.ContainsKey(organization.Id)
        || (organization.OwnerUserId is { } owner && byOwner.ContainsKey(owner));
}
