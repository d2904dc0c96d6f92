using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.Contract.Queries;

/// <summary>Summaries equal what is counted by hand.</summary>
public abstract class SummaryContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    private static readonly IReadOnlyList<Report> Reports = SampleReports.Make(400, seed: 11);

    [Fact]
    public async Task Summarize_WithoutGroups_SumsUpTheFilter()
    {
        var summary = await AskAsync(
            "is_active:true",
            null,
            "count,asset_count__sum,asset_count__min,asset_count__max,asset_count__avg,asset_count__p50,asset_count__p95"
        );
        var counts = Reports.Where(r => r.Account.IsActive).Select(r => r.Account.AssetCount).Order().ToList();

        Assert.Empty(summary.Groups);
        Assert.Equal(
            [
                (long)counts.Count,
                counts.Sum(),
                counts[0],
                counts[^1],
                counts.Average(),
                Percentile(counts, 50),
                Percentile(counts, 95),
            ],
            summary.Total.Values
        );
    }

    [Fact]
    public async Task Summarize_NothingFound_HasZeroAndNulls()
    {
        var summary = await AskAsync("username:nobody-at-all", "organization__role", "count,asset_count__sum");
        Assert.Equal([0L, null], summary.Total.Values);
        Assert.Empty(summary.Groups);
    }

    [Fact]
    public async Task Summarize_ByText_TheLargestFirst()
    {
        var summary = await AskAsync("", "organization__role", "count,asset_count__sum");
        var expected = Reports
            .GroupBy(r => r.Organization?.Role)
            .Select(g => (g.Key, Count: (long)g.Count(), Sum: g.Sum(r => r.Account.AssetCount)))
            .OrderByDescending(g => g.Count);
        Assert.Equal(expected.Select(g => g.Count), summary.Groups.Select(g => (long)g.Values[0]!));
        Assert.Equal(
            expected.ToDictionary(g => g.Key ?? "", g => (g.Count, g.Sum)),
            summary.Groups.ToDictionary(g => (string?)g.Groups[0] ?? "", g => ((long)g.Values[0]!, (long)g.Values[1]!))
        );
    }

    [Fact]
    public async Task Summarize_MoreGroupsThanTop_TheRestIsOthers()
    {
        var summary = await AskAsync("", "username", "count,asset_count__max", top: 3);
        Assert.Equal(4, summary.Groups.Count);
        Assert.Equal([false, false, false, true], summary.Groups.Select(g => g.IsOthers));
        Assert.Null(summary.Groups[3].Groups[0]);
        Assert.Equal(Reports.Count, summary.Groups.Sum(g => (long)g.Values[0]!));
        var top = summary.Groups.Take(3).Select(g => (string)g.Groups[0]!).ToHashSet();
        Assert.Equal(
            Reports.Where(r => !top.Contains(r.Account.Username)).Max(r => r.Account.AssetCount),
            summary.Groups[3].Values[1]
        );
    }

    [Theory]
    [InlineData("day")]
    [InlineData("week")]
    [InlineData("month")]
    [InlineData("year")]
    public async Task Summarize_ByTime_InItsOrder(string period)
    {
        var summary = await AskAsync("last_login__isnull:false", $"last_login__{period}", "count", top: 1000);
        DateTime Start(DateTime day) =>
            period switch
            {
                "day" => day,
                "week" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
                "month" => new(day.Year, day.Month, 1),
                _ => new(day.Year, 1, 1),
            };
        var expected = Reports
            .Where(r => r.Account.LastLogin is not null)
            .GroupBy(r => Start(r.Account.LastLogin!.Value.UtcDateTime.Date))
            .OrderBy(g => g.Key)
            .Select(g => (g.Key, (long)g.Count()))
            .TakeLast(1000);
        Assert.Equal(
            expected,
            summary
                .Groups.Where(g => !g.IsOthers)
                .Select(g => (((DateTimeOffset)g.Groups[0]!).UtcDateTime, (long)g.Values[0]!))
        );
    }

    [Fact]
    public async Task Summarize_ByRanges_NamesThemByTheirLowerEnd()
    {
        var summary = await AskAsync("", "asset_count__by10", "count", top: 1000);
        var expected = Reports
            .GroupBy(r => r.Account.AssetCount - (((r.Account.AssetCount % 10) + 10) % 10))
            .OrderBy(g => g.Key)
            .Select(g => (g.Key, (long)g.Count()));
        Assert.Equal(expected, summary.Groups.Select(g => ((long)g.Groups[0]!, (long)g.Values[0]!)));
    }

    [Fact]
    public async Task Summarize_ByListValue_CountsARowOncePerValue()
    {
        var summary = await AskAsync("", "subscriptions[]__status", "count");
        var expected = Reports
            .SelectMany(r => r.Subscriptions.Select(s => (string?)s.Status).DefaultIfEmpty().Distinct())
            .GroupBy(status => status ?? "")
            .ToDictionary(g => g.Key, g => (long)g.Count());
        Assert.Equal(expected, summary.Groups.ToDictionary(g => (string?)g.Groups[0] ?? "", g => (long)g.Values[0]!));
    }

    [Fact]
    public async Task Summarize_ByTwo_CrossesThem()
    {
        var summary = await AskAsync("", "is_active,extra_details__data__country", "count", top: 1000);
        Assert.Equal(Reports.Count, summary.Groups.Sum(g => (long)g.Values[0]!));
        Assert.All(summary.Groups, g => Assert.Equal(2, g.Groups.Count));
        Assert.Equal(summary.Groups.Count, summary.Groups.Select(g => (g.Groups[0], g.Groups[1])).Distinct().Count());
    }

    [Theory]
    [InlineData("usernam", "count", "unknown_field")]
    [InlineData("username__icontains", "count", "unsupported_lookup")]
    [InlineData("subscriptions[]", "count", "unsupported_lookup")]
    [InlineData("subscriptions[]__created", "count", "unsupported_lookup")]
    [InlineData("username,email,first_name", "count", "query_too_complex")]
    [InlineData("subscriptions[]__status,social_accounts[]__provider", "count", "query_too_complex")]
    [InlineData("", "username__sum", "unsupported_lookup")]
    [InlineData("", "asset_count__median", "unsupported_lookup")]
    [InlineData("", "asset_count__p100", "unsupported_lookup")]
    [InlineData("", "nothing__sum", "unknown_field")]
    public void Compile_BadSummary_IsRefused(string groupBy, string metrics, string code) =>
        Assert.Equal(code, Assert.Single(SummaryCompiler.Compile("", groupBy, metrics).Errors).Code);

    private static long Percentile(List<long> sorted, int percent) =>
        sorted[(int)Math.Ceiling(sorted.Count * percent / 100.0) - 1];

    private static async Task<ReportSummary> AskAsync(
        string q,
        string? groupBy,
        string metrics,
        int top = SummaryBounds.TopDefault
    )
    {
        await using var store = await WithAsync(Reports);
        var compiled = SummaryCompiler.Compile(q, groupBy, metrics, top);
        Assert.Empty(compiled.Errors);
        return await store.Store.Reader.SummarizeAsync(compiled.Query!, TestContext.Current.CancellationToken);
    }
}
