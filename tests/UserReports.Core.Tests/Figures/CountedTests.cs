using System.Globalization;
using UserReports.Core.Figures;

namespace UserReports.Core.Tests.Figures;

public sealed class CountedTests
{
    [Theory]
    [InlineData(0, "0 rows")]
    [InlineData(1, "1 row")]
    [InlineData(2, "2 rows")]
    [InlineData(-1, "-1 rows")]
    [InlineData(1_234_567, "1,234,567 rows")]
    public void Of_ANumber_HasTheWordThatFits(long number, string words) =>
        Assert.Equal(words, Counted.Of(number, "row"));

    [Fact]
    public void Of_AnotherCulture_WritesItsNumbers() =>
        Assert.Equal("1.234 summaries", Counted.Of(1234, "summary", "summaries", CultureInfo.GetCultureInfo("de-DE")));
}

public sealed class SaturatingTests
{
    [Fact]
    public void Sum_BeyondSixtyFourBits_IsTheNearestThatTheyHold()
    {
        Assert.Equal(long.MaxValue, Saturating.Sum([long.MaxValue, 1, long.MaxValue]));
        Assert.Equal(long.MinValue, Saturating.Sum([long.MinValue, -1]));
        Assert.Equal(long.MaxValue - 1, Saturating.Sum([(Int128)long.MaxValue * 2, long.MinValue]));
        Assert.Equal(0, Saturating.Sum([]));
    }

    [Fact]
    public void Subtract_BeyondSixtyFourBits_IsTheNearestThatTheyHold()
    {
        Assert.Equal(long.MaxValue, Saturating.Subtract(long.MaxValue, -1));
        Assert.Equal(long.MinValue, Saturating.Subtract(long.MinValue, 1));
        Assert.Equal(3, Saturating.Subtract(5, 2));
    }
}
