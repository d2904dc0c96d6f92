using UserReports.Server.Explorer.Table;

namespace UserReports.Server.Tests.Explorer;

public sealed class ReaderExtremesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly ReaderFormat English = ReaderFormat.Of("en-GB");

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(60, "60 s ago")]
    [InlineData(-129_600, "in 1 day")]
    [InlineData(129_600, "1 day ago")]
    [InlineData(172_800, "2 days ago")]
    [InlineData(5_260_000, "1 month ago")]
    [InlineData(5_300_000, "2 months ago")]
    [InlineData(63_072_000, "1 year ago")]
    [InlineData(94_694_400, "3 years ago")]
    public void Relative_OfOne_HasNoPlural(long secondsAgo, string words) =>
        Assert.Equal(words, English.Relative(Now.AddSeconds(-secondsAgo), Now));

    [Theory]
    [InlineData("en-GB")]
    [InlineData("ar-SA")]
    [InlineData("fa-IR")]
    [InlineData("th-TH")]
    [InlineData("he-IL")]
    [InlineData("ja-JP-u-ca-japanese")]
    public void Extremes_InEveryLocale_AreWritten(string locale)
    {
        var format = ReaderFormat.Of(locale);
        foreach (var instant in new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Now })
        {
            Assert.NotEmpty(format.Exact(instant));
            Assert.NotEmpty(format.Day(instant));
            Assert.NotEmpty(format.Month(instant));
            Assert.NotEmpty(format.Relative(instant, Now));
            Assert.NotEmpty(format.Relative(Now, instant));
        }

        foreach (var number in new[] { long.MinValue, -1, 0, 1, long.MaxValue })
        {
            Assert.NotEmpty(format.Number(number));
            Assert.NotEmpty(format.Short(number));
            Assert.NotEmpty(format.Bytes(number));
        }
    }

    [Fact]
    public void Bytes_AtTheEnds_AreExabytes()
    {
        Assert.Equal("9.2 EB", English.Bytes(long.MaxValue));
        Assert.Equal("-9.2 EB", English.Bytes(long.MinValue));
        Assert.Equal("9,223,372.0 T", English.Short(long.MaxValue));
    }
}
