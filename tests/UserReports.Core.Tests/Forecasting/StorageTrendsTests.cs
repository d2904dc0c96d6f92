using UserReports.Core.Forecasting;

namespace UserReports.Core.Tests.Forecasting;

public sealed class StorageTrendsTests
{
    private static readonly DateOnly Latest = new(2026, 11, 9);

    [Fact]
    public void Of_NothingOrNotInTheLatestSnapshot_KnowsNothing()
    {
        Assert.Equal(default, StorageTrends.Of(Latest, []));
        Assert.Equal(default, StorageTrends.Of(Latest, [new(Latest.AddDays(-1), 5)]));
    }

    [Fact]
    public void Of_RowThatNeverChanged_HasItsPastAndNoSlope() =>
        Assert.Equal(
            new(5, 31, 30, 0, 0, 0, new(Latest, 5, null, 5, null)),
            StorageTrends.Of(Latest, [new(Latest.AddDays(-30), 5), new(Latest.AddDays(-7), 5), new(Latest, 5)])
        );

    [Fact]
    public void Of_Days_SlopesAreThoseOfAllPairs()
    {
        // 10 and 30 a day, and 20 between the first and the last.
        var trend = StorageTrends.Of(
            Latest,
            [new(Latest.AddDays(-2), 100), new(Latest.AddDays(-1), 110), new(Latest, 140)]
        );
        Assert.Equal((20, 15, 25), (trend.Slope, trend.SlopeLower, trend.SlopeUpper));
        Assert.Equal((140, 3, 0), (trend.Latest, trend.Days, trend.StillDays));
    }

    [Theory]
    [InlineData(80, 3)]
    [InlineData(79, 2)]
    public void Of_FallByMoreThanAFifth_BeginsAnew(long after, int days) =>
        Assert.Equal(
            days,
            StorageTrends
                .Of(Latest, [new(Latest.AddDays(-2), 100), new(Latest.AddDays(-1), after), new(Latest, after + 1)])
                .Days
        );

    [Fact]
    public void Of_DaysLongAgo_AreLeftOut() =>
        Assert.Equal(
            91,
            StorageTrends.Of(Latest, [new(Latest.AddDays(-91), 1), new(Latest.AddDays(-90), 2), new(Latest, 3)]).Days
        );

    [Fact]
    public void Of_HugeNumbers_DoNotOverflow()
    {
        var trend = StorageTrends.Of(Latest, [new(Latest.AddDays(-1), long.MinValue), new(Latest, long.MaxValue)]);
        Assert.Equal(Math.Pow(2, 64), trend.Slope);
        Assert.True(StorageTrends.IsCleanUp(long.MaxValue, long.MinValue));
    }

    [Fact]
    public void Of_ManyDays_QuartilesAreThoseOfSortedSlopes()
    {
        var random = new Random(5);
        for (var round = 0; round < 50; round++)
        {
            var bytes = 1_000_000L;
            List<StoredBytes> stored =
            [
                .. Enumerable
                    .Range(0, random.Next(3, 40))
                    .Reverse()
                    .Select(before => new StoredBytes(Latest.AddDays(-before), bytes += random.Next(4) * 10)),
            ];
            double[] slopes =
            [
                .. from later in stored
                from earlier in stored
                where later.Day > earlier.Day
                select (later.Bytes - earlier.Bytes) / (double)(later.Day.DayNumber - earlier.Day.DayNumber),
            ];
            Array.Sort(slopes);
            double At(double share)
            {
                var place = share * (slopes.Length - 1);
                var (lower, upper) = (slopes[(int)Math.Floor(place)], slopes[(int)Math.Ceiling(place)]);
                return lower + ((upper - lower) * (place - Math.Floor(place)));
            }

            var trend = StorageTrends.Of(Latest, [.. stored]);
            Assert.Equal(At(0.5), trend.Slope, 9);
            Assert.Equal(At(0.25), trend.SlopeLower, 9);
            Assert.Equal(At(0.75), trend.SlopeUpper, 9);
        }
    }
}
