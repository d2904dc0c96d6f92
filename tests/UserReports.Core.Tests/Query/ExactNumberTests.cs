using System.Numerics;
using UserReports.Core.Query.Values;

namespace UserReports.Core.Tests.Query;

/// <summary>Numbers are what their digits say, however many.</summary>
public sealed class ExactNumberTests
{
    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("-0", "0e9")]
    [InlineData("0.1", "10e-2")]
    [InlineData("+5", "5.")]
    [InlineData(".5", "0.50")]
    [InlineData("1e400", "10E+399")]
    [InlineData("007", "7")]
    public void CompareTo_SameNumberInOtherWords_IsEqual(string a, string b)
    {
        Assert.Equal(ExactNumber.Parse(a), ExactNumber.Parse(b));
        Assert.Equal(ExactNumber.Parse(a).ToString(), ExactNumber.Parse(b).ToString());
        Assert.Equal(ExactNumber.Parse(a).GetHashCode(), ExactNumber.Parse(b).GetHashCode());
    }

    [Theory]
    [InlineData("9007199254740992", "9007199254740993")]
    [InlineData("0.1", "0.10000000000000000001")]
    [InlineData("-0.10000000000000000001", "-0.1")]
    [InlineData("-2", "-1.5")]
    [InlineData("-1", "0")]
    [InlineData("0", "1e-400")]
    [InlineData("9e399", "1e400")]
    [InlineData("-1e400", "-9e399")]
    [InlineData("99999999999999999999999999999999999999", "1e38")]
    [InlineData("1e38", "1e999999999999999999999999")]
    public void CompareTo_LessByADigit_IsLess(string less, string more)
    {
        Assert.True(ExactNumber.Parse(less) < ExactNumber.Parse(more));
        Assert.True(ExactNumber.Parse(more) > ExactNumber.Parse(less));
        Assert.True(ExactNumber.Parse(less).Nearest <= ExactNumber.Parse(more).Nearest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("e5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1 ")]
    [InlineData("1,5")]
    [InlineData("0x1")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("１")]
    public void TryParse_NoNumber_IsRefused(string text) => Assert.False(ExactNumber.TryParse(text, out _));

    [Theory]
    [InlineData("1.5", 1, 2)]
    [InlineData("-1.5", -2, -1)]
    [InlineData("0.001", 0, 1)]
    [InlineData("-0.001", -1, 0)]
    [InlineData("7", 7, 7)]
    [InlineData("-120", -120, -120)]
    public void Floor_AndCeiling_AreTheWholeNumbersBeside(string text, long floor, long ceiling) =>
        Assert.Equal(
            (new BigInteger(floor), new BigInteger(ceiling)),
            (ExactNumber.Parse(text).Floor(), ExactNumber.Parse(text).Ceiling())
        );

    [Theory]
    [InlineData("1e1000000", true)]
    [InlineData("-1e1000000", false)]
    public void Floor_OfAHugeNumber_IsOnlyHuge(string text, bool isPositive) =>
        Assert.Equal(isPositive, ExactNumber.Parse(text).Floor() > long.MaxValue);
}
