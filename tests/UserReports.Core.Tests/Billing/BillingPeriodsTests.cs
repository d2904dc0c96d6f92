using CsCheck;
using UserReports.Core.Billing;

namespace UserReports.Core.Tests.Billing;

public sealed class BillingPeriodsTests
{
    private static readonly DateTimeOffset Now = Given.Utc("2026-11-20T12:00:00");

    [Fact]
    public void Of_ActivePlan_IsItsPeriod() =>
        AssertPeriod("2026-11-05", "2026-12-05", Given.Subscription(Given.Price(Given.Plan())));

    [Fact]
    public void Of_ActivePlanWithoutAnchor_IsTheCalendarMonth() =>
        AssertPeriod("2026-11-01", "2026-12-01", Given.Subscription(Given.Price(Given.Plan()), anchor: null));

    [Fact]
    public void Of_PeriodThatEndsBeforeItStarts_IsTheCalendarMonth() =>
        AssertPeriod(
            "2026-11-01",
            "2026-12-01",
            Given.Subscription(Given.Price(Given.Plan()), periodStart: "2026-12-05", periodEnd: "2026-11-05")
        );

    [Fact]
    public void Of_NoSubscription_IsTheCalendarMonth() => AssertPeriod("2026-11-01", "2026-12-01");

    [Fact]
    public void Of_AddOnAlone_IsTheCalendarMonth() =>
        AssertPeriod(
            "2026-11-01",
            "2026-12-01",
            Given.Subscription(Given.Price(Given.Product("""{"product_type":"addon"}""")))
        );

    [Fact]
    public void Of_CanceledPlans_RunMonthlyFromTheLatestEnd() =>
        AssertPeriod(
            "2026-11-10T08:00:00",
            "2026-12-10T08:00:00",
            Given.Subscription(Given.Price(Given.Plan()), "canceled", ended: "2026-03-10T08:00:00", id: "a"),
            Given.Subscription(Given.Price(Given.Plan()), "canceled", ended: "2025-12-25", id: "b")
        );

    [Fact]
    public void Of_CanceledPlanWithoutEnd_CountsFromItsCancellation() =>
        AssertPeriod(
            "2026-11-15",
            "2026-12-15",
            Given.Subscription(Given.Price(Given.Plan()), "canceled", canceled: "2026-01-15")
        );

    [Fact]
    public void Of_ActiveAndCanceledPlan_TheActiveOneCounts() =>
        AssertPeriod(
            "2026-11-05",
            "2026-12-05",
            Given.Subscription(Given.Price(Given.Plan()), "canceled", ended: "2026-10-10", id: "a"),
            Given.Subscription(Given.Price(Given.Plan()), id: "b")
        );

    [Fact]
    public void Of_WithoutStripe_IsTheCalendarMonth() =>
        Assert.Equal(
            new BillingPeriod(Given.Utc("2026-11-01"), Given.Utc("2026-12-01")),
            BillingPeriods.Of(Given.Organization(Given.Subscription(Given.Price(Given.Plan()))), hasStripe: false, Now)
        );

    [Theory]
    [InlineData("2026-11-15", "2026-10-31", "2026-11-30")]
    [InlineData("2026-12-15", "2026-11-30", "2026-12-31")]
    [InlineData("2027-01-15", "2026-12-31", "2027-01-31")]
    [InlineData("2027-02-15", "2027-01-31", "2027-02-28")]
    [InlineData("2027-03-15", "2027-02-28", "2027-03-31")]
    [InlineData("2027-04-15", "2027-03-31", "2027-04-30")]
    [InlineData("2026-11-30", "2026-10-31", "2026-11-30")]
    [InlineData("2026-01-01", "2026-10-31", "2026-11-30")]
    [InlineData("2028-02-10", "2028-01-31", "2028-02-29")]
    public void MonthlyFrom_EndOfOctober_ClampsToTheMonthsLastDay(string now, string start, string end) =>
        Assert.Equal(
            new BillingPeriod(Given.Utc(start), Given.Utc(end)),
            BillingPeriods.MonthlyFrom(Given.Utc("2026-10-31"), Given.Utc(now))
        );

    [Theory]
    [InlineData("9999-12-31T12:00:00")]
    [InlineData("0001-01-01T00:00:00")]
    public void MonthlyFrom_EndsOfTheCalendar_DoNotFail(string anchor)
    {
        var period = BillingPeriods.MonthlyFrom(Given.Utc(anchor), Now);
        Assert.True(period.Start <= period.End);
    }

    /// <summary>
    /// The independent computation counts days in a table of month lengths and knows nothing of dates.
    /// </summary>
    [Fact]
    public void MonthlyFrom_AnyAnchorAndInstant_AgreesWithCountingDays() =>
        Gen.Select(Gen.Int[0, 40_000], Gen.Int[0, 40_000])
            .Sample(
                (anchorDay, nowDay) =>
                {
                    var epoch = Given.Utc("1950-01-01");
                    var period = BillingPeriods.MonthlyFrom(epoch.AddDays(anchorDay), epoch.AddDays(nowDay));
                    var (start, end) = CountDays(anchorDay, nowDay);
                    Assert.Equal(
                        (start, end),
                        ((int)(period.Start - epoch).TotalDays, (int)(period.End - epoch).TotalDays)
                    );
                }
            );

    private static (int Start, int End) CountDays(int anchorDay, int nowDay)
    {
        // Walk month by month from 1950 to the anchor's month, then on from there.
        var (year, month, first) = (1950, 1, 0);
        while (first + Length(year, month) <= anchorDay)
            Next(ref year, ref month, ref first);
        var day = anchorDay - first;
        var start = anchorDay;
        while (true)
        {
            Next(ref year, ref month, ref first);
            var end = first + Math.Min(day, Length(year, month) - 1);
            if (end >= nowDay)
                return (start, end);
            start = end;
        }
    }

    private static void Next(ref int year, ref int month, ref int first)
    {
        first += Length(year, month);
        (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1);
    }

    private static int Length(int year, int month) =>
        month switch
        {
            2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
            4 or 6 or 9 or 11 => 30,
            _ => 31,
        };

    private static void AssertPeriod(string start, string end, params IReadOnlyList<Subscription> subscriptions) =>
        Assert.Equal(
            new BillingPeriod(Given.Utc(start), Given.Utc(end)),
            BillingPeriods.Of(Given.Organization(subscriptions), hasStripe: true, Now)
        );
}
