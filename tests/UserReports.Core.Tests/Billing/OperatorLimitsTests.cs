using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Core.Tests.Billing;

/// <summary>Which of all limits counts, and what it says of itself.</summary>
public sealed class OperatorLimitsTests
{
    /// <summary>
    /// Words of <paramref name="given"/>: what each source says of storage. The organisation has 100 of its own file,
    /// its owner 200, its plan 300, its add-on 400, a one-time add-on 7, everybody 500, Stripe's default plan 600.
    /// </summary>
    [Theory]
    [InlineData("", null, LimitSource.Unlimited)]
    [InlineData("default_plan", 600L, LimitSource.DefaultPlan)]
    [InlineData("default default_plan", 500L, LimitSource.Default)]
    [InlineData("plan default default_plan", 300L, LimitSource.Plan)]
    [InlineData("plan addon default", 400L, LimitSource.PlanAndAddOn)]
    [InlineData("addon default", 500L, LimitSource.Default)]
    [InlineData("addon", null, LimitSource.Unlimited)]
    [InlineData("account plan addon default", 200L, LimitSource.Account)]
    [InlineData("organization account plan addon", 100L, LimitSource.Organization)]
    [InlineData("organization one_time", 107L, LimitSource.OneTime)]
    [InlineData("plan addon one_time", 407L, LimitSource.OneTime)]
    [InlineData("default one_time", 507L, LimitSource.OneTime)]
    [InlineData("one_time", null, LimitSource.Unlimited)]
    public void Of_SourcesOfLimits_TheFirstInOrderCounts(string given, long? expected, LimitSource source)
    {
        var limit = Storage(given, hasStripe: true);
        Assert.Equal(new EffectiveLimit(expected, source), limit);
    }

    [Theory]
    [InlineData("plan addon one_time default_plan", null, LimitSource.Unlimited)]
    [InlineData("plan addon one_time default default_plan", 500L, LimitSource.Default)]
    [InlineData("account plan one_time", 200L, LimitSource.Account)]
    public void Of_WithoutStripe_OnlyTheFileCounts(string given, long? expected, LimitSource source) =>
        Assert.Equal(new EffectiveLimit(expected, source), Storage(given, hasStripe: false));

    [Fact]
    public void Of_EachMetric_HasItsOwnPrecedence()
    {
        var limits = new Limits(
            hasStripe: false,
            null,
            new(Values((0, 10), (1, 20)), [new(1, Values((1, null)))], [new("org", Values((4, 0)))]),
            _ => { }
        ).Of(Given.Organization());

        Assert.Equal(
            [
                new(10, LimitSource.Default),
                new(null, LimitSource.Account),
                default,
                default,
                new(0, LimitSource.Organization),
            ],
            Enumerable.Range(0, 5).Select(index => limits[index])
        );
    }

    [Fact]
    public void Of_OrganizationWithoutOwner_GetsNobodysLimits()
    {
        var limits = new Limits(false, null, new(null, [new(1, Values((0, 5)))], []), _ => { });
        Assert.Null(limits.Of(Given.Organization() with { OwnerUserId = null })[0].Value);
        Assert.Equal(5, limits.Of(Given.Organization())[0].Value);
    }

    private static EffectiveLimit Storage(string given, bool hasStripe)
    {
        var words = given.Split(' ');
        bool Has(string word) => words.Contains(word);
        List<Subscription> subscriptions = [];
        if (Has("plan"))
            subscriptions.Add(Given.Subscription(Given.Price(Given.Plan("\"storage_bytes_limit\":300"))));
        if (Has("addon"))
            subscriptions.Add(
                Given.Subscription(
                    Given.Price(Given.Product("""{"product_type":"addon","storage_bytes_limit":400}""")),
                    id: "b"
                )
            );
        var organization = Given.Organization([.. subscriptions]) with
        {
            OneTimeAddOns = Has("one_time") ? [new("o", JsonText.Trusted("""{"storage_bytes_limit":7}"""))] : [],
        };
        var own = new OperatorLimits(
            Has("default") ? Values((1, 500)) : null,
            Has("account") ? [new(1, Values((1, 200)))] : [],
            Has("organization") ? [new("org", Values((1, 100)))] : []
        );
        var defaultPlan = Has("default_plan") ? Given.Plan("\"storage_bytes_limit\":600", "free") : null;
        return new Limits(hasStripe, defaultPlan, own, _ => { }).Of(organization)[1];
    }

    private static MetricValues<Limit?> Values(params IEnumerable<(int Index, long? Value)> given)
    {
        var values = new MetricValues<Limit?>(Metric.All);
        foreach (var (index, value) in given)
            values[index] = new Limit(value);
        return values;
    }
}
