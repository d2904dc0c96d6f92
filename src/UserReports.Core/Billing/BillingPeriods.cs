namespace UserReports.Core.Billing;

/// <summary>Finds the current billing period of an organisation.</summary>
public static class BillingPeriods
{
    private static readonly DateTimeOffset LastMonth = new(9999, 12, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// The organisation's period: that of its plan, else monthly from the end of its last plan, else the calendar
    /// month.
    /// </summary>
    /// <param name="hasStripe">False gives the calendar month to everyone.</param>
    public static BillingPeriod Of(Organization organization, bool hasStripe, DateTimeOffset now)
    {
        if (!hasStripe)
            return CalendarMonth(now);
        if (Plans.CurrentPlan(organization) is { } plan)
        {
            // A period that ends before it starts is an error at the source; the calendar month is what is known then.
            return
                plan.Subscription.BillingCycleAnchor is not null
                && SubscriptionPeriods.OfPlan(plan) is ({ } start, { } end)
                && start <= end
                ? new(start, end)
                : CalendarMonth(now);
        }

        return Plans.LastPlanEnd(organization) is { } anchor ? MonthlyFrom(anchor, now) : CalendarMonth(now);
    }

    /// <summary>The first of the month of <paramref name="now"/> to the first of the next, UTC.</summary>
    public static BillingPeriod CalendarMonth(DateTimeOffset now)
    {
        var start = new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return new(start, start < LastMonth ? start.AddMonths(1) : DateTimeOffset.MaxValue);
    }

    /// <summary>
    /// Month by month from the anchor, on the anchor's day or the month's last day: the first period that does not end
    /// before
    /// <paramref name="now"/>, and never one before the anchor.
    /// </summary>
    public static BillingPeriod MonthlyFrom(DateTimeOffset anchor, DateTimeOffset now)
    {
        anchor = anchor.ToUniversalTime();
        now = now.ToUniversalTime();
        var months = Math.Max(0, ((now.Year - anchor.Year) * 12) + now.Month - anchor.Month - 1);
        // Always counted from the anchor: adding to a day that was clamped (28 February) would lose the anchor's day.
        while (AddMonths(anchor, months + 1) < now)
            months++;
        return new(AddMonths(anchor, months), AddMonths(anchor, months + 1));
    }

    private static DateTimeOffset AddMonths(DateTimeOffset anchor, int months) =>
        (anchor.Year * 12) + anchor.Month - 1 + months > (9999 * 12) + 11
            ? DateTimeOffset.MaxValue
            : anchor.AddMonths(months);
}
