using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Contract.Samples;
using UserReports.Testing;

namespace UserReports.Store.Contract.Reading;

/// <summary>
/// Pages do not overlap and leave nothing out, however they are ordered and whatever is replaced meanwhile.
/// </summary>
public abstract class PagingContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    private static readonly int Rows = Chance.IsLong ? 500 : 150;

    public static readonly TheoryData<string, string> Walks = new()
    {
        { "", "" },
        { "", "-username" },
        { "", "last_login,-email" },
        { "", "-last_login,first_name,-is_active" },
        { "", "is_active" },
        { "", "-service_usage__balances__submission__effective_limit,organization__role,email,-username,date_joined" },
        { "", "-extra_details__data__country" },
        { "", "subscriptions__0__status,-subscriptions__0__quantity" },
        // A slash in a key was taken for a step of the way, but only in an ordering below a list.
        { "", "subscriptions__0__metadata__a/b,-extra_details__data__m~n" },
        { "is_active:true OR subscriptions[]:", "-organization__name,last_login" },
        { "NOT last_login__gte:2025-01-01", "last_login" },
        { "NOT is_active:null NOT is_active:true NOT is_active:false", "" },
    };

    [Theory]
    [MemberData(nameof(Walks))]
    public async Task Walk_ByCursorAndBack_MeetsEveryRowOnceInOrder(string q, string ordering)
    {
        var reports = new AwkwardReports(5).Make(Rows);
        await using var store = await WithAsync(reports);
        var query = Compile(q, ordering);
        var expected = QueryEvaluator
            .Evaluate(reports.Select(EvaluatedRow.Of), query)
            .Select(r => r.Json.GetRawText())
            .ToList();

        // The second time round, pages come out of an order that was worked out in between.
        for (var round = 0; round < (store.KeepsOrders ? 3 : 1); round++)
        {
            Assert.Equal(expected, await ForwardAsync(store.Store, query, 7));
            Assert.Equal(expected, await BackwardAsync(store.Store, query, 7, expected.Count));
            await store.SettleAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Walks))]
    public async Task Walk_ByOffset_MeetsEveryRowOnceInOrder(string q, string ordering)
    {
        var reports = new AwkwardReports(6).Make(Rows);
        await using var store = await WithAsync(reports);
        var query = Compile(q, ordering);
        var expected = QueryEvaluator
            .Evaluate(reports.Select(EvaluatedRow.Of), query)
            .Select(r => r.Json.GetRawText())
            .ToList();

        List<string> walked = [];
        for (var offset = 0; offset <= Rows; offset += 40)
        {
            var page = await store.Store.Reader.FindAsync(query, new(40, offset), Token);
            Assert.Equal(expected.Count, page.Count);
            Assert.Equal(
                offset + page.Documents.Count < expected.Count && page.Documents.Count > 0,
                page.Next is not null
            );
            walked.AddRange(Texts(page));
        }

        Assert.Equal(expected, walked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-last_login,email")]
    [InlineData("service_usage__total_storage_bytes")]
    public async Task Walk_WhileRowsAreReplaced_MeetsEveryOtherRowExactlyOnce(string ordering)
    {
        var reports = new AwkwardReports(8).Make(Rows);
        var changing = reports.Select(r => r.UserId).Where(id => id % 3 == 0).ToHashSet();
        await using var store = await WithAsync(reports);
        var query = Compile("", ordering);
        List<string> walked = [];
        PageKey? key = null;
        var step = 0;
        do
        {
            // By statements first, then out of an order in memory, from the same keys.
            if (step == 5)
                await store.SettleAsync();
            var page = await store.Store.Reader.FindAsync(query, new(11, 0, key), Token);
            walked.AddRange(Texts(page));
            key = page.Next;
            step++;
            long[] ids = [.. changing.Skip(step * 5 % changing.Count).Take(5)];
            var others = new AwkwardReports(1000 + step).Make(Rows).Where(r => ids.Contains(r.UserId)).ToList();
            await store.Store.Corrections.ReplaceAccountsAsync(ids, others, Token);
            store.Time.Advance(TimeSpan.FromSeconds(3));
        } while (key is not null);

        var kept = reports
            .Where(r => !changing.Contains(r.UserId))
            .Select(r => EvaluatedRow.Of(r).Json.GetRawText())
            .ToList();
        Assert.All(kept, row => Assert.Single(walked, other => other == row));
    }

    [Fact]
    [Trait("Category", "Slow")]
    [Trait("Category", "Random")]
    public async Task Walk_ByPathsOfEveryKind_WhileRowsAndGenerationsChange_MeetsEveryKeptRowOnceBothWays()
    {
        const int Few = 80;
        var reports = new AwkwardReports(21).Make(Few);
        var kept = reports.Where(r => r.UserId % 4 != 0).ToList();
        var keptTexts = kept.Select(r => EvaluatedRow.Of(r).Json.GetRawText()).ToList();
        long[] changing = [.. reports.Select(r => r.UserId).Where(id => id % 4 == 0).Distinct()];
        await using var store = await WithAsync(reports);
        var step = 0;
        foreach (var path in OrderablePaths().Where((_, i) => Chance.IsLong || i % 12 == (uint)Chance.Seed % 12))
        {
            var query = Compile("", step % 2 == 0 ? path : "-" + path);
            await store.Store.Reader.FindAsync(query, new(1), Token);
            await store.Store.Reader.FindAsync(query, new(1), Token);
            if (step % 3 > 0)
                await store.SettleAsync();
            List<string> there = [];
            ReportPage? last = null;
            PageKey? key = null;
            do
            {
                var page = await store.Store.Reader.FindAsync(query, new(30, 0, key), Token);
                there.AddRange(Texts(page));
                last = page.Documents.Count > 0 ? page : last;
                key = page.Next;
                await ChangeAsync();
            } while (key is not null);

            var back = Texts(last!);
            for (key = last!.Previous; key is not null; )
            {
                var page = await store.Store.Reader.FindAsync(query, new(30, 0, key), Token);
                back.AddRange(Texts(page));
                key = page.Previous;
                await ChangeAsync();
            }

            foreach (var walked in new[] { there, back })
            {
                var met = walked.CountBy(text => text).ToDictionary();
                Assert.All(
                    keptTexts,
                    row => Assert.True(met.GetValueOrDefault(row) == 1, $"{Chance.Told}, {path}: {row}")
                );
            }
        }

        async Task ChangeAsync()
        {
            step++;
            var others = new AwkwardReports(1000 + step).Make(Few).Where(r => r.UserId % 4 == 0);
            if (step % 13 == 0)
            {
                await store.RunAsync([.. kept.Concat(others).OrderBy(r => r.UserId)]);
            }
            else
            {
                long[] ids = [.. changing.Skip(step * 5 % changing.Length).Take(5)];
                await store.Store.Corrections.ReplaceAccountsAsync(
                    ids,
                    [.. others.Where(r => ids.Contains(r.UserId))],
                    Token
                );
            }

            store.Time.Advance(TimeSpan.FromSeconds(3));
        }
    }

    private static IEnumerable<string> OrderablePaths() =>
        [
            .. ReportCatalogue
                .All.Where(field => field is { IsScalar: true, IsInSeries: false })
                .Select(field => field.Path.Replace("[]", "__0", StringComparison.Ordinal)),
            "extra_details__data__age",
            "extra_details__data__list__1",
            "extra_details__data__nested__deep",
            "extra_details__data__a/b",
            "subscriptions__0__metadata__m~n",
            "subscriptions__1__items__0__price__metadata__country",
            "subscriptions__0__items__0__price__recurring__interval",
        ];

    [Fact]
    public async Task Find_AfterReplacement_AnswersAnew()
    {
        var reports = new AwkwardReports(9).Make(50);
        await using var store = await WithAsync(reports);
        var query = Compile("is_active:true", "");
        var before = (await store.Store.Reader.FindAsync(query, new(100), Token)).Count;
        long[] ids = [.. reports.Where(r => r.Account.IsActive).Take(1).Select(r => r.UserId)];

        await store.Store.Corrections.ReplaceAccountsAsync(ids, [], Token);

        var page = await store.Store.Reader.FindAsync(query, new(100), Token);
        Assert.Equal(before - reports.Count(r => ids.Contains(r.UserId) && r.Account.IsActive), page.Count);
        Assert.Equal(page.Count, page.Documents.Count);
    }

    private static async Task<List<string>> ForwardAsync(IReportStore store, ReportQuery query, int limit)
    {
        List<string> walked = [];
        PageKey? key = null;
        do
        {
            var page = await store.Reader.FindAsync(query, new(limit, 0, key), Token);
            walked.AddRange(Texts(page));
            key = page.Next;
        } while (key is not null);
        return walked;
    }

    private static async Task<List<string>> BackwardAsync(IReportStore store, ReportQuery query, int limit, int rows)
    {
        if (rows == 0)
            return [];
        var page = await store.Reader.FindAsync(query, new(limit, Math.Max(0, rows - limit)), Token);
        List<string> walked = Texts(page);
        while (page.Previous is { } key)
        {
            page = await store.Reader.FindAsync(query, new(limit, 0, key), Token);
            walked.InsertRange(0, Texts(page));
        }

        return walked;
    }

    private static ReportQuery Compile(string q, string ordering) => QueryCompiler.Compile(q, ordering).Query!;

    private static List<string> Texts(ReportPage page) =>
        [.. page.Documents.Select(d => JsonElement.Parse(d.Span).GetRawText())];
}
