namespace UserReports.Core.Billing;

/// <summary>
/// The paid period of a subscription. Up to Stripe's API of 2025-03-31 it stands on the subscription, since then on
/// each
/// of its items.
/// </summary>
public static class SubscriptionPeriods
{
    /// <summary>The period of a plan: its subscription's, else that of the plan's own item.</summary>
    /// <returns>UTC; null where neither says.</returns>
    public static (DateTimeOffset? Start, DateTimeOffset? End) OfPlan(SubscribedPrice plan) =>
        (
            plan.Subscription.CurrentPeriodStart ?? plan.Item.CurrentPeriodStart,
            plan.Subscription.CurrentPeriodEnd ?? plan.Item.CurrentPeriodEnd
        );

    /// <summary>What a report shows: the subscription's period, else its plan item's, else its first item's.</summary>
    /// <inheritdoc cref="OfPlan"/>
    public static (DateTimeOffset? Start, DateTimeOffset? End) Shown(Subscription subscription)
    {
        if (subscription is { CurrentPeriodStart: not null, CurrentPeriodEnd: not null })
            return (subscription.CurrentPeriodStart, subscription.CurrentPeriodEnd);
        var plan = Plans.PlanItem(subscription);
        var first = subscription.Items.Count > 0 ? subscription.Items[0] : null;
        return (
            subscription.CurrentPeriodStart ?? plan?.CurrentPeriodStart ?? first?.CurrentPeriodStart,
            subscription.CurrentPeriodEnd ?? plan?.CurrentPeriodEnd ?? first?.CurrentPeriodEnd
        );
    }
}
