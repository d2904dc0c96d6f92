using UserReports.Core.Billing;

namespace UserReports.Core.Tests.Billing;

public sealed class SubscriptionPeriodsTests
{
    private static readonly DateTimeOffset Now = Given.Utc("2026-11-20T12:00:00");
    private static readonly Price Plan = Given.Price(Given.Plan());
    private static readonly Price AddOn = Given.Price(Given.Product("""{"product_type":"addon"}"""));

    [Fact]
    public void Of_PeriodOnThePlansItem_IsThatOfThePlan()
    {
        var subscription = Of(
            Item("si_a", AddOn, "2026-11-01", "2026-11-30"),
            Item("si_b", Plan, "2026-11-09", "2026-12-09")
        );

        AssertPeriod("2026-11-09", "2026-12-09", subscription);
        Assert.Equal((Given.Utc("2026-11-09"), Given.Utc("2026-12-09")), SubscriptionPeriods.Shown(subscription));
        Assert.False(Plans.LacksPeriod(Given.Organization(subscription)));
    }

    [Fact]
    public void Of_PeriodOnSubscriptionAndItem_IsTheSubscriptions()
    {
        var own = Given.Subscription(Plan);
        var subscription = new Subscription
        {
            Id = own.Id,
            CustomerId = own.CustomerId,
            Status = own.Status,
            BillingCycleAnchor = own.BillingCycleAnchor,
            CurrentPeriodStart = own.CurrentPeriodStart,
            CurrentPeriodEnd = own.CurrentPeriodEnd,
            Items = [Item("si_a", Plan, "2026-01-01", "2026-02-01")],
        };

        AssertPeriod("2026-11-05", "2026-12-05", subscription);
        Assert.Equal((own.CurrentPeriodStart, own.CurrentPeriodEnd), SubscriptionPeriods.Shown(subscription));
    }

    [Fact]
    public void Of_PeriodOnAnotherItemThanThePlans_IsShownButTheCalendarMonthCounts()
    {
        var subscription = Of(Item("si_a", AddOn, "2026-11-09", "2026-12-09"), Item("si_b", Plan, null, null));

        AssertPeriod("2026-11-01", "2026-12-01", subscription);
        Assert.Equal((Given.Utc("2026-11-09"), Given.Utc("2026-12-09")), SubscriptionPeriods.Shown(subscription));
        Assert.True(Plans.LacksPeriod(Given.Organization(subscription)));
    }

    [Fact]
    public void Of_NoItems_HasNoPeriod()
    {
        Assert.Equal((null, null), SubscriptionPeriods.Shown(Of()));
        Assert.False(Plans.LacksPeriod(Given.Organization(Of())));
        Assert.False(Plans.LacksPeriod(Given.Organization()));
    }

    private static SubscriptionItem Item(string id, Price price, string? start, string? end) =>
        new(id, price, 1)
        {
            CurrentPeriodStart = start is null ? null : Given.Utc(start),
            CurrentPeriodEnd = end is null ? null : Given.Utc(end),
        };

    private static Subscription Of(params IReadOnlyList<SubscriptionItem> items) =>
        new()
        {
            Id = "sub",
            CustomerId = "cus",
            Status = "active",
            BillingCycleAnchor = Given.Utc("2026-01-09"),
            Items = items,
        };

    private static void AssertPeriod(string start, string end, Subscription subscription) =>
        Assert.Equal(
            new BillingPeriod(Given.Utc(start), Given.Utc(end)),
            BillingPeriods.Of(Given.Organization(subscription), hasStripe: true, Now)
        );
}
