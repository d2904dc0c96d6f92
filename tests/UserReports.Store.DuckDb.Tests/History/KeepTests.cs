using System.Globalization;
using UserReports.Store.History;

namespace UserReports.Store.DuckDb.Tests.History;

/// <summary>Which days are kept.</summary>
public sealed class KeepTests
{
    [Theory]
    [InlineData("daily:35,weekly:12,monthly:24", 35, 12, 24)]
    [InlineData(" monthly:1 , daily:2 ", 2, 0, 1)]
    [InlineData("weekly:4000", 0, 4000, 0)]
    public void Parse_CountsOfKinds_AreRead(string text, int daily, int weekly, int monthly) =>
        Assert.Equal(new(daily, weekly, monthly), HistoryKeep.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("daily")]
    [InlineData("daily:")]
    [InlineData("daily:-1")]
    [InlineData("daily:4001")]
    [InlineData("daily:0")]
    [InlineData("yearly:3")]
    [InlineData("daily:1,daily:2")]
    [InlineData("daily:1,")]
    public void Parse_AnythingElse_IsNothing(string text) => Assert.Null(HistoryKeep.Parse(text));

    [Fact]
    public void ToString_IsWhatIsParsed() =>
        Assert.Equal(new(3, 0, 5), HistoryKeep.Parse(new HistoryKeep(3, 0, 5).ToString()));

    /// <summary>A day after the other for a year and a half, each thinned out as it comes.</summary>
    [Fact]
    public void Choose_DayAfterDay_KeepsTheFirstOfWeeksAndMonths()
    {
        var keep = new HistoryKeep(5, 3, 4);
        List<DateOnly> days = [];
        for (var day = new DateOnly(2025, 6, 15); day <= new DateOnly(2026, 11, 18); day = day.AddDays(1))
        {
            days.Add(day);
            var chosen = keep.Choose(days);
            days.RemoveAll(one => !chosen.ContainsKey(one));
        }

        Assert.Equal(
            [
                ("2026-08-01", KeptAs.Monthly),
                ("2026-09-01", KeptAs.Monthly),
                ("2026-10-01", KeptAs.Monthly),
                ("2026-11-01", KeptAs.Monthly),
                ("2026-11-02", KeptAs.Weekly),
                ("2026-11-09", KeptAs.Weekly),
                ("2026-11-14", KeptAs.Daily),
                ("2026-11-15", KeptAs.Daily),
                ("2026-11-16", KeptAs.Daily | KeptAs.Weekly),
                ("2026-11-17", KeptAs.Daily),
                ("2026-11-18", KeptAs.Daily),
            ],
            keep.Choose(days)
                .Select(kept => (kept.Key.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), kept.Value))
        );
    }

    /// <summary>The first that there is stands for its week and month, on whichever day it is.</summary>
    [Fact]
    public void Choose_DaysAreMissing_TheFirstThatThereIsStandsIn()
    {
        DateOnly[] days = [new(2026, 9, 23), new(2026, 9, 30), new(2026, 11, 5), new(2026, 11, 7)];

        var chosen = new HistoryKeep(1, 2, 2).Choose(days);

        Assert.Equal(
            [
                (days[0], KeptAs.Monthly),
                (days[1], KeptAs.Weekly),
                (days[2], KeptAs.Weekly | KeptAs.Monthly),
                (days[3], KeptAs.Daily),
            ],
            chosen.Select(kept => (kept.Key, kept.Value))
        );
    }
}
