using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Core.Tests.Billing;

public sealed class LimitsTests
{
    private static readonly Product DefaultPlan = Given.Plan(
        "\"submission_limit\":\"5000\",\"storage_bytes_limit\":\"1000\"",
        "free"
    );

    private readonly List<DataWarning> warnings = [];

    [Fact]
    public void Of_NoSubscription_IsTheDefaultPlan() => AssertLimits(Given.Organization(), 5000, 1000);

    [Fact]
    public void Of_NoSubscriptionAndNoDefaultPlan_IsUnlimited() =>
        AssertLimits(Given.Organization(), null, null, defaultPlan: null);

    [Theory]
    [InlineData("active")]
    [InlineData("past_due")]
    [InlineData("trialing")]
    [InlineData("unpaid")]
    public void Of_ActiveStatus_CountsThePlan(string status) =>
        AssertLimits(
            Given.Organization(Given.Subscription(Given.Price(Given.Plan("\"submission_limit\":\"7\"")), status)),
            7,
            1000
        );

    [Theory]
    [InlineData("canceled")]
    [InlineData("incomplete")]
    [InlineData("incomplete_expired")]
    [InlineData("paused")]
    public void Of_OtherStatus_DoesNotCountThePlan(string status) =>
        AssertLimits(
            Given.Organization(Given.Subscription(Given.Price(Given.Plan("\"submission_limit\":\"7\"")), status)),
            5000,
            1000
        );

    [Fact]
    public void Of_PriceAndProduct_PriceComesFirst() =>
        AssertLimits(
            Given.Organization(
                Given.Subscription(
                    Given.Price(
                        Given.Plan("\"submission_limit\":\"7\",\"storage_bytes_limit\":\"8\""),
                        "{\"submission_limit\":\"9\"}"
                    )
                )
            ),
            9,
            8
        );

    [Theory]
    [InlineData("2026-01-01", "2026-02-01", 2)]
    [InlineData("2026-02-01", "2026-01-01", 1)]
    [InlineData(null, "2020-01-01", 2)]
    [InlineData("2026-01-01", "2026-01-01", 2)]
    [InlineData(null, null, 2)]
    public void Of_TwoPlans_TheLatestCounts(string? first, string? second, long expected) =>
        AssertLimits(
            Given.Organization(
                Given.Subscription(Given.Price(Given.Plan("\"submission_limit\":1")), start: first, id: "sub_a"),
                Given.Subscription(Given.Price(Given.Plan("\"submission_limit\":2")), start: second, id: "sub_b")
            ),
            expected,
            1000
        );

    [Theory]
    [InlineData("500", 1000L)]
    [InlineData("2000", 2000L)]
    [InlineData("unlimited", null)]
    public void Of_StorageAddOn_TheLargerCounts(string addOn, long? expected)
    {
        var plan = Given.Subscription(Given.Price(Given.Plan()), id: "a");
        var more = Given.Subscription(
            Given.Price(
                Given.Product($$"""{"product_type":"addon","storage_bytes_limit":"{{addOn}}","submission_limit":"1"}""")
            ),
            id: "b"
        );
        AssertLimits(Given.Organization(plan, more), 5000, expected);
        AssertLimits(Given.Organization(more, plan), 5000, expected);
    }

    [Fact]
    public void Of_OneTimeAddOns_AreAddedToEach() =>
        AssertLimits(
            Given.Organization() with
            {
                OneTimeAddOns =
                [
                    new("a", JsonText.Trusted("""{"submission_limit":10}""")),
                    new("b", JsonText.Trusted("""{"submission_limit":"5","storage_bytes_limit":1}""")),
                ],
            },
            5015,
            1001
        );

    [Fact]
    public void Of_SumBeyond64Bits_IsClamped() =>
        AssertLimits(
            Given.Organization() with
            {
                OneTimeAddOns = [new("a", JsonText.Trusted($$"""{"submission_limit":{{long.MaxValue}}}"""))],
            },
            long.MaxValue,
            1000
        );

    [Theory]
    [InlineData("\"unlimited\"", null)]
    [InlineData("0", 0L)]
    [InlineData("\"0\"", 0L)]
    [InlineData("12.9", 12L)]
    [InlineData("\"1e3\"", 1000L)]
    [InlineData("1e300", long.MaxValue)]
    public void Of_OddButReadableLimit_IsRead(string written, long? expected)
    {
        AssertLimits(
            Given.Organization(Given.Subscription(Given.Price(Given.Plan($"\"submission_limit\":{written}")))),
            expected,
            1000
        );
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("\"many\"")]
    [InlineData("\"\"")]
    [InlineData("-5")]
    [InlineData("true")]
    [InlineData("[1]")]
    public void Of_UnreadableLimit_CountsAsAbsentAndIsTold(string written)
    {
        AssertLimits(
            Given.Organization(
                Given.Subscription(Given.Price(Given.Plan($"\"submission_limit\":{written}", "prod_x")))
            ),
            5000,
            1000
        );
        Assert.Contains(
            new DataWarning(
                "product prod_x",
                "submission_limit is neither a number of at least 0 nor \"unlimited\"; it counts as absent."
            ),
            warnings
        );
    }

    [Fact]
    public void Of_ItemWithoutPriceOrProduct_CountsForNothing() =>
        AssertLimits(
            Given.Organization(Given.Subscription(null), Given.Subscription(Given.Price(null), id: "b")),
            5000,
            1000
        );

    private void AssertLimits(Organization organization, long? submissions, long? storage) =>
        AssertLimits(organization, submissions, storage, DefaultPlan);

    private void AssertLimits(Organization organization, long? submissions, long? storage, Product? defaultPlan)
    {
        var limits = new Limits(true, defaultPlan, OperatorLimits.None, warnings.Add).Of(organization);
        Assert.Equal(submissions, limits[0].Value);
        Assert.Equal(storage, limits[1].Value);
        Assert.Null(limits[2].Value);
    }
}
