using UserReports.Core.Reports;

namespace UserReports.Core.Billing;

/// <summary>Which of an organisation's subscriptions its limits and its billing period come from.</summary>
public static class Plans
{
    private const string PlanType = "plan";
    private const string AddOnType = "addon";

    private static readonly HashSet<string> ActiveStatuses = ["active", "past_due", "trialing", "unpaid"];

    /// <summary>True for the status of a subscription that counts.</summary>
    public static bool IsInForce(string status) => ActiveStatuses.Contains(status);

    /// <summary>The plan that counts now, or null: of the active plans the one that began last.</summary>
    public static SubscribedPrice? CurrentPlan(Organization organization) => Latest(organization, PlanType);

    /// <summary>
    /// True if another active plan began at the very instant at which the plan that counts did: which of them counts is
    /// then settled by their ids.
    /// </summary>
    public static bool HasRivals(Organization organization) =>
        organization.Subscriptions.Count > 1
        && CurrentPlan(organization)?.Subscription is { } plan
        && organization.Subscriptions.Any(other =>
            other.Id != plan.Id
            && other.StartDate == plan.StartDate
            && ActiveStatuses.Contains(other.Status)
            && other.Items.Any(item => IsOfType(item, PlanType))
        );

    /// <summary>The item of a subscription that is its plan, or null; of several the one with the last id.</summary>
    public static SubscriptionItem? PlanItem(Subscription subscription) =>
        subscription.Items.Where(item => IsOfType(item, PlanType)).MaxBy(item => item.Id, StringComparer.Ordinal);

    /// <summary>True if the plan that counts has no period: the calendar month counts then.</summary>
    public static bool LacksPeriod(Organization organization) =>
        organization.Subscriptions.Count > 0
        && CurrentPlan(organization) is { } plan
        && SubscriptionPeriods.OfPlan(plan) is (null, _) or (_, null);

    /// <summary>The storage add-on that counts now, or null: of the active add-ons the one that began last.</summary>
    public static SubscribedPrice? CurrentAddOn(Organization organization) => Latest(organization, AddOnType);

    /// <summary>When the last of the organisation's canceled plans ended, or null if none was canceled.</summary>
    public static DateTimeOffset? LastPlanEnd(Organization organization)
    {
        DateTimeOffset? last = null;
        foreach (var subscription in organization.Subscriptions)
        {
            if (subscription.Status != "canceled" || !subscription.Items.Any(item => IsOfType(item, PlanType)))
                continue;
            var end = subscription.EndedAt ?? subscription.CanceledAt;
            if (last is null || end > last)
                last = end ?? last;
        }

        return last;
    }

    private static SubscribedPrice? Latest(Organization organization, string productType)
    {
        SubscribedPrice? latest = null;
        foreach (var subscription in organization.Subscriptions)
        {
            if (!ActiveStatuses.Contains(subscription.Status))
                continue;
            foreach (var item in subscription.Items)
            {
                if (IsOfType(item, productType) && (latest is null || IsLater(subscription, item, latest)))
                    latest = new(subscription, item);
            }
        }

        return latest;
    }

    private static bool IsLater(Subscription subscription, SubscriptionItem item, SubscribedPrice latest)
    {
        var byStart = Nullable.Compare(subscription.StartDate, latest.Subscription.StartDate);
        if (byStart != 0)
            return byStart > 0;
        var byId = string.CompareOrdinal(subscription.Id, latest.Subscription.Id);
        return byId > 0 || (byId == 0 && string.CompareOrdinal(item.Id, latest.Item.Id) > 0);
    }

    private static bool IsOfType(SubscriptionItem item, string productType) =>
        item.Price?.Product?.Metadata?.Member("product_type") is { } type && JsonText.StringOf(type) == productType;
}

/// <summary>A price that an organisation is subscribed to.</summary>
/// <param name="Item">Its price and its product are known.</param>
public sealed record SubscribedPrice(Subscription Subscription, SubscriptionItem Item)
{
    /// <summary>The item's price.</summary>
    public Price Price => Item.Price!;
}
