using UserReports.Core.Reports;

namespace UserReports.Core.Tests.Reports;

public sealed class AccountRangeTests
{
    [Theory]
    [InlineData(1, 10, 4, "1-4 5-8 9-10")]
    [InlineData(1, 8, 4, "1-4 5-8")]
    [InlineData(7, 7, 4, "7-7")]
    [InlineData(-3, 2, 3, "-3--1 0-2")]
    public void Cut_AnySize_CoversEveryIdOnce(long first, long last, int idsMax, string expected) =>
        Assert.Equal(
            expected,
            string.Join(' ', new AccountRange(first, last).Cut(idsMax).Select(part => $"{part.FirstId}-{part.LastId}"))
        );
}
