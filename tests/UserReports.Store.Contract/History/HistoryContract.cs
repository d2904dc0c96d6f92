using System.Text;
using UserReports.Core.Query;
using UserReports.Store.Contract.Samples;
using UserReports.Store.History;
using UserReports.Testing;

namespace UserReports.Store.Contract.History;

/// <summary>Days that are kept, and what is read of them.</summary>
public abstract class HistoryContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Every question of one day is answered as the evaluator answers it over the rows of that day.</summary>
    [Fact]
    [Trait("Category", "Random")]
    public async Task At_RandomTexts_AgreesWithTheEvaluatorOverTheRowsOfThen()
    {
        var count = Chance.Count(120, 3_000, "USERREPORTS_TEST_QUERIES");
        var reports = new AwkwardReports(Chance.Seed).Make(300);
        var rows = new EvaluatedRows(reports);
        await using var store = await WithAsync(reports);
        Assert.NotNull(store.Store.History.Keep(Token));
        store.Time.Advance(Day);
        await store.RunAsync(SampleReports.Make(50, seed: 2));
        var at = await store.Store.History.AtAsync(store.Time.GetUtcNow(), Token);
        var texts = new RandomQueryTexts(Chance.Seed, rows.All);

        for (var i = 0; i < count; i++)
        {
            var (q, ordering) = (texts.Query(), texts.Ordering());
            var told = $"{Chance.Told}, query {i}: {q} / {ordering}";
            var query = QueryCompiler.Compile(q, ordering).Query!;
            var expected = rows.Evaluate(query);

            var page = await at.FindAsync(query, new(20), Token);

            Assert.True(expected.Count == page.Count, $"{told}: expected {expected.Count} rows, counted {page.Count}");
            Assert.True(rows.Of(page).SequenceEqual(expected.Take(20)), $"{told}: other rows, or in another order");
        }
    }

    [Fact]
    public async Task At_EveryWayToRead_AnswersAsTheStoreDidThen()
    {
        await using var store = await WithAsync(SampleReports.Make(230));
        var now = store.Store.Reader;
        var query = QueryCompiler.Compile("is_active:true", "-service_usage__total_storage_bytes").Query!;
        var summary = SummaryCompiler.Compile("", "organization__role", "count,asset_count__sum").Query!;
        var page = await now.FindAsync(query, new(25), Token);
        var all = await TextsAsync(await now.ExportAsync(query, Token));
        var figures = await now.SummarizeAsync(summary, Token);
        var (id, uid) = SampleReports
            .Make(230)
            .Where(report => report.Account.Uid is not null)
            .Select(report => (report.UserId, report.Account.Uid!))
            .First();
        var account = Texts(await now.FindAccountAsync(uid, Token));
        var byId = await now.FindAccountsAsync([id], Token);
        store.Store.History.Keep(Token);
        store.Time.Advance(Day);
        await store.RunAsync([]);

        var at = await store.Store.History.AtAsync(store.Time.GetUtcNow(), Token);

        var then = await at.FindAsync(query, new(25), Token);
        Assert.Equal(Texts(page.Documents), Texts(then.Documents));
        Assert.Equal(page.Count, then.Count);
        List<string> forward = [.. Texts(then.Documents)];
        while (then.Next is { } next)
        {
            then = await at.FindAsync(query, new(25, Key: next), Token);
            forward.AddRange(Texts(then.Documents));
        }

        Assert.Equal(all, forward);
        Assert.Equal(all, await TextsAsync(await at.ExportAsync(query, Token)));
        var figuresThen = await at.SummarizeAsync(summary, Token);
        Assert.Equal(figures.Total.Values, figuresThen.Total.Values);
        Assert.Equal(
            figures.Groups.Select(row => (string.Join('|', row.Groups), string.Join('|', row.Values))),
            figuresThen.Groups.Select(row => (string.Join('|', row.Groups), string.Join('|', row.Values)))
        );
        Assert.Equal(account, Texts(await at.FindAccountAsync(uid, Token)));
        Assert.Empty(await at.FindAccountAsync("nobody", Token));
        Assert.Equal(
            byId.Select(found => Encoding.UTF8.GetString(found.Document.Span)),
            (await at.FindAccountsAsync([id], Token)).Select(found => Encoding.UTF8.GetString(found.Document.Span))
        );
        Assert.Equal(7, (await at.SampleAccountsAsync(7, Token)).Distinct().Count());
        Assert.Empty(await at.StaleAccountsAsync(query, new(10), DateTimeOffset.MaxValue, 10, Token));
        Assert.Empty(await at.StaleAccountsAsync(uid, DateTimeOffset.MaxValue, 10, Token));
    }

    [Fact]
    public async Task Keep_OnceADay_FromTheFirstRun()
    {
        await using var store = await EmptyAsync();
        Assert.Null(store.Store.History.Keep(Token));
        await store.RunAsync(SampleReports.Make(10));

        var kept = store.Store.History.Keep(Token);

        Assert.Equal(10, kept!.Rows);
        Assert.Contains("service_usage__total_storage_bytes", kept.Fields);
        Assert.Null(store.Store.History.Keep(Token));
        await store.RunAsync(SampleReports.Make(20));
        Assert.Null(store.Store.History.Keep(Token));
        store.Time.Advance(Day);
        // The rows are those of yesterday's run, whose day has its snapshot.
        Assert.Null(store.Store.History.Keep(Token));
        await store.RunAsync(SampleReports.Make(30));
        Assert.Equal(30, store.Store.History.Keep(Token)!.Rows);
        Assert.Equal([30L, 10L], (await store.Store.History.ListAsync(Token)).Select(snapshot => snapshot.Rows));

        await store.ReopenAsync();

        Assert.Equal([30L, 10L], (await store.Store.History.ListAsync(Token)).Select(snapshot => snapshot.Rows));
        Assert.All(await store.Store.History.ExamineAsync(Token), snapshot => Assert.Null(snapshot.Damage));
    }

    [Fact]
    public async Task At_BetweenDays_IsTheLastBefore_AndBeforeTheFirstNamesTheDays()
    {
        await using var store = await EmptyAsync();
        var e = await Assert.ThrowsAsync<NoHistoryException>(() =>
            store.Store.History.AtAsync(store.Time.GetUtcNow(), Token)
        );
        Assert.Equal(
            "There is no snapshot so early. No day has been kept yet; the first run of each UTC day is.",
            e.Message
        );
        await store.RunAsync(SampleReports.Make(10));
        var first = store.Store.History.Keep(Token)!;
        store.Time.Advance(3 * Day);
        await store.RunAsync(SampleReports.Make(20));
        var second = store.Store.History.Keep(Token)!;

        Assert.Equal(10, await RowsAtAsync(second.TakenAt));
        Assert.Equal(20, await RowsAtAsync(second.TakenAt.AddTicks(1)));
        Assert.Equal(10, await RowsAtAsync(first.TakenAt.AddDays(1)));
        e = await Assert.ThrowsAsync<NoHistoryException>(() => RowsAtAsync(first.TakenAt));
        Assert.Equal([second.Day, first.Day], e.Days);
        Assert.Equal(
            $"There is no snapshot so early. There are {second.Day:yyyy-MM-dd}, {first.Day:yyyy-MM-dd}.",
            e.Message
        );

        async Task<long> RowsAtAsync(DateTimeOffset before) =>
            (await store.Store.History.AtAsync(before, Token)).Snapshot!.Rows;
    }

    [Fact]
    public async Task ThinOut_DaysThatAreKeptNoLonger_GoWithTheirLastReader()
    {
        await using var store = await EmptyAsync();
        for (var day = 0; day < 4; day++)
        {
            await store.RunAsync(SampleReports.Make(30 + day));
            store.Store.History.Keep(Token);
            store.Time.Advance(Day);
        }

        var oldest = (await store.Store.History.ListAsync(Token))[^1];
        var reader = await store.Store.History.AtAsync(oldest.TakenAt.AddTicks(1), Token);
        await using (var export = await reader.ExportAsync(ReportQuery.Everything, Token))
        {
            var removed = store.Store.History.ThinOut(new(2, 0, 0), Token);

            Assert.Equal(2, removed.Count);
            Assert.Contains(oldest.Day, removed);
            Assert.Equal(30, (await TextsAsync(export)).Count);
        }

        Assert.Equal(2, (await store.Store.History.ListAsync(Token)).Count);
        await Assert.ThrowsAsync<NoHistoryException>(() => reader.FindAsync(ReportQuery.Everything, new(1), Token));
    }

    [Fact]
    public async Task Erase_AccountsThatAreGone_LeaveEverySnapshotInTime_TheOthersStay()
    {
        var within = TimeSpan.FromDays(7);
        var before = SampleReports.Make(60);
        await using var store = await WithAsync(before);
        store.Store.History.Keep(Token);
        var gone = before.Select(report => report.UserId).Distinct().Order().Take(3).ToHashSet();
        List<Core.Reports.Report> left = [.. before.Where(report => !gone.Contains(report.UserId))];
        store.Time.Advance(Day);
        await store.RunAsync(left);

        // Looked at so lately that there is time.
        Assert.Equal(0, store.Store.History.Erase(within, Token));
        store.Time.Advance(6 * Day);
        var erased = store.Store.History.Erase(within, Token);

        Assert.Equal(before.Count - left.Count, erased);
        Assert.Equal(0, store.Store.History.Erase(within, Token));
        var at = await store.Store.History.AtAsync(store.Time.GetUtcNow(), Token);
        Assert.Empty(await at.FindAccountsAsync(gone, Token));
        Assert.Equal(
            Texts((await store.Store.Reader.FindAsync(ReportQuery.Everything, new(100), Token)).Documents),
            Texts((await at.FindAsync(ReportQuery.Everything, new(100), Token)).Documents)
        );
    }

    [Fact]
    public async Task Erase_NobodyIsPresent_TakesNobodyOut()
    {
        await using var store = await WithAsync(SampleReports.Make(20));
        store.Store.History.Keep(Token);
        store.Time.Advance(10 * Day);
        await store.RunAsync([]);

        Assert.Equal(0, store.Store.History.Erase(TimeSpan.FromDays(7), Token));

        var at = await store.Store.History.AtAsync(store.Time.GetUtcNow(), Token);
        Assert.Equal(20, (await at.FindAsync(ReportQuery.Everything, new(1), Token)).Count);
    }

    [Fact]
    public async Task Keep_NoRows_IsADayWithoutAny()
    {
        await using var store = await WithAsync([]);

        Assert.Equal(0, store.Store.History.Keep(Token)!.Rows);

        var at = await store.Store.History.AtAsync(DateTimeOffset.MaxValue, Token);
        Assert.Equal(0, (await at.FindAsync(ReportQuery.Everything, new(1), Token)).Count);
    }

    private static List<string> Texts(IEnumerable<ReadOnlyMemory<byte>> documents) =>
        [.. documents.Select(document => Encoding.UTF8.GetString(document.Span))];

    private static async Task<List<string>> TextsAsync(ReportExport export)
    {
        List<string> texts = [];
        await foreach (var chunk in export.Chunks)
        {
            using (chunk)
                texts.AddRange(Texts(chunk));
        }

        await export.DisposeAsync();
        return texts;
    }
}
