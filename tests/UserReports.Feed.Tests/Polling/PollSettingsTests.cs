using UserReports.Feed.Polling;

namespace UserReports.Feed.Tests.Polling;

public sealed class PollSettingsTests
{
    [Theory]
    [InlineData(15, 0.1, 15)]
    [InlineData(15, 0.4, 20)]
    [InlineData(15, 2, 24)]
    [InlineData(60, 2, 60)]
    [InlineData(60, 30, 60)]
    public void After_RoundTookSeconds_IsGentleWithinHalfAMinute(double every, double took, double expected)
    {
        var settings = new PollSettings { Every = TimeSpan.FromSeconds(every), ShareMax = 0.02 };

        Assert.Equal(TimeSpan.FromSeconds(expected), settings.After(TimeSpan.FromSeconds(took)));
    }
}
