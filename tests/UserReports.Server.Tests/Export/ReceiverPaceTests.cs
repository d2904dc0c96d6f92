using Microsoft.Extensions.Time.Testing;
using UserReports.Server.Api.Exports;

namespace UserReports.Server.Tests.Export;

/// <summary>Which receivers are too slow; by a clock of our own.</summary>
public sealed class ReceiverPaceTests
{
    private const int Least = 16_384;
    private const int Piece = 65_536;

    private readonly FakeTimeProvider time = new();

    [Theory]
    [InlineData(400)]
    [InlineData(Least / 2)]
    [InlineData(Least - 1024)]
    public void Receiver_BelowTheLeastRate_IsTooSlowInTheEnd(int bytesPerSecond) =>
        Assert.True(SecondsUntilTooSlow(new(Least, time), bytesPerSecond, most: 10_000) < 10_000);

    [Theory]
    [InlineData(Least)]
    [InlineData(Least * 2)]
    public void Receiver_AtTheLeastRate_NeverIs(int bytesPerSecond) =>
        Assert.Equal(100_000, SecondsUntilTooSlow(new(Least, time), bytesPerSecond, most: 100_000));

    [Fact]
    public void Receiver_ThatStops_IsTooSlowAfterTheSameTimeHoweverMuchItTook()
    {
        var pace = new ReceiverPace(Least, time);
        // A gigabyte at once.
        for (var i = 0; i < 16_384; i++)
        {
            pace.Wait();
            pace.Took(Piece);
        }

        pace.Wait();
        var most = ReceiverPace.BufferBytes / Least + ReceiverPace.Patience.TotalSeconds;
        time.Advance(TimeSpan.FromSeconds(most - 1));
        Assert.False(pace.IsTooSlow);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(pace.IsTooSlow);
    }

    [Fact]
    public void Receiver_ThatWaitsForRows_IsNotTooSlow()
    {
        var pace = new ReceiverPace(Least, time);
        pace.Wait();
        pace.Took(1);
        time.Advance(TimeSpan.FromDays(1));
        Assert.False(pace.IsTooSlow);
    }

    [Fact]
    public void Receiver_WithoutALeastRate_MayTakeForEver()
    {
        var pace = new ReceiverPace(0, time);
        pace.Wait();
        time.Advance(TimeSpan.FromDays(1));
        Assert.False(pace.IsTooSlow);
        pace.Took(1);
        Assert.False(pace.IsTooSlow);
    }

    private double SecondsUntilTooSlow(ReceiverPace pace, int bytesPerSecond, int most)
    {
        var began = time.GetUtcNow();
        while ((time.GetUtcNow() - began).TotalSeconds < most)
        {
            pace.Wait();
            time.Advance(TimeSpan.FromSeconds((double)Piece / bytesPerSecond));
            if (pace.IsTooSlow)
                return (time.GetUtcNow() - began).TotalSeconds;
            pace.Took(Piece);
        }

        return most;
    }
}
