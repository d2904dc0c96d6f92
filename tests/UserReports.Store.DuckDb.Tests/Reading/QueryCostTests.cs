using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Reading;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Reading;

/// <summary>What queries are estimated to cost, and what becomes of those that cost too much.</summary>
public sealed class QueryCostTests
{
    /// <summary>A page by username: the scan and one term.</summary>
    private const double Page = 85;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("username:a", 30)]
    [InlineData("username__icontains:a", 30)]
    [InlineData("user_uid__icontains:a", 100)]
    [InlineData("is_active:true service_usage__total_storage_bytes__gt:1", 20)]
    [InlineData("NOT (username:a OR email__contains:b)", 60)]
    [InlineData("date_joined__gt:2024-01-01", 10)]
    [InlineData("date_joined__contains:2024", 165)]
    [InlineData("username__regex:abcd", 80)]
    [InlineData("username__iregex:\"(a{10}){100}\"", 5560)]
    [InlineData("extra_details__data__x:a", 70)]
    [InlineData("extra_details__data__x__isnull:true", 40)]
    [InlineData("extra_details__data__x__regex:ab", 110)]
    [InlineData("extra_details__data__x[]:a", 1260)]
    [InlineData("subscriptions[]__status:active", 50)]
    [InlineData("subscriptions[]:", 10)]
    [InlineData("subscriptions[]__description:a", 1260)]
    // What looks at one list takes it apart once; what stands between other conditions, each time.
    [InlineData(
        "subscriptions[]__description:a OR (subscriptions[]__items[]__quantity:1 NOT subscriptions__3__id:a)",
        1280
    )]
    [InlineData("is_active:true subscriptions[]__description:a subscriptions[]__description__contains:b", 1280)]
    [InlineData("(is_active:true OR subscriptions[]__description:a) (subscriptions[]__description:b OR id:1)", 2560)]
    [InlineData("subscriptions[]__description__regex:ab", 1320)]
    public void Filter_OfEachKind_CostsItsWeightOncePerScan(string q, double nanoseconds)
    {
        Assert.Equal(Page + nanoseconds, QueryCost.Of(Compile(q), new(100, Count: false)).Nanoseconds);
        Assert.Equal(Page + (2 * nanoseconds), QueryCost.Of(Compile(q), new(100)).Nanoseconds);
    }

    [Fact]
    public void PageAndSummary_CostWhatTheySortAndCount()
    {
        Assert.Equal(Page + 500, QueryCost.Of(Compile(""), new(100, 500_000)).Nanoseconds);
        Assert.Equal(Page + 45 + 1250, QueryCost.Of(Compile("", "-email,subscriptions__0__id"), new(9)).Nanoseconds);
        Assert.Equal(Page + 500, QueryCost.Of(Compile("")).Nanoseconds);
        Assert.Equal(40, QueryCost.Of(new ReportQuery(null, [])).Nanoseconds);
        Assert.Equal(45, QueryCost.Of(SummaryCompiler.Compile("", "", "").Query!).Nanoseconds);
        Assert.Equal(
            ((45 + 30) * 2) + 250,
            QueryCost.Of(SummaryCompiler.Compile("username:a", "organization__role", "").Query!).Nanoseconds
        );
    }

    [Fact]
    public async Task Query_ThatWouldCostTooMuch_IsRefusedBeforeItBeginsAndNamesItsDearestCondition()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(2000));
        store.QueryTime = TimeSpan.FromMilliseconds(2);
        await store.ReopenAsync();
        // 2 · 1260 ns · 2000 rows on two threads are 2.5 ms.
        var dear = Compile("subscriptions[]__description__icontains:secret");
        var reader = store.Store.Reader.For(7);

        var e = await Assert.ThrowsAsync<QueryCostException>(() => reader.FindAsync(dear, new(1), Token));
        Assert.Equal(
            "The query would take about 0 seconds of this store, and 0.002 are allowed. Use fewer conditions such as "
                + "subscriptions[]__description__icontains, or raise the setting Reports:QueryTime.",
            e.Message
        );
        await Assert.ThrowsAsync<QueryCostException>(() =>
            reader.SummarizeAsync(
                SummaryCompiler.Compile("subscriptions[]__description:a", "username", "").Query!,
                Token
            )
        );
        Assert.Empty((await reader.FindAsync(Compile("username:nobody"), new(1), Token)).Documents);
        Assert.Equal(2000, (await reader.FindAsync(dear with { Filter = null }, new(1), Token)).Count);
    }

    [Fact]
    public async Task Query_ThatRunsTooLong_IsEndedAndGivesItsTurnBack()
    {
        await using var store = await TemporaryStore.WithAsync(LongTexts());
        store.ConcurrentQueries = 1;
        await store.ReopenAsync();
        // The engine keeps no table of such a pattern: it searches for seconds, and finds nothing.
        var slow = Compile("extra_details__data__text__iregex:\"[a-m].{40}~\"");
        foreach (
            var ask in (Func<IReportReader, Task>[])
                [
                    reader => reader.FindAsync(slow, new(1), Token),
                    reader => reader.ExportAsync(slow, Token),
                    reader =>
                        reader.SummarizeAsync(new(slow.Filter, [], [new(SummaryFunction.Count, null, 0)], 1), Token),
                ]
        )
        {
            var asked = ask(store.Store.Reader.For(1));
            while (!asked.IsCompleted)
            {
                store.Time.Advance(store.Settings.QueryTime);
                await Task.WhenAny(asked, Task.Delay(5, Token));
            }

            var e = await Assert.ThrowsAsync<QueryTimeException>(() => asked);
            Assert.Equal(
                "The query ran for 30 seconds, as long as one may, and was ended. Ask for less, narrow it, or raise the setting Reports:QueryTime.",
                e.Message
            );
        }

        Assert.Single((await store.Store.Reader.For(2).FindAsync(Compile(""), new(1), Token)).Documents);
    }

    private static ReportQuery Compile(string q, string ordering = "")
    {
        var result = QueryCompiler.Compile(q, ordering);
        Assert.Empty(result.Errors);
        return result.Query!;
    }

    /// <summary>Of so many rows that the engine comes by where it looks whether it is to end: every 2048.</summary>
    private static IReadOnlyList<Report> LongTexts()
    {
        var random = new Random(1);
        var bytes = new byte[150];
        return SampleReports.Make(10_000, detailsOf: Details);

        string Details(long id)
        {
            random.NextBytes(bytes);
            return $$"""{"text":"{{Convert.ToBase64String(bytes)}}"}""";
        }
    }
}
