using System.Globalization;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Lists;

/// <summary>Conditions of lists, which stand beside the statement that they belong to.</summary>
public sealed class ListConditionsTests
{
    [Fact]
    public async Task Conditions_OfManyStatementsAtOnce_AreEachFoundByTheirOwn()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(30));
        using var use = store.Store.Generations.Current!.Connect();
        var all = Enumerable
            .Range(0, 8)
            .Select(thread =>
                Task.Run(() =>
                {
                    for (var i = 0; i < 20_000; i++)
                    {
                        var q = string.Create(
                            CultureInfo.InvariantCulture,
                            $"subscriptions[]__id__startswith:t{thread}x{i}"
                        );
                        var values = DuckDbStatements.Base.Count(QueryCompiler.Compile(q, "").Query!.Filter).Values;
                        using var first = use.Lists.Register(values);
                        using var second = use.Lists.Register(values);
                        var (a, b) = (first.Values.OfType<long>().Single(), second.Values.OfType<long>().Single());
                        Assert.NotEqual(a, b);
                        Assert.Same(use.Lists.Find(a), use.Lists.Find(b));
                        Assert.Contains(use.Lists.Find(a), values);
                    }
                })
            );

        await Task.WhenAll(all);

        Assert.Equal(0, use.Lists.Count);
    }

    [Fact]
    public async Task Find_ManyConditionsAtOnce_AnswersEachAndKeepsNone()
    {
        var reports = SampleReports.Make(200);
        await using var store = await TemporaryStore.WithAsync(reports);
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(thread =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < 60; i++)
                        {
                            var q = $"subscriptions[]__status__startswith:t{thread}x{i} OR subscriptions[]__id__gt:''";
                            var query = QueryCompiler.Compile(q, "").Query!;
                            var page = await store.Store.Reader.FindAsync(query, new(1), default);
                            Assert.Equal(reports.Count(report => report.Subscriptions.Count > 0), page.Count);
                        }
                    })
                )
        );

        using var use = store.Store.Generations.Current!.Connect();
        Assert.Equal(0, use.Lists.Count);
    }
}
