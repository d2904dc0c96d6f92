using System.Numerics;
using CsCheck;
using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Core.Tests.Billing;

public sealed class BalancesTests
{
    [Theory]
    [InlineData(15, 10L, -5L, 150L, true)]
    [InlineData(200_000_000, 500_000_000L, 300_000_000L, 40L, false)]
    [InlineData(100, 120L, 20L, 83L, false)]
    [InlineData(0, 5L, 5L, 0L, false)]
    [InlineData(1, 200L, 199L, 1L, false)]
    [InlineData(1, 201L, 200L, 0L, false)]
    [InlineData(10, 10L, 0L, 100L, false)]
    [InlineData(long.MaxValue, 1L, 1 - long.MaxValue, long.MaxValue, true)]
    [InlineData(0, long.MaxValue, long.MaxValue, 0L, false)]
    public void Of_Limit_TellsWhatIsLeft(long usage, long limit, long value, long percent, bool exceeded) =>
        Assert.Equal(new Balance(limit, value, percent, exceeded), Balances.Of(usage, limit));

    [Fact]
    public void Of_NoLimit_IsUnlimited() => Assert.Equal(new Balance(null, null, 0, false), Balances.Of(7, null));

    [Fact]
    public void Of_LimitOfZero_IsNoBalance() => Assert.Null(Balances.Of(7, 0));

    [Fact]
    public void Of_AnyNumbers_AgreesWithExactArithmetic() =>
        Gen.Select(Gen.Long, Gen.Long.Where(l => l != 0))
            .Sample(
                (usage, limit) =>
                {
                    var left = (BigInteger)limit - usage;
                    // Halves up is floor(x + 1/2); the divisor is made positive first.
                    var (n, d) = ((200 * (BigInteger)usage) + limit, 2 * (BigInteger)limit);
                    if (d < 0)
                        (n, d) = (-n, -d);
                    var percent = (n - (((n % d) + d) % d)) / d;
                    var balance = Balances.Of(usage, limit)!;
                    Assert.Equal(
                        (long)BigInteger.Min(BigInteger.Max(left, long.MinValue), long.MaxValue),
                        balance.Value
                    );
                    Assert.Equal(
                        (long)BigInteger.Min(BigInteger.Max(percent, long.MinValue), long.MaxValue),
                        balance.Percent
                    );
                    Assert.Equal(left < 0, balance.Exceeded);
                }
            );
}
