using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using UserReports.Core.Reports;
using UserReports.Server.Explorer.Reading;
using UserReports.Server.Explorer.Table;
using UserReports.Server.Explorer.Year;

namespace UserReports.Server.Tests.Explorer;

/// <summary>What a chart of a year draws of days that take weeks to come about.</summary>
public sealed class YearChartTests
{
    private static readonly DateOnly First = new(2026, 11, 1);

    [Fact]
    public async Task Chart_DaysThatAreMissing_AreNeverDrawnAcross()
    {
        var html = await HtmlAsync([10, null, 20, 30, null], limit: null, forecast: null);

        // A point that stands alone, and a line between two days that follow each other.
        Assert.Contains("class=\"year-points\" d=\"M0.5 ", html, StringComparison.Ordinal);
        Assert.Equal("ML", Regex.Replace(PathOf(html, "year-line"), "[^A-Z]", "")[1..]);
        Assert.DoesNotContain("year-cone", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chart_OfCounts_ShadesDaysOfWhichNothingIsKnown()
    {
        var html = await HtmlAsync([null, null, 0, 3, 4], limit: null, forecast: null, isCounted: true);

        Assert.Contains("class=\"year-gap\" x=\"0\" y=\"0\" width=\"2\"", html, StringComparison.Ordinal);
        // No submission is no bar.
        Assert.Equal(2, PathOf(html, "year-bars").Count(letter => letter == 'M'));
    }

    [Fact]
    public async Task Chart_LimitToBeReached_HasAConeFromTheEarliestDayToTheUsualOne()
    {
        var html = await HtmlAsync([100, 110, 120, 130, 140], 200, new(10, 4, "projected"));

        Assert.Contains("year-limit", html, StringComparison.Ordinal);
        Assert.EndsWith("H14.5z", PathOf(html, "year-cone"), StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(html, "class=\"year-ray\""));
        Assert.Contains("limit 200", html, StringComparison.Ordinal);
        Assert.Contains("viewBox=\"0 0 15 100\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chart_NothingIsKnown_SaysSo() =>
        Assert.Contains(
            "Nothing is known of these days.",
            await HtmlAsync([null, null, null, null, null], 5, null),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("projected", 23L, 12L, "the limit is reached in 23 days, at the earliest in 12.")]
    [InlineData("projected", 1L, 1L, "the limit is reached in 1 day.")]
    [InlineData("over", null, null, "The limit is exceeded.")]
    [InlineData("idle", null, null, "Too little is used to say when the limit is reached.")]
    [InlineData("too_new", null, null, "There are too few days to say when the limit is reached.")]
    [InlineData("irregular", null, null, "Use is too irregular to say when the limit is reached.")]
    [InlineData("period_ends_first", null, null, "The period ends before the limit is reached.")]
    [InlineData("period_ends_first", null, 5L, "unless use is as fast as ever: then in 5 days.")]
    [InlineData("unlimited", null, null, "")]
    public void Forecast_InEachState_IsASentence(string state, long? days, long? earliest, string said)
    {
        var row = JsonSerializer.SerializeToElement(
            new Dictionary<string, object>
            {
                ["forecast"] = new Dictionary<string, object>
                {
                    ["submission"] = new Dictionary<string, object?>
                    {
                        ["state"] = state,
                        ["days_to_limit"] = days,
                        ["days_to_limit_earliest"] = earliest,
                    },
                },
            }
        );

        var words = YearForecast.Of(row, Metric.Submission).Words(ReaderFormat.Of("en-GB"));

        Assert.EndsWith(said, words, StringComparison.Ordinal);
        Assert.Equal(said.Length == 0, words.Length == 0);
    }

    private static string PathOf(string html, string name) =>
        Regex.Match(html, $"class=\"{name}\" d=\"([^\"]*)\"").Groups[1].Value;

    private static async Task<string> HtmlAsync(
        IReadOnlyList<long?> values,
        long? limit,
        YearForecast? forecast,
        bool isCounted = false
    )
    {
        Func<long, string> write = value => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var parameters = new Dictionary<string, object?>
        {
            ["Title"] = "Bytes",
            ["Id"] = "bytes",
            ["Days"] = Enumerable.Range(0, values.Count).Select(First.AddDays).ToList(),
            ["Values"] = values,
            ["Write"] = write,
            ["Last"] = "today",
            ["Limit"] = limit,
            ["Forecast"] = forecast,
            ["IsCounted"] = isCounted,
            ["Changes"] = Array.Empty<PlanChange>(),
            ["Future"] = forecast is null ? 0 : 10,
        };
        await using var services = new ServiceCollection().AddLogging().AddScoped<Reader>().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<YearChart>(ParameterView.FromDictionary(parameters))).ToHtmlString()
        );
    }
}
